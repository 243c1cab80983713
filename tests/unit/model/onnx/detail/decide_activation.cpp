// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/detail/decide_activation.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using mll::activation;
using mll::activation_source;
using mll::detail::decide_activation;

namespace {

mll::matrix<float> rows_of(std::initializer_list<std::initializer_list<float>> rows) {
  mll::matrix<float> out(static_cast<Eigen::Index>(rows.size()),
                         static_cast<Eigen::Index>(rows.begin()->size()));
  Eigen::Index r = 0;
  for (const auto& row : rows) {
    Eigen::Index c = 0;
    for (const float value : row) out(r, c++) = value;
    ++r;
  }
  return out;
}

}  // namespace

TEST_CASE("an activation is decided by the options, the last operator, or the values") {
  const auto shares = rows_of({{0.2F, 0.8F}, {0.5F, 0.5F}});
  const auto scores = rows_of({{0.2F, 0.9F}, {0.5F, 0.1F}});
  const auto logits = rows_of({{-2, 3}, {0.5F, 1}});
  const auto column = rows_of({{-2}, {0.5F}});
  const auto check = [](const mll::activation_decision& found, activation kind, activation_source source,
                        const std::string& reason) {
    CAPTURE(found.reason);
    CHECK(found.kind == kind);
    CHECK(found.source == source);
    CHECK(found.reason == reason);
  };
  check(decide_activation(activation::sigmoid, "Gemm", logits), activation::sigmoid,
        activation_source::options, "options.output");
  check(decide_activation({}, "Softmax", logits), activation::identity, activation_source::graph,
        "the graph ends with Softmax");
  check(decide_activation({}, "LogSoftmax", logits), activation::softmax, activation_source::graph,
        "the graph ends with LogSoftmax, whose softmax is the exponential");
  // Probabilities are never softmaxed again, whatever computed them.
  for (const std::string last : {"", "Div", "Gemm"}) {
    check(decide_activation({}, last, shares), activation::identity, activation_source::probe,
          "the scores of each of 2 random samples sum to 1");
  }
  // Logits in [0, 1] by chance.
  check(decide_activation({}, "Gemm", scores), activation::softmax, activation_source::graph,
        "the graph ends with Gemm: logits");
  check(decide_activation({}, "Mul", logits), activation::softmax, activation_source::probe,
        "values of 2 random samples are outside [0, 1]: logits");
  check(decide_activation({}, "Mul", column), activation::sigmoid, activation_source::probe,
        "values of 2 random samples are outside [0, 1]: logits");
  check(decide_activation({}, "Mul", scores), activation::identity, activation_source::probe,
        "all values of 2 random samples are in [0, 1]");
}
#endif
