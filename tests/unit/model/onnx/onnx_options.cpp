// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/onnx/onnx_options.hpp"

#include <doctest/doctest.h>

#include <limits>

TEST_CASE("by default all options are taken from the file") {
  const mll::onnx_options options;
  CHECK(options.order == mll::channel_order::rgb);
  CHECK(!options.scale);
  CHECK(!options.layout);
  CHECK(!options.output);
  CHECK(!options.engine);
  CHECK(!options.batch_size);
  CHECK_NOTHROW(mll::detail::check_onnx_options(options));
}

TEST_CASE("invalid options are named") {
  using mll::detail::check_onnx_options;
  CHECK_THROWS_WITH_AS(check_onnx_options({.channels = 4}), "options.channels: expected 0, 1 or 3, found 4",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(check_onnx_options({.scale = 0}),
                       "options.scale: expected a finite number other than 0, found 0",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(check_onnx_options({.mean = {0, std::numeric_limits<float>::quiet_NaN(), 0}}),
                       "options.mean[1]: expected a finite number, found NaN", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(check_onnx_options({.deviation = {1, 1, 0}}),
                       "options.deviation[2]: expected a finite number above 0, found 0",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(check_onnx_options({.max_tokens = 2}),
                       "options.max_tokens: expected 0, or at least 3, found 2", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(check_onnx_options({.batch_size = 0}),
                       "options.batch_size: expected at least 1, found 0", mll::invalid_argument);
}
