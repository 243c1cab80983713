// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/engines/detail/choose_output.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "support/complaints.hpp"

using mll::detail::choose_output;
using mll::detail::onnx_tensor;

namespace {

constexpr std::uint64_t real = 1;
constexpr std::uint64_t integer = 7;

std::string chosen(const std::vector<onnx_tensor>& outputs, std::size_t heads,
                   const std::string& wanted = {}) {
  mll::detail::onnx_header header;
  header.outputs = outputs;
  header.class_labels = {"a", "b", "c"};
  try {
    return outputs[choose_output("x.onnx", header, wanted, heads)].name;
  } catch (const mll::error& problem) {
    return problem.what();
  }
}

}  // namespace

TEST_CASE("the output with the scores is found by name, shape and type") {
  const onnx_tensor label{"label", integer, {0}};
  const onnx_tensor scores{"scores", real, {0, 3}};
  const onnx_tensor features{"features", real, {0, 8}};
  const onnx_tensor map{"output_probability", 0, {}, true};
  CHECK(chosen({scores}, 3) == "scores");
  CHECK(chosen({features}, 3) == "features");  // the only one: its width is for the caller to complain about
  CHECK(chosen({label, scores}, 3) == "scores");
  CHECK(chosen({label, map}, 3) == "output_probability");
  CHECK(chosen({features, scores}, 3) == "scores");
  CHECK(chosen({features, scores}, 8) == "features");
  CHECK(chosen({{"x", real, {0, 3}}, {"Probabilities", real, {0, 3}}}, 3) == "Probabilities");
  CHECK(chosen({{"hidden", real, {0, 0}}, {"logits", real, {0, 0}}}, 3) == "logits");
  CHECK(chosen({{"open", real, {0, 0}}, {"y", real, {0, 3}}}, 3) == "y");
  CHECK(chosen({label, scores}, 0) == "scores");
  CHECK(chosen({features, scores}, 3, "features") == "features");
  CHECK(chosen({{"x", real, {0, 3}}, {"y", real, {0, 3}}, {"z", real, {0, 4}}}, 3) ==
        "model 'x.onnx': expected 1 output of scores, found 2: x, y (name it in options.output_name)");
  CHECK(chosen({label}, 3) == "model 'x.onnx': expected an output of real numbers, found 1: label");
  CHECK(chosen({scores}, 3, "label") ==
        "options.output_name: expected an output of 'x.onnx', found 'label', not one of 1: scores");
  CHECK(chosen({label, scores}, 3, "label") ==
        "model 'x.onnx': expected the output 'label' to be of real numbers, found int64");
}
#endif
