// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Labels in one archive.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/label/io/npz.hpp"
#include "support/equal_labels.hpp"
#include "support/fuzz_input.hpp"
#include "support/small_graph.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto graph = mll::test::make_dag(4, {});
  const auto file = mll::test::fuzz_folder() / "in.npz";
  mll::test::write_file(file, std::string_view{reinterpret_cast<const char*>(data), size});
  std::optional<mll::model_labels> labels;
  try {
    labels = mll::import_labels_npz(graph, file, std::size_t{1} << 20U);
  } catch (const mll::parse_error&) {
    return 0;
  }
  const auto again = mll::test::fuzz_folder() / "out.npz";
  mll::export_labels_npz(*labels, graph, again);
  mll::test::must_hold(mll::test::equal_labels(mll::import_labels_npz(graph, again), *labels),
                       "labels survive a round trip");
  return 0;
}
