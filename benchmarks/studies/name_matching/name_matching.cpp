// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

// How often the sense of a class name is found: by the first sense of WordNet, by the closest gloss, and
// jointly. The vectors of a sentence transformer are cached in MODEL.onnx.vectors (component mll::openvino).

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <limits>
#include <mll/embed/words/lsa_embedder.hpp>
#include <mll/mll.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "../../support/program.hpp"
#include "name_list.hpp"
#if MLL_TEST_OPENVINO
#include <mll/embed/cached_embedder.hpp>
#include <mll/embed/sentences/onnx_sentence_embedder.hpp>
#include <mll/embed/sentences/read_wordpiece_tokenizer.hpp>
#endif

namespace {

using clock_type = std::chrono::steady_clock;

struct options {
  std::string names;
  std::size_t task_size = 20;
  std::size_t trials = 100;
  std::uint64_t seed = 0;
  std::string admissible;
  std::string json;
  std::string embedder = "lsa";
  std::string precision = "float";
  double meaning_weight = mll::match_options{}.meaning_weight;

  void add_to(CLI::App& app) {
    app.add_option("--names", names, "Tab-separated file with a header: name, wnid and, optionally, caption")
        ->required();
    app.add_option("--task-size", task_size, "Names per task, with distinct words and meanings")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{2}, std::numeric_limits<std::size_t>::max()));
    app.add_option("--trials", trials, "Number of random tasks")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", seed, "Seed of the tasks")->capture_default_str();
    app.add_option("--admissible", admissible,
                   "File of nodes, one wnid per line: senses among them come first");
    app.add_option("--json", json, "File for the result");
    app.add_option("--embedder", embedder,
                   "lsa, or a sentence transformer MODEL.onnx with its vocab.txt in the same folder")
        ->capture_default_str();
    app.add_option("--precision", precision, "Of the embeddings of the nodes")
        ->capture_default_str()
        ->check(CLI::IsMember({"float", "half"}));
    app.add_option("--meaning-weight", meaning_weight, "As in match_options")
        ->capture_default_str()
        ->check(CLI::Number);
  }
};

/// Counts of senses found.
struct tally {
  std::size_t n = 0, first_sense = 0, embedding = 0, collective = 0, collective_near = 0, not_exact = 0;
  double seconds = 0;

  [[nodiscard]] double share(std::size_t count) const {
    return static_cast<double>(count) / static_cast<double>(n);
  }
};

/// Edges on the shortest path between two nodes through a common ancestor; infinite if there is none.
double path_distance(const mll::ancestor_table& ancestors, mll::node_id a, mll::node_id b) {
  double out = std::numeric_limits<double>::infinity();
  ancestors.for_each_common(a, b, [&](mll::node_id, auto up, auto down) {
    out = std::min(out, static_cast<double>(up) + static_cast<double>(down));
  });
  return out;
}

/// The first candidate in the order `better`, among those with samples if there are any.
template <class Better>
mll::node_id best_of(std::vector<mll::sense_candidate> candidates, const mll::sample_layout& samples,
                     const Better& better) {
  if (candidates.empty()) return {};
  const auto admissible = [&](const auto& c) { return samples.contains(c.node); };
  if (std::any_of(candidates.begin(), candidates.end(), admissible))
    std::erase_if(candidates, [&](const auto& c) { return !admissible(c); });
  return std::min_element(candidates.begin(), candidates.end(), better)->node;
}

std::vector<std::size_t> draw(const std::vector<name_matching::named_node>& names, std::size_t size,
                              mll::random_engine& engine) {
  std::vector<std::size_t> order(names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  mll::shuffle(std::span{order}, engine);
  std::set<std::string> words;
  std::set<mll::node_id> nodes;
  std::vector<std::size_t> out;
  for (const std::size_t i : order) {
    if (out.size() == size) break;
    const std::string word = mll::lexicon::normalize(names[i].name);
    if (words.contains(word) || nodes.contains(names[i].node)) continue;
    words.insert(word);
    nodes.insert(names[i].node);
    out.push_back(i);
  }
  return out;
}

template <class Embedder, class T>
tally measure(const options& asked, const mll::semantic_dag<>& graph,
              const mll::semantic_index<Embedder, T>& index) {
  const mll::exec::sequential backend;
  const mll::information_content content{graph};
  const auto names = name_matching::read_names(asked.names, graph);
  if (names.size() < 2)
    throw mll::invalid_argument{"--names", "at least 2 names", std::to_string(names.size())};
  mll::match_options how{.meaning_weight = asked.meaning_weight, .content = &content};
  mll::sample_layout samples;
  if (!asked.admissible.empty()) {
    auto nodes = name_matching::read_nodes(asked.admissible, graph);
    const std::vector<std::size_t> counts(nodes.size(), 1);
    samples = {std::move(nodes), counts};
    how.own_sample_weight = 1000;  // outweighs all other terms
    how.evidence.discount = 0;
  }

  tally out;
  for (std::size_t trial = 0; trial < asked.trials; ++trial) {
    mll::random_engine engine{mll::derive_seed(asked.seed, trial)};
    const auto drawn = draw(names, asked.task_size, engine);
    std::vector<mll::task_class> classes;
    for (const std::size_t i : drawn) classes.push_back({names[i].name, names[i].caption});
    const mll::task task{std::move(classes)};
    const auto begin = clock_type::now();
    const mll::task_match found = mll::match(backend, task, graph, index, samples, how);
    out.seconds += std::chrono::duration<double>(clock_type::now() - begin).count();
    out.not_exact += found.exact ? 0U : 1U;
    for (std::size_t y = 0; y < drawn.size(); ++y) {
      const mll::node_id meant = names[drawn[y]].node;
      const mll::class_match& match = found.classes[y];
      ++out.n;
      const auto first =
          best_of(match.candidates, samples, [](const auto& a, const auto& b) { return a.rank < b.rank; });
      const auto closest = best_of(match.candidates, samples,
                                   [](const auto& a, const auto& b) { return a.similarity > b.similarity; });
      out.first_sense += first == meant ? 1U : 0U;
      out.embedding += closest == meant ? 1U : 0U;
      out.collective += match.node == meant ? 1U : 0U;
      if (match.node.valid() && path_distance(content.ancestors(), match.node, meant) <= 2)
        ++out.collective_near;
    }
  }
  return out;
}

template <class Embedder>
tally measure(const options& asked, const mll::semantic_dag<>& graph, const Embedder& embedder) {
  const mll::exec::sequential backend;
  if (asked.precision == "half")
    return measure(asked, graph, mll::semantic_index<Embedder, Eigen::half>{backend, graph, embedder});
  return measure(asked, graph, mll::semantic_index<Embedder, float>{backend, graph, embedder});
}

tally measure(const options& asked) {
  const auto graph = mll::read_wordnet("/usr/share/wordnet");
  if (asked.embedder == "lsa") return measure(asked, graph, mll::lsa_embedder{graph});
#if MLL_TEST_OPENVINO
  const std::filesystem::path file = asked.embedder;
  const mll::cached_embedder embedder{
      mll::onnx_sentence_embedder{
          file, mll::read_wordpiece_tokenizer(file.parent_path() / "vocab.txt", {.max_tokens = 256})},
      asked.embedder + ".vectors", asked.embedder};
  const std::size_t known = embedder.size();
  const tally found = measure(asked, graph, embedder);
  if (embedder.size() != known) embedder.save();
  return found;
#else
  throw mll::invalid_argument{"--embedder", "lsa (this build has no mll::openvino)",
                              "'" + asked.embedder + "'"};
#endif
}

void print(const options& asked, const tally& found) {
  std::cout << std::fixed << std::setprecision(4) << "senses found, of " << found.n << " names in "
            << asked.trials << " tasks\n  first sense         " << found.share(found.first_sense)
            << "\n  closest gloss       " << found.share(found.embedding) << "\n  chosen jointly      "
            << found.share(found.collective) << "\n    within 2 edges    "
            << found.share(found.collective_near) << "\nmatching took "
            << 1000 * found.seconds / static_cast<double>(asked.trials) << " ms per task; " << found.not_exact
            << " tasks without proof of the best choice\n";
}

}  // namespace

int main(int argc, char** argv) {
  options asked;
  CLI::App app{"Measures how often the sense of a class name is found.", "name_matching"};
  asked.add_to(app);
  return mll::benchmark::run_program(app, argc, argv, [&] {
    const tally found = measure(asked);
    print(asked, found);
    if (asked.json.empty()) return;
    mll::benchmark::write_json(asked.json, {{"first_sense", found.share(found.first_sense)},
                                            {"embedding", found.share(found.embedding)},
                                            {"collective", found.share(found.collective)},
                                            {"collective_near", found.share(found.collective_near)},
                                            {"n", found.n}});
  });
}
