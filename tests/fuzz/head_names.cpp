// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The file of head names beside an ONNX file.

#include "mll/model/head_names.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = mll::head_names_file(mll::test::fuzz_folder() / "birds.onnx");
  mll::test::write_file(file, {reinterpret_cast<const char*>(data), size});
  std::vector<std::string> names;
  try {
    names = mll::read_head_names(file);
  } catch (const mll::parse_error&) {
    return 0;
  }
  std::string again = "\xEF\xBB\xBF";
  for (const auto& name : names) again += name + "\r\n";
  mll::test::write_file(file, again);
  mll::test::must_hold(mll::read_head_names(file) == names, "names survive a round trip");
  return 0;
}
