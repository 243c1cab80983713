// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/onnx/engines/detail/onnx_array.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using mll::detail::onnx_array;
using mll::detail::onnx_element;

namespace {

/// Numbers after a round trip through an array of another type.
std::vector<float> through(onnx_element type, const std::vector<float>& values) {
  onnx_array array;
  array.reset(type, {values.size()});
  array.write<float>(0, values);
  std::vector<float> out(values.size());
  array.read(0, out);
  return out;
}

}  // namespace

TEST_CASE("numbers are converted to the type of the array") {
  const std::vector<float> values{0, 1, -1.5F, 300, 0.25F};
  CHECK(through(onnx_element::float32, values) == values);
  CHECK(through(onnx_element::float64, values) == values);
  CHECK(through(onnx_element::float16, values) == values);  // exact in half precision
  CHECK(through(onnx_element::float16, {0.1F})[0] == doctest::Approx(0.1).epsilon(1e-3));
  // Rounded to the nearest, ties to even, and kept in range.
  CHECK(through(onnx_element::uint8, {-3, 254.6F, 1e9F, 2.5F}) == std::vector<float>{0, 255, 255, 2});
  CHECK(through(onnx_element::int8, {-300, 126.6F, 1e9F}) == std::vector<float>{-128, 127, 127});
  CHECK(through(onnx_element::int32, {-1.6F, 3e9F}) == std::vector<float>{-2, 2147483648.0F});
  CHECK(through(onnx_element::int64, {-1e30F, 1e30F, std::numeric_limits<float>::quiet_NaN()}) ==
        std::vector<float>{-9223372036854775808.0F, 9223372036854775808.0F, -9223372036854775808.0F});
  CHECK(mll::detail::to_string(onnx_element::float16) == "float16");
  CHECK(mll::detail::to_string(static_cast<onnx_element>(77)) == "ONNX type 77");
}

TEST_CASE("a part of an array is written and read in place") {
  onnx_array array;
  array.reset(onnx_element::int32, {2, 3});
  CHECK(array.size() == 6);
  array.write<float>(3, std::vector<float>{4, 5});
  std::vector<float> out(6);
  array.read(0, out);
  CHECK(out == std::vector<float>{0, 0, 0, 4, 5, 0});
  array.reset(onnx_element::string, {2, 1});
  CHECK(array.texts.size() == 2);
  CHECK(array.bytes.empty());
}
