// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/testing/engine_archetype.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <vector>

using namespace mll::testing;  // the archetypes are what this file is about

static_assert(!std::is_default_constructible_v<engine_archetype> &&
              !std::is_copy_assignable_v<engine_archetype>);

TEST_CASE("a type-erased engine requires no more of an engine than the concept says") {
  const mll::any_onnx_engine engine{engine_archetype{0}};
  CHECK(engine.name() == "archetype");
  CHECK(engine.version() == "1");
  CHECK(!engine.is_concurrent());
  CHECK(!engine.takes_any_batch());
  CHECK(!engine.takes_outside_weights());
  CHECK_NOTHROW(engine.check("any.onnx", {}));
  const auto session = engine.load("any.onnx");
  CHECK(session->run(std::vector<mll::detail::onnx_array>(2), {}).size() == 2);
  CHECK(session->bytes({}) == 0);
}
#endif
