// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Three bytes (kind, rows and heads) and a blob of a store.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/store/detail/tables/blobs.hpp"
#include "support/fuzz_input.hpp"

namespace {

bool same(const mll::detail::blob& written, std::span<const std::byte> bytes) {
  return std::equal(written.begin(), written.end(), bytes.begin(), bytes.end());
}

template <class T>
void check_responses(std::span<const std::byte> bytes, std::size_t rows, std::size_t heads) {
  const mll::matrix<T> values = mll::detail::decode_responses<T>(bytes, rows, heads);
  mll::test::must_hold(same(mll::detail::encode_responses<T>(values), bytes),
                       "responses survive a round trip");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto bytes = std::as_bytes(std::span{data + 3, size - 3});
  const std::size_t rows = data[1];
  const std::size_t heads = data[2];
  try {
    switch (data[0] % 4) {
      case 0: {
        const std::vector<std::string> names = mll::detail::decode_names(bytes);
        mll::test::must_hold(same(mll::detail::encode_names(names), bytes), "names survive a round trip");
        break;
      }
      case 1: {
        const std::vector<float> means = mll::detail::decode_means(bytes, heads);
        mll::test::must_hold(same(mll::detail::encode_means(means), bytes), "means survive a round trip");
        break;
      }
      case 2:
        check_responses<std::uint8_t>(bytes, rows, heads);
        break;
      default:
        check_responses<float>(bytes, rows, heads);
    }
  } catch (const mll::parse_error&) {
  }
  return 0;
}
