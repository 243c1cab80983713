// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Labels divided among ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/label/model_labels.hpp"

namespace mll::test {

/// Deals models to ranks at random; some ranks may get none.
/// @return the models of each rank, increasing
inline std::vector<std::vector<std::size_t>> random_shares(std::size_t models, std::size_t ranks,
                                                           std::uint64_t seed) {
  std::vector<std::vector<std::size_t>> out(ranks);
  random_engine engine{seed};
  for (std::size_t m = 0; m < models; ++m) out[engine() % ranks].push_back(m);
  return out;
}

/// Numbers in [-1, 1), for embeddings that say little.
inline matrix<float> random_noise(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  random_engine engine{seed};
  matrix<float> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out.data()[i] = static_cast<float>(engine() >> 40U) / 8388608.0F - 1;
  return out;
}

/// The labels of some models.
template <response_codec Codec>
basic_model_labels<Codec> share_of(const basic_model_labels<Codec>& labels,
                                   std::span<const std::size_t> models) {
  basic_model_labels<Codec> out{labels.samples()};
  for (const std::size_t m : models) out.insert(labels.models()[m]);
  return out;
}

}  // namespace mll::test
