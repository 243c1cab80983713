// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The description of an expert: the files of a model folder (mll.json, config.json, preprocessor_config.json)
// and the metadata of its ONNX file, one after the other.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "mll/model/description/read_expert_description.hpp"
#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = mll::test::fuzz_parts(data, size, 4);
  const auto folder = mll::test::fuzz_folder();
  mll::test::write_file(folder / "model.onnx", parts[3]);
  const char* const names[] = {"mll.json", "config.json", "preprocessor_config.json"};
  for (std::size_t i = 0; i < 3; ++i) {
    std::filesystem::remove(folder / names[i]);
    if (!parts[i].empty()) mll::test::write_file(folder / names[i], parts[i]);
  }
  try {
    const auto found = mll::read_expert_description(mll::expert_files::find(folder));
    const auto options = found.options();
    mll::test::must_hold(options.width <= 16384 && options.height <= 16384, "sizes are in range");
    mll::test::must_hold(options.preparation.short_side <= 16384U * 101U, "the short side is in range");
    mll::test::must_hold(!options.scale || (std::isfinite(*options.scale) && *options.scale != 0),
                         "the scale is a factor");
    for (std::size_t c = 0; c < 3; ++c) {
      mll::test::must_hold(std::isfinite(options.mean[c]), "means are finite");
      mll::test::must_hold(options.deviation[c] > 0, "deviations are above 0");
    }
    if (!found.labels) return 0;
    mll::test::must_hold(!found.labels->empty() && !found.labels.source.empty(), "labels have a source");
    for (const auto& each : *found.labels)
      mll::test::must_hold(!each.empty() && each.find('\0') == std::string::npos, "labels are names");
  } catch (const mll::parse_error&) {
  }
  return 0;
}
