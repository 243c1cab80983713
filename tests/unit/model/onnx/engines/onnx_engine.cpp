// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/engines/onnx_engine.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "mll/core/error.hpp"

namespace {

/// Returns how often it has run.
struct counting_engine {
  std::string label;
  [[nodiscard]] std::string name() const { return label; }
  [[nodiscard]] static std::string version() { return "7"; }
  [[nodiscard]] static bool is_concurrent() { return true; }
  [[nodiscard]] static bool takes_any_batch() { return false; }
  [[nodiscard]] static bool takes_outside_weights() { return true; }
  static void check(const std::string& file, const mll::detail::onnx_header&) {
    throw mll::model_error{file, "not this one"};
  }
  [[nodiscard]] static std::unique_ptr<mll::onnx_session> load(const std::string&) {
    struct session final : mll::onnx_session {
      std::vector<mll::detail::onnx_array> run(std::span<const mll::detail::onnx_array>,
                                               std::span<const std::string>) override {
        return std::vector<mll::detail::onnx_array>(++runs);
      }
      [[nodiscard]] std::size_t bytes(std::span<const std::vector<std::size_t>> shapes) const override {
        return shapes.size();
      }
      std::size_t runs = 0;
    };
    return std::make_unique<session>();
  }
};
static_assert(mll::onnx_engine<counting_engine>);
static_assert(!mll::onnx_engine<int>);

}  // namespace

TEST_CASE("a type-erased engine is the engine that it holds") {
  const mll::any_onnx_engine engine{counting_engine{"counter"}};
  const mll::any_onnx_engine copy = engine;
  CHECK(copy.name() == "counter");
  CHECK(copy.version() == "7");
  CHECK(copy.is_concurrent());
  CHECK(!copy.takes_any_batch());
  CHECK(copy.takes_outside_weights());
  CHECK_THROWS_WITH_AS(copy.check("x", {}), "model 'x': not this one", mll::model_error);
  const auto session = copy.load("x");
  CHECK(session->run({}, {}).size() == 1);
  CHECK(session->run({}, {}).size() == 2);
  CHECK(session->bytes(std::vector<std::vector<std::size_t>>(3)) == 3);
}
#endif
