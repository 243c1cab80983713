// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A feature map that takes one sample in place of a batch.
// expect: feature_map
// expect: has_transform
#include <cstddef>
#include <span>

#include "mll/model/linear_classifier.hpp"

#if MLL_TEST_MISTAKE
using samples = float;
#else
using samples = std::span<const float>;
#endif

struct features {
  using sample_type = float;
  std::size_t dimension() const { return 1; }
  mll::matrix<float> transform(samples) const { return {}; }
};

mll::linear_classifier<features>* model = nullptr;

int main() {}
