// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Reads the folder of a hub with cached outputs, and one task.

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../../benchmarks/studies/accuracy/kit.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "support/fuzz_input.hpp"

namespace {

const mll::semantic_dag<>& graph() {
  static const auto only = [] {
    std::vector<mll::synset> nodes;
    for (std::size_t v = 0; v < 3; ++v)
      nodes.push_back({.id = "s" + std::to_string(v), .lemmas = {}, .gloss = {}});
    return mll::make_semantic_dag(std::move(nodes), {});
  }();
  return only;
}

volatile float sink = 0;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array files{
      "hub/models.tsv",     "hub/heads.tsv",       "pretest/nodes.tsv",     "pretest/node_of_sample.npy",
      "pretest/scores.npy", "pretest/general.npy", "pretest/node_text.npy", "task/classes.tsv",
      "task/truth.npy",     "task/scores.npy",     "task/general.npy",      "task/class_text.npy"};
  const auto parts = mll::test::fuzz_parts(data, size, files.size());
  const auto& folder = mll::test::fuzz_folder();
  for (const auto* part : {"hub", "pretest", "task"}) std::filesystem::create_directory(folder / part);
  for (std::size_t i = 0; i < files.size(); ++i) mll::test::write_file(folder / files[i], parts[i]);
  try {
    const accuracy::kit kit{folder};
    const auto hub = kit.draw_hub(1, 7);
    const auto samples = kit.representation(graph(), 2);
    float sum = 0;  // reads everything that a benchmark reads
    for (const mll::node_id v : samples.nodes()) {
      for (std::size_t i = 0; i < samples.sample_count(v); ++i) sum += *samples.sample(v, i).scores;
      if (kit.has_general()) sum += kit.node_text(graph()[v].id).sum();
    }
    const auto task = kit.read_task(folder / "task");
    for (const auto& sample : task.samples()) sum += *sample.scores;
    for (const std::size_t y : task.truth)
      mll::test::must_hold(y < task.classes.size(), "a truth is a class of the task");
    sink = sum;
  } catch (const std::runtime_error&) {
  }
  return 0;
}
