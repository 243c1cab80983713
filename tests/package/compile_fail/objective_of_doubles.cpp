// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// An objective that computes in double.
// expect: selection_objective
// expect: has_no_rivals
#include "mll/select/methods/chco.hpp"

#if MLL_TEST_MISTAKE
using number = double;
#else
using number = float;
#endif

struct lead {
  static number no_rivals() { return -1e3F; }
  static number add_rival(number summary, number score) { return summary > score ? summary : score; }
  static number value(number truth, number summary) { return truth - summary; }
};

int main() {
  const mll::chco<lead> method{};
}
