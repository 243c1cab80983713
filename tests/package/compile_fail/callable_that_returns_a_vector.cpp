// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A function whose scores are not a matrix.
// expect: returns_a_score_matrix
#include <span>
#include <vector>

#include "mll/model/callable_classifier.hpp"

#if MLL_TEST_MISTAKE
using score_table = std::vector<float>;
#else
using score_table = mll::matrix<float>;
#endif

int main() {
  const auto function = [](std::span<const int>) { return score_table{}; };
  const mll::callable_classifier model{{"only"}, function};
}
