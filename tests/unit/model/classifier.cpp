// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/classifier.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "mll/model/any_classifier.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/model/linear_classifier.hpp"
#include "mll/model/mlp_classifier.hpp"
#include "mll/model/precomputed_scores.hpp"

namespace {

struct model {
  using sample_type = int;
  static std::size_t head_count() { return 1; }
  static std::string head_name(std::size_t) { return "x"; }
  static void predict(std::span<const int>, mll::matrix_ref<float>) {}
};
struct no_sample_type {
  static std::size_t head_count() { return 1; }
  static std::string head_name(std::size_t) { return "x"; }
  static void predict(std::span<const int>, mll::matrix_ref<float>) {}
};
struct other_batch : model {
  static void predict(std::span<const std::string>, mll::matrix_ref<float>) {}
};
struct numbered_heads : model {
  static int head_name(std::size_t) { return 1; }
};
struct changing : model {
  void predict(std::span<const int>, mll::matrix_ref<float>) {}
};
struct unique : model {
  std::unique_ptr<int> weights;
};

}  // namespace

static_assert(mll::classifier<model>);
static_assert(mll::classifier<mll::any_classifier<int>>);
static_assert(mll::classifier<mll::callable_classifier<int>>);
static_assert(mll::classifier<mll::linear_classifier<>>);
static_assert(mll::classifier<mll::mlp_classifier<>>);
static_assert(mll::classifier<mll::precomputed_scores>);
static_assert(!mll::classifier<no_sample_type>);
static_assert(!mll::classifier<other_batch>);
static_assert(!mll::classifier<numbered_heads>);
static_assert(!mll::classifier<changing>, "predict must be const");
static_assert(!mll::classifier<unique>, "models are copied");
static_assert(!mll::classifier<int>);

TEST_CASE("a model is used through the concept alone") {
  const auto heads = [](const mll::classifier auto& m) { return static_cast<std::size_t>(m.head_count()); };
  CHECK(heads(model{}) == 1);
}
