// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Matching a task of 100 classes on the nouns of WordNet, by words and by meaning (latent semantic analysis
// of the glosses, 128 dimensions), and building an index: with vectors of the embedder, or mapped from a
// file.
#include "mll/match/match.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/semantic_index.hpp"
#include "mll/embed/tables/read_vector_set.hpp"
#include "mll/embed/tables/write_vector_set.hpp"
#include "mll/embed/words/lsa_embedder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/wordnet.hpp"

namespace {

std::filesystem::path wordnet() {
  const char* given = std::getenv("MLL_WORDNET");
  return given != nullptr ? given : "/usr/share/wordnet";
}

struct prepared {
  mll::semantic_dag<> graph = mll::read_wordnet(wordnet());
  mll::information_content content{graph};
  mll::lsa_embedder embedder{graph};
  mll::semantic_index<mll::lsa_embedder> index{mll::exec::sequential{}, graph, embedder};
  mll::task task{classes()};
  mll::sample_layout samples = some_samples();

  /// A word of every 800th node; every tenth class has an unknown name and is found by meaning.
  [[nodiscard]] std::vector<mll::task_class> classes() const {
    std::vector<mll::task_class> out;
    for (std::size_t v = 1000; out.size() < 100; v += 800) {
      const mll::synset& node = graph[mll::node_id{v}];
      if (out.size() % 10 == 9) {
        out.push_back({"qwzx" + std::to_string(v), node.gloss});
      } else {
        out.push_back({node.lemmas.front().text, ""});
      }
    }
    return out;
  }
  [[nodiscard]] mll::sample_layout some_samples() const {
    std::vector<mll::node_id> nodes;
    for (std::size_t v = 0; v < graph.size(); v += 80) nodes.emplace_back(v);
    return {nodes, std::vector<std::size_t>(nodes.size(), 10)};
  }
};

const prepared* input(benchmark::State& state) {
  if (!std::filesystem::exists(wordnet() / "data.noun")) {
    state.SkipWithError(
        "no WordNet (apt-get install wordnet-base, or set MLL_WORDNET to the folder with data.noun)");
    return nullptr;
  }
  static const prepared made;
  return &made;
}

void match_by_words_and_meaning(benchmark::State& state) {
  const prepared* in = input(state);
  if (in == nullptr) return;
  for (auto _ : state) {
    benchmark::DoNotOptimize(mll::match(mll::exec::sequential{}, in->task, in->graph, in->index, in->samples,
                                        {.content = &in->content}));
  }
}
BENCHMARK(match_by_words_and_meaning)->Unit(benchmark::kMillisecond);

void match_by_words(benchmark::State& state) {
  const prepared* in = input(state);
  if (in == nullptr) return;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        mll::match(mll::exec::sequential{}, in->task, in->graph, in->samples, {.content = &in->content}));
  }
}
BENCHMARK(match_by_words)->Unit(benchmark::kMillisecond);

void index_from_mapped_vectors(benchmark::State& state) {
  const prepared* in = input(state);
  if (in == nullptr) return;
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "nodes.npy";
  mll::write_vector_set(file, mll::vector_set{mll::matrix<float>{in->index.nodes()}});
  for (auto _ : state) {
    benchmark::DoNotOptimize(mll::semantic_index{in->graph, in->embedder, mll::read_vector_set(file)});
  }
}
BENCHMARK(index_from_mapped_vectors)->Unit(benchmark::kMillisecond);

void baseline_index_embedded_anew(benchmark::State& state) {
  const prepared* in = input(state);
  if (in == nullptr) return;
  for (auto _ : state) {
    benchmark::DoNotOptimize(mll::semantic_index{mll::exec::sequential{}, in->graph, in->embedder});
  }
}
BENCHMARK(baseline_index_embedded_anew)->Unit(benchmark::kMillisecond);

}  // namespace
