// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/detail/tables/blobs.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace mll;

TEST_CASE("names survive a round trip; other bytes are refused") {
  const std::vector<std::string> names{"a", "", "long name with ä", std::string(300, 'x')};
  auto bytes = detail::encode_names(names);
  CHECK(detail::decode_names(bytes) == names);
  CHECK_THROWS_AS(static_cast<void>(detail::decode_names({})), parse_error);
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    const std::span<const std::byte> cut{bytes.data(), length};
    if (length == 5 || length == 9 || length == 9 + 4 + names[2].size()) continue;  // between two names
    CHECK_THROWS_AS(static_cast<void>(detail::decode_names(cut)), parse_error);
  }
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = std::byte{0xff};  // a name of 4 GiB
  CHECK_THROWS_AS(static_cast<void>(detail::decode_names(bytes)), parse_error);
}

TEST_CASE("means survive a round trip; values that labelling cannot produce are refused") {
  const std::vector<float> means{0, 0.5F};
  const auto bytes = detail::encode_means(means);
  CHECK(detail::decode_means(bytes, 2) == means);
  CHECK_THROWS_AS(static_cast<void>(detail::decode_means(bytes, 3)), parse_error);
  CHECK_THROWS_AS(static_cast<void>(detail::decode_means(std::span{bytes}.first(7), 1)), parse_error);
  CHECK_THROWS_AS(static_cast<void>(detail::decode_means(bytes, (std::size_t{1} << 62U) + 2)), parse_error);
  CHECK(detail::encode_means({}).empty());  // nothing is copied from a null pointer
  CHECK(detail::decode_means({}, 0).empty());
  for (const float bad : {-1.0F, 2.0F, std::numeric_limits<float>::quiet_NaN()}) {
    const std::vector<float> wrong{bad, 0};
    CHECK_THROWS_AS(static_cast<void>(detail::decode_means(detail::encode_means(wrong), 2)), parse_error);
  }
}

TEST_CASE("responses survive a round trip; sizes that do not match are refused, however large") {
  matrix<std::uint8_t> values(3, 2);
  values << 1, 2, 3, 4, 5, 6;
  const auto bytes = detail::encode_responses<std::uint8_t>(values);
  CHECK(detail::decode_responses<std::uint8_t>(bytes, 3, 2) == values);
  CHECK(detail::decode_responses<std::uint8_t>(
            detail::encode_responses<std::uint8_t>(values.middleRows(1, 1)), 1, 2) ==
        values.middleRows(1, 1));
  const std::size_t huge = std::size_t{1} << 60U;
  for (const auto& [rows, heads] : {std::pair<std::size_t, std::size_t>{2, 2},
                                    {3, 3},
                                    {huge, 2},
                                    {3, huge},
                                    {huge, huge},
                                    {0, 2},
                                    {3, 0},
                                    {std::numeric_limits<std::size_t>::max(), 2}}) {
    CHECK_THROWS_AS(static_cast<void>(detail::decode_responses<std::uint8_t>(bytes, rows, heads)),
                    parse_error);
    CHECK_THROWS_AS(static_cast<void>(detail::decode_responses<float>(bytes, rows, heads)), parse_error);
  }
}
