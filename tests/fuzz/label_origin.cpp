// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The table of content hashes beside exported labels.

#include "mll/label/io/label_origin.hpp"
#include "mll/label/io/detail/export_checksums.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto folder = mll::test::fuzz_folder();
  mll::test::write_file(folder / "origin.tsv", {reinterpret_cast<const char*>(data), size});
  std::optional<mll::label_origin> origin;
  mll::detail::export_checksums files;
  try {
    origin = mll::read_label_origin(folder);
    files = mll::detail::export_checksums::read(folder);
  } catch (const mll::parse_error&) {
    return 0;
  }
  mll::detail::write_label_origin(*origin, files, folder);
  mll::test::must_hold(mll::read_label_origin(folder) == origin, "an origin survives a round trip");
  mll::test::must_hold(mll::detail::export_checksums::read(folder).all() == files.all(),
                       "checksums survive a round trip");
  return 0;
}
