// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/error.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("errors name what was expected and what was found") {
  const mll::invalid_argument argument{"batch_size", "at least 1", "0"};
  CHECK(std::string{argument.what()} == "batch_size: expected at least 1, found 0");
  CHECK(argument.argument() == "batch_size");

  const mll::parse_error line{"data.noun", 12, "8 digits", "'abc'"};
  CHECK(std::string{line.what()} == "data.noun:12: expected 8 digits, found 'abc'");
  CHECK(line.file() == "data.noun");
  CHECK(line.line() == 12);

  const mll::parse_error whole{"data.noun", 0, "a file", "none"};
  CHECK(std::string{whole.what()} == "data.noun: expected a file, found none");

  const mll::model_error model{"dogs", "batch 1: boom"};
  CHECK(std::string{model.what()} == "model 'dogs': batch 1: boom");
  CHECK(model.model() == "dogs");

  const mll::device_error device{"allocating memory", "out of memory"};
  CHECK(std::string{device.what()} == "allocating memory: out of memory");
}

TEST_CASE("errors spell out what cannot be seen") {
  CHECK(std::string{mll::invalid_argument{"name", "'cat'", "'cat\r'"}.what()} ==
        "name: expected 'cat', found 'cat\\r'");
  const mll::parse_error mark{"f", 1, "'cat'",
                              "'\xEF\xBB\xBF"
                              "cat'"};
  CHECK(std::string{mark.what()} == "f:1: expected 'cat', found 'U+FEFFcat'");
  CHECK(mark.found() ==
        "'\xEF\xBB\xBF"
        "cat'");
}

TEST_CASE("every error is an mll::error") {
  CHECK_THROWS_AS(throw mll::invalid_argument("a", "b", "c"), mll::error);
  CHECK_THROWS_AS(throw mll::parse_error("a", 1, "b", "c"), mll::error);
  CHECK_THROWS_AS(throw mll::model_error("a", "b"), mll::error);
  CHECK_THROWS_AS(throw mll::device_error("a", "b"), mll::error);
  CHECK_THROWS_AS(throw mll::cancelled("a"), mll::error);
}
