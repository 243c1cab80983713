// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Models, samples and labels for tests of labelling.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/random.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/hub.hpp"

namespace mll::test {

/// A model whose score is a fixed, irregular function of its seed, the head and the sample.
struct hash_model {
  using sample_type = int;
  std::uint64_t seed = 0;
  std::size_t heads = 3;

  [[nodiscard]] float score(int sample, std::size_t head) const {
    const auto bits = derive_seed(derive_seed(seed, static_cast<std::uint64_t>(sample)), head);
    // Spread over the log-odds range, so that small probabilities occur.
    return numerics::sigmoid(20 * (static_cast<float>(bits % 10007) / 10007 - 0.5F));
  }
  [[nodiscard]] std::size_t head_count() const { return heads; }
  [[nodiscard]] std::string head_name(std::size_t head) const {
    return "m" + std::to_string(seed) + "h" + std::to_string(head);
  }
  void predict(std::span<const int> batch, matrix_ref<float> scores) const {
    for (std::size_t r = 0; r < batch.size(); ++r) {
      for (std::size_t h = 0; h < heads; ++h) {
        scores(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(h)) = score(batch[r], h);
      }
    }
  }
};

/// A hub of `count` models with 1 to 4 heads, named "a", "b", ...
inline hub<int> make_hub(std::size_t count, std::uint64_t seed = 1) {
  hub<int> out;
  for (std::size_t m = 0; m < count; ++m) {
    out.add(std::string(1, static_cast<char>('a' + m)), hash_model{seed * 100 + m, 1 + (m + seed) % 4});
  }
  return out;
}

/// Sample i of node v.
inline int make_sample(node_id v, std::size_t i) {
  return static_cast<int>(1000 * v.value() + i);
}

/// Data from (node, number of samples) pairs.
inline representation_table<int> make_samples(
    const std::vector<std::pair<std::size_t, std::size_t>>& counts) {
  representation_table<int> out;
  for (const auto& [v, count] : counts) {
    std::vector<int> samples;
    for (std::size_t i = 0; i < count; ++i) samples.push_back(make_sample(node_id{v}, i));
    out.add(node_id{v}, std::move(samples));
  }
  return out;
}

}  // namespace mll::test
