// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Text as sparse features, for tests.
#pragma once

#include <Eigen/SparseCore>
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/random.hpp"

namespace mll::test {

/// Counts words in 64 buckets.
struct hashed_words {
  using sample_type = std::string;
  static std::size_t dimension() { return 64; }
  static std::size_t bucket(std::string_view word) { return stable_hash(word) % 64; }
  static Eigen::SparseMatrix<float, Eigen::RowMajor> transform(std::span<const std::string> batch) {
    std::vector<Eigen::Triplet<float>> entries;
    for (std::size_t r = 0; r < batch.size(); ++r) {
      for (std::size_t at = 0; at < batch[r].size();) {
        const std::size_t end = std::min(batch[r].find(' ', at), batch[r].size());
        const auto word = std::string_view{batch[r]}.substr(at, end - at);
        entries.emplace_back(static_cast<int>(r), static_cast<int>(bucket(word)), 1.0F);
        at = end + 1;
      }
    }
    Eigen::SparseMatrix<float, Eigen::RowMajor> out(static_cast<Eigen::Index>(batch.size()), 64);
    out.setFromTriplets(entries.begin(), entries.end());
    return out;
  }
};

}  // namespace mll::test
