// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Comparison of labels.
#pragma once

#include <algorithm>

#include "mll/label/model_labels.hpp"

namespace mll::test {

/// Whether labels have the same models, with their ids, on the same samples, bit for bit.
template <class Codec>
bool equal_labels(const basic_model_labels<Codec>& a, const basic_model_labels<Codec>& b) {
  return a.samples() == b.samples() && std::equal(a.models().begin(), a.models().end(), b.models().begin(),
                                                  b.models().end(), [](const auto& x, const auto& y) {
                                                    return x.model == y.model && x.name == y.name &&
                                                           x.heads == y.heads && x.responses == y.responses &&
                                                           x.mean == y.mean;
                                                  });
}

}  // namespace mll::test
