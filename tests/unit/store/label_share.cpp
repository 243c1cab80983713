// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/label_share.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mll;

TEST_CASE("each label belongs to one share, by content alone, and shares are even") {
  for (const std::size_t count : {1U, 3U, 7U}) {
    std::vector<std::size_t> sizes(count, 0);
    for (int m = 0; m < 40; ++m) {
      stored_model model{.name = "any", .fingerprint = "content " + std::to_string(m), .heads = {"a"}};
      stored_model renamed = model;
      renamed.name = "other";
      renamed.id = model_id{5};
      for (int n = 0; n < 50; ++n) {
        const std::string node = "n" + std::to_string(n);
        std::size_t owners = 0;
        for (std::size_t i = 1; i <= count; ++i) {
          const label_share share{i, count};
          CHECK(share.has(model, node) == share.has(renamed, node));
          if (!share.has(model, node)) continue;
          ++owners;
          ++sizes[i - 1];
        }
        REQUIRE(owners == 1);
      }
    }
    // Binomial: 2000 labels, four standard deviations.
    const double even = 2000.0 / static_cast<double>(count);
    for (const std::size_t size : sizes)
      CHECK(std::abs(static_cast<double>(size) - even) < 4 * std::sqrt(even));
  }
}

TEST_CASE("shares are the same on every platform and in every version") {
  const stored_model model{.fingerprint = "abc", .heads = {"cat", "dog"}};
  CHECK(detail::label_fingerprint(model) == "e122813ce0c03942cb77f789aefb3897");
  std::string numbers;
  for (const char* node : {"n01", "n02", "n03", "n04", "n05"}) {
    for (std::size_t i = 1; i <= 7; ++i) {
      if (label_share{i, 7}.has(model, node)) numbers += std::to_string(i);
    }
  }
  CHECK(numbers == "41652");
}

TEST_CASE("shares that do not exist are refused") {
  CHECK_NOTHROW(label_share{7, 7}.check());
  CHECK_THROWS_WITH_AS((label_share{0, 7}.check()), "share.number: expected 1 to 7, found 0",
                       invalid_argument);
  CHECK_THROWS_WITH_AS((label_share{8, 7}.check()), "share.number: expected 1 to 7, found 8",
                       invalid_argument);
  CHECK_THROWS_WITH_AS((label_share{1, 0}.check()), "share.count: expected at least 1, found 0",
                       invalid_argument);
}
