// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Ids of different kinds do not convert into each other.
// expect: node_tag
// expect: class_tag
#include "mll/core/ids.hpp"

void take(mll::class_id);

int main() {
#if MLL_TEST_MISTAKE
  take(mll::node_id{0});
#else
  take(mll::class_id{0});
#endif
}
