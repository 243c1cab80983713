// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Loading the nouns of WordNet: `read_wordnet`, and the baseline, which reads the same two files with string
// streams into the same fields, without checks, index or graph.
#include "mll/graph/wordnet.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "mll/graph/information_content.hpp"
#include "mll/graph/similarity.hpp"

namespace {

std::filesystem::path folder() {
  const char* given = std::getenv("MLL_WORDNET");
  return given != nullptr ? given : "/usr/share/wordnet";
}

bool is_installed(benchmark::State& state) {
  if (std::filesystem::exists(folder() / "data.noun")) return true;
  state.SkipWithError(
      "no WordNet (apt-get install wordnet-base, or set MLL_WORDNET to the folder with data.noun)");
  return false;
}

void read_wordnet(benchmark::State& state) {
  if (!is_installed(state)) return;
  for (auto _ : state) benchmark::DoNotOptimize(mll::read_wordnet(folder()));
}
BENCHMARK(read_wordnet)->Unit(benchmark::kMillisecond);

void baseline_string_streams(benchmark::State& state) {
  if (!is_installed(state)) return;
  for (auto _ : state) {
    std::vector<mll::synset> nodes;
    std::vector<std::pair<std::size_t, std::string>> pointers;
    std::vector<std::pair<std::string, std::vector<std::string>>> senses;
    std::string line;
    for (std::ifstream data{folder() / "data.noun"}; std::getline(data, line);) {
      if (line.starts_with("  ")) continue;
      std::istringstream fields{line};
      std::string type;
      int domain = 0;
      int words = 0;
      int links = 0;
      mll::synset& node = nodes.emplace_back();
      fields >> node.id >> domain >> type >> std::hex >> words;
      for (int i = 0; i < words; ++i) {
        int lexical_id = 0;
        fields >> node.lemmas.emplace_back().text >> lexical_id;
      }
      fields >> std::dec >> links;
      for (int i = 0; i < links; ++i) {
        std::string symbol;
        std::string target;
        std::string part;
        std::string where;
        fields >> symbol >> target >> part >> where;
        if (symbol == "@" || symbol == "@i") pointers.emplace_back(nodes.size() - 1, target);
      }
      node.gloss = line.substr(line.find('|') + 1);
    }
    for (std::ifstream index{folder() / "index.noun"}; std::getline(index, line);) {
      if (line.starts_with("  ")) continue;
      std::istringstream fields{line};
      std::string part;
      int count = 0;
      int symbols = 0;
      auto& [word, offsets] = senses.emplace_back();
      fields >> word >> part >> count >> symbols;
      for (std::string skipped; symbols-- > -2;) fields >> skipped;
      for (std::string offset; fields >> offset;) offsets.push_back(offset);
    }
    benchmark::DoNotOptimize(nodes.data());
    benchmark::DoNotOptimize(pointers.data());
    benchmark::DoNotOptimize(senses.data());
  }
}
BENCHMARK(baseline_string_streams)->Unit(benchmark::kMillisecond);

void information_content(benchmark::State& state) {
  if (!is_installed(state)) return;
  const auto nouns = mll::read_wordnet(folder());
  for (auto _ : state) benchmark::DoNotOptimize(mll::information_content{nouns});
}
BENCHMARK(information_content)->Unit(benchmark::kMillisecond);

template <class Similarity>
void pairs(benchmark::State& state, const mll::semantic_dag<>& nouns, const Similarity& similarity) {
  std::size_t i = 0;
  for (auto _ : state) {
    ++i;
    const mll::node_id a{i * 7919 % nouns.size()};
    const mll::node_id b{i * 104729 % nouns.size()};
    benchmark::DoNotOptimize(similarity(a, b));
  }
}

void lin_similarity(benchmark::State& state) {
  if (!is_installed(state)) return;
  const auto nouns = mll::read_wordnet(folder());
  const mll::information_content content{nouns};
  pairs(state, nouns, [&](auto a, auto b) { return mll::lin_similarity(content, a, b); });
}
BENCHMARK(lin_similarity);

void wu_palmer_without_table(benchmark::State& state) {
  if (!is_installed(state)) return;
  const auto nouns = mll::read_wordnet(folder());
  pairs(state, nouns, [&](auto a, auto b) { return mll::wu_palmer_similarity(nouns, a, b); });
}
BENCHMARK(wu_palmer_without_table);

}  // namespace
