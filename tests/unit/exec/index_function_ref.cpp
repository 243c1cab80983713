// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/exec/index_function_ref.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <type_traits>

using mll::exec::index_function_ref;

namespace {

struct counter {
  std::size_t sum = 0;
  void operator()(std::size_t i) { sum += i; }
};

}  // namespace

static_assert(std::is_trivially_copyable_v<index_function_ref>);
static_assert(std::is_constructible_v<index_function_ref, counter&>);
static_assert(!std::is_constructible_v<index_function_ref, const counter&>);  // it changes when called
static_assert(!std::is_constructible_v<index_function_ref, int&>);

TEST_CASE("index_function_ref calls what it refers to, and so does its copy") {
  counter c;
  const index_function_ref f{c};
  const index_function_ref copy = f;
  f(2);
  copy(3);
  CHECK(c.sum == 5);
}

TEST_CASE("index_function_ref takes const callables and ignores what they return") {
  std::size_t last = 0;
  const auto note = [&](std::size_t i) { return last = i; };
  index_function_ref{note}(7);
  CHECK(last == 7);
}
