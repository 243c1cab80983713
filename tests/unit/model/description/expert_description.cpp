// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/description/expert_description.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_CASE("a description is completed value by value, with its sources") {
  mll::expert_description first;
  first.labels.set({"a"}, "first: labels");
  first.input.width.set(3, "first: width");
  mll::expert_description second;
  second.labels.set({"b"}, "second: labels");
  second.input.height.set(4, "second: height");
  second.output.activation.set(mll::activation::softmax, "second: activation");
  first.complete(second);
  CHECK(*first.labels == std::vector<std::string>{"a"});
  CHECK(first.labels.source == "first: labels");
  CHECK(first.input.height.source == "second: height");
  const auto options = first.options({.width = 7, .height = 7, .channels = 1});
  CHECK(options.width == 3);
  CHECK(options.height == 4);
  CHECK(options.channels == 1);
  CHECK(options.output == mll::activation::softmax);
}
