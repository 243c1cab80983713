// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/detail/batch_memo.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/exec/for_each_index.hpp"
#include "support/backends.hpp"

namespace {

using mll::detail::batch_memo;

/// Squares of samples, and how often one was computed.
struct squares {
  std::atomic<int> made = 0;
  std::size_t bytes = sizeof(long);

  std::vector<long> of(std::span<const int> samples, const std::string& key = "square") {
    return batch_memo::values<long>(
        key, samples,
        [&](std::size_t i) {
          ++made;
          return static_cast<long>(samples[i]) * samples[i];
        },
        [&](const long&, std::size_t) { return bytes; });
  }
};

std::vector<int> counted(std::size_t size) {
  std::vector<int> out(size);
  std::iota(out.begin(), out.end(), 1);
  return out;
}

std::vector<long> squared(std::span<const int> samples) {
  std::vector<long> out;
  for (const int each : samples) out.push_back(static_cast<long>(each) * each);
  return out;
}

}  // namespace

TEST_CASE("values of a batch are made once per key, in any parts of the batch") {
  const std::vector<int> batch = counted(10);
  const std::span<const int> all{batch};
  squares make;
  batch_memo memo{all, 1000};
  const batch_memo::use shared{memo};
  CHECK(make.of(all.first(4)) == squared(all.first(4)));
  CHECK(make.made == 4);
  CHECK(make.of(all) == squared(all));
  CHECK(make.made == 10);
  CHECK(make.of(all.subspan(3, 5)) == squared(all.subspan(3, 5)));
  CHECK(make.of({}).empty());
  CHECK(make.made == 10);
  CHECK(make.of(all, "another") == squared(all));
  CHECK(make.made == 20);
  // Equal keys of another type, or for values of another type, are other keys.
  const auto texts = batch_memo::values<std::string>(
      std::string{"square"}, all, [&](std::size_t i) { return std::to_string(batch[i]); },
      [](const std::string& text, std::size_t) { return text.size(); });
  CHECK(texts[9] == "10");
}

TEST_CASE("nothing is kept without a memo, nor of samples that are not those of the batch") {
  const std::vector<int> batch = counted(4);
  const std::vector<int> copies = batch;
  squares make;
  for (int i = 0; i < 2; ++i) CHECK(make.of(batch) == squared(batch));
  CHECK(make.made == 8);
  batch_memo memo{std::span{batch}.subspan(1, 2), 1000};
  {
    const batch_memo::use shared{memo};
    for (int i = 0; i < 2; ++i) {
      CHECK(make.of(copies) == squared(copies));
      CHECK(make.of(batch) == squared(batch));  // more than the batch
      CHECK(make.of(std::span{batch}.first(2)) == squared(std::span{batch}.first(2)));
      CHECK(make.of(std::span{batch}.last(2)) == squared(std::span{batch}.last(2)));
    }
    CHECK(make.made == 8 + 2 * (4 + 4 + 2 + 2));
    make.made = 0;
    {
      batch_memo others{std::span<const int>{copies}, 1000};
      const batch_memo::use inner{others};
      for (int i = 0; i < 2; ++i) CHECK(make.of(copies) == squared(copies));
      CHECK(make.made == 4);
    }
    for (int i = 0; i < 2; ++i) CHECK(make.of(std::span{batch}.subspan(1, 2)) == std::vector<long>{4, 9});
    CHECK(make.made == 6);
  }
  CHECK(make.of(std::span{batch}.subspan(1, 2)) == std::vector<long>{4, 9});
  CHECK(make.made == 8);
}

TEST_CASE("a memo keeps no more than its bytes, and nothing that costs nothing") {
  const std::vector<int> batch = counted(10);
  squares make;
  batch_memo memo{std::span<const int>{batch}, 5 * sizeof(long) + 1};
  const batch_memo::use shared{memo};
  for (int i = 0; i < 3; ++i) CHECK(make.of(batch) == squared(batch));
  CHECK(make.made == 10 + 5 + 5);
  make.made = 0;
  for (int i = 0; i < 2; ++i) CHECK(make.of(batch, "another") == squared(batch));
  CHECK(make.made == 20);
  squares free;
  free.bytes = 0;
  for (int i = 0; i < 2; ++i) CHECK(free.of(batch, "free") == squared(batch));
  CHECK(free.made == 20);
}

TEST_CASE("what throws is tried again by the next model") {
  const std::vector<int> batch = counted(3);
  batch_memo memo{std::span<const int>{batch}, 1000};
  const batch_memo::use shared{memo};
  bool fails = true;
  const auto make = [&] {
    return batch_memo::values<int>(
        'k', std::span<const int>{batch},
        [&](std::size_t i) {
          if (fails && i == 1) throw std::runtime_error{"no"};
          return batch[i];
        },
        [](int, std::size_t) { return sizeof(int); });
  };
  CHECK_THROWS_AS(static_cast<void>(make()), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(make()), std::runtime_error);
  fails = false;
  CHECK(make() == batch);
}

TEST_CASE_TEMPLATE("models that run side by side get the same values", Backend, MLL_TEST_BACKENDS) {
  const std::vector<int> batch = counted(500);
  const auto expected = squared(batch);
  squares make;
  batch_memo memo{std::span<const int>{batch}, 1'000'000};
  constexpr std::size_t models = 8;
  std::vector<std::vector<long>> found(models);
  mll::exec::for_each_index(Backend{}, models, [&](std::size_t m) {
    const batch_memo::use shared{memo};
    for (std::size_t first = 0; first < batch.size(); first += 20) {
      const auto part = make.of(std::span{batch}.subspan(first, 20));
      found[m].insert(found[m].end(), part.begin(), part.end());
    }
  });
  for (const auto& each : found) CHECK(each == expected);
  CHECK(make.made >= 500);
  CHECK(make.made <= 500 * static_cast<int>(models));
  if (Backend{}.concurrency() == 1) CHECK(make.made == 500);
}
