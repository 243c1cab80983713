// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Two units that include everything: a function that should be inline and is not breaks the link.
#include "mll/fwd.hpp"  // first: what follows must agree with it
#include "mll/mll.hpp"
// Twice, like every other header.
#include "mll/mll.hpp"

static_assert(MLL_VERSION_MAJOR == MLL_TEST_VERSION_MAJOR && MLL_VERSION_MINOR == MLL_TEST_VERSION_MINOR &&
              MLL_VERSION_PATCH == MLL_TEST_VERSION_PATCH);
static_assert(mll::version() == MLL_TEST_VERSION, "mll/version.hpp and CMakeLists.txt differ");

int poisoned_unit();

int main() {
  const mll::hub<int> hub;
  return hub.empty() ? poisoned_unit() : 1;
}
