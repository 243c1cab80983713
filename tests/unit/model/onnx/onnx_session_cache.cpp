// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/onnx_session_cache.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/model/onnx/engines/opencv_engine.hpp"
#include "support/tiny_onnx.hpp"

using mll::onnx_session_cache;
using mll::opencv_engine;
using mll::test::tiny_onnx;

namespace {

std::filesystem::path write_file(const mll::detail::temporary_folder& folder, std::size_t i) {
  tiny_onnx net;
  net.weights = {std::vector<float>(12, static_cast<float>(i)), std::vector<float>(12, 0)};
  net.bias = {0, 1};
  auto file = folder.path() / (std::to_string(1000 + i) + ".onnx");  // equal sizes
  net.write(file);
  return file;
}

std::size_t estimate(const std::filesystem::path& file) {
  return static_cast<std::size_t>(std::filesystem::file_size(file)) *
             onnx_session_cache::bytes_per_file_byte +
         onnx_session_cache::bytes_per_session;
}

/// Runs a network that answers `12 * i + 0` on an image of ones.
float run(const onnx_session_cache::lease& session) {
  mll::detail::onnx_array image{.name = "image"};
  image.reset(mll::detail::onnx_element::float32, {1, 3, 2, 2});
  image.write<float>(0, std::vector<float>(12, 1));
  const auto out = session.session().run(std::vector{image}, std::vector<std::string>{"scores"});
  std::vector<float> values(2);
  out.at(0).read(0, values);
  return values[0];
}

}  // namespace

TEST_CASE("a network is loaded when it is first requested, and then kept") {
  const mll::detail::temporary_folder folder;
  const auto file = write_file(folder, 3);
  onnx_session_cache cache;
  CHECK(cache.budget() == onnx_session_cache::default_budget);
  CHECK(cache.statistics().sessions == 0);
  for (int round = 0; round < 3; ++round)
    CHECK(run(cache.acquire(file, opencv_engine{})) == doctest::Approx(36));
  CHECK(cache.statistics().loads == 1);
  CHECK(cache.statistics().hits == 2);
  CHECK(cache.statistics().sessions == 1);
  CHECK(cache.statistics().bytes == estimate(file));
}

TEST_CASE("the least recently used network is released when the budget is exceeded") {
  const mll::detail::temporary_folder folder;
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < 4; ++i) files.push_back(write_file(folder, i));
  onnx_session_cache cache{2 * estimate(files[0])};
  const auto use = [&](std::size_t i) {
    CHECK(run(cache.acquire(files[i], opencv_engine{})) == doctest::Approx(12.0 * static_cast<double>(i)));
    return cache.statistics().loads;
  };
  CHECK(use(0) == 1);
  CHECK(use(1) == 2);
  CHECK(use(0) == 2);
  CHECK(use(2) == 3);  // releases 1
  CHECK(use(0) == 3);
  CHECK(use(1) == 4);  // releases 2
  CHECK(use(0) == 4);
  CHECK(use(2) == 5);
  CHECK(cache.statistics().sessions == 2);
  CHECK(cache.statistics().bytes <= cache.budget());
}

TEST_CASE("the memory of a network is what its user reports") {
  const mll::detail::temporary_folder folder;
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < 3; ++i) files.push_back(write_file(folder, i));
  onnx_session_cache cache{2 * estimate(files[0])};
  const auto says = [](std::size_t bytes) { return [bytes](mll::onnx_session&) { return bytes; }; };
  static_cast<void>(cache.acquire(files[0], opencv_engine{}, says(1000)));
  CHECK(cache.statistics().bytes == 1000);
  static_cast<void>(cache.acquire(files[1], opencv_engine{}, says(0)));
  CHECK(cache.statistics().bytes == 1000 + estimate(files[1]));
  {
    // Larger than the budget: the others are released, it stays while it runs.
    const auto session = cache.acquire(files[2], opencv_engine{}, says(3 * estimate(files[0])));
    CHECK(cache.statistics().sessions == 1);
    CHECK(run(session) == doctest::Approx(24));
  }
  CHECK(cache.statistics().sessions == 0);
}

TEST_CASE("networks are released with many files as well") {
  const mll::detail::temporary_folder folder;
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < 60; ++i) files.push_back(write_file(folder, i));
  onnx_session_cache cache{5 * estimate(files[0])};
  std::size_t max_sessions = 0;
  for (const auto& file : files) {
    CHECK(run(cache.acquire(file, opencv_engine{})) >= 0);
    max_sessions = std::max(max_sessions, cache.statistics().sessions);
  }
  CHECK(max_sessions == 5);
  CHECK(cache.statistics().loads == 60);
}

TEST_CASE("a running network is not released, even beyond the budget") {
  const mll::detail::temporary_folder folder;
  const auto first = write_file(folder, 1);
  const auto second = write_file(folder, 2);
  onnx_session_cache cache{0};
  {
    const auto one = cache.acquire(first, opencv_engine{});
    const auto two = cache.acquire(second, opencv_engine{});
    CHECK(cache.statistics().sessions == 2);
    CHECK(run(one) == doctest::Approx(12));
    CHECK(run(two) == doctest::Approx(24));
  }
  CHECK(cache.statistics().sessions == 0);
  CHECK(cache.statistics().bytes == 0);
}

TEST_CASE("a file that does not load leaves no session and does not affect others") {
  const mll::detail::temporary_folder folder;
  const auto good = write_file(folder, 1);
  const auto bad = folder.path() / "bad.onnx";
  onnx_session_cache cache;
  CHECK(run(cache.acquire(good, opencv_engine{})) == doctest::Approx(12));
  CHECK_THROWS_AS(static_cast<void>(cache.acquire(bad, opencv_engine{})), mll::model_error);
  tiny_onnx::write_bytes(bad, "this is no network");
  std::string found;
  try {
    static_cast<void>(cache.acquire(bad, opencv_engine{}));
  } catch (const mll::model_error& problem) {
    found = problem.what();
  }
  CHECK(found.starts_with("model '" + bad.string() + "': OpenCV: "));
  const auto refuse = [](mll::onnx_session&) -> std::size_t { throw std::runtime_error{"not like this"}; };
  const auto other = write_file(folder, 2);
  CHECK_THROWS_WITH_AS(static_cast<void>(cache.acquire(other, opencv_engine{}, refuse)),
                       ("model '" + other.string() + "': OpenCV: not like this").c_str(), mll::model_error);
  CHECK(cache.statistics().sessions == 1);
  CHECK(cache.statistics().bytes == estimate(good));
  CHECK(cache.statistics().loads == 1);
  CHECK(run(cache.acquire(other, opencv_engine{})) == doctest::Approx(24));
  CHECK(run(cache.acquire(good, opencv_engine{})) == doctest::Approx(12));
  CHECK(cache.statistics().loads == 2);
}

TEST_CASE("one network serves one thread at a time, and a failing file fails for all who wait") {
  const mll::detail::temporary_folder folder;
  const auto file = write_file(folder, 1);
  const auto bad = folder.path() / "bad.onnx";
  tiny_onnx::write_bytes(bad, "this is no network");
  onnx_session_cache cache{0};
  std::atomic<int> inside = 0;
  std::atomic<bool> alone = true;
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int round = 0; round < 25; ++round) {
          {
            const auto session = cache.acquire(file, opencv_engine{});
            if (inside.fetch_add(1) != 0) alone = false;
            if (run(session) != 12.0F) alone = false;
            inside.fetch_sub(1);
          }
          try {
            static_cast<void>(cache.acquire(bad, opencv_engine{}));
          } catch (const mll::model_error&) {
            ++failures;
          }
        }
      });
    }
  }
  CHECK(alone);
  CHECK(failures == 100);
  CHECK(cache.statistics().sessions == 0);
  CHECK(cache.statistics().bytes == 0);
}
#endif
