// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The folder of exported labels: manifest, nodes, models, heads, and the arrays of model 1.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mll/core/error.hpp"
#include "mll/label/io/npy.hpp"
#include "support/equal_labels.hpp"
#include "support/fuzz_input.hpp"
#include "support/small_graph.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array files{"manifest.tsv", "nodes.tsv",       "models.tsv",
                             "heads.tsv",    "1.responses.npy", "1.mean.npy"};
  static const auto graph = mll::test::make_dag(4, {});
  const auto parts = mll::test::fuzz_parts(data, size, files.size());
  const auto folder = mll::test::fuzz_folder() / "in";
  std::filesystem::create_directory(folder);
  for (std::size_t i = 0; i < files.size(); ++i) mll::test::write_file(folder / files[i], parts[i]);
  std::optional<mll::model_labels> labels;
  try {
    labels = mll::import_labels(graph, folder);
  } catch (const mll::parse_error&) {
    return 0;
  }
  const auto again = mll::test::fuzz_folder() / "out";
  mll::export_labels(*labels, graph, again);
  mll::test::must_hold(mll::test::equal_labels(mll::import_labels(graph, again), *labels),
                       "labels survive a round trip");
  return 0;
}
