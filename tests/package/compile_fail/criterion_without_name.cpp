// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A criterion for heads without a name.
// expect: head_criterion
// expect: has_criterion_name
#include "mll/select/baselines/top_heads.hpp"

struct always_one {
#if !MLL_TEST_MISTAKE
  static constexpr const char* name = "always_one";
#endif
  static double measure(const auto&, mll::class_id) { return 1; }
};

int main() {
  const mll::top_heads<always_one> method{};
}
