// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/classifier.hpp"

namespace mll {

/// Scores that were computed elsewhere, as a table. A sample is a row number.
///
/// Takes any Eigen matrix; for an xtensor table use `as_matrix` of mll/core/xtensor.hpp.
///
/// @code
/// mll::matrix<float> scores(1000, 2);  // [samples, heads], from elsewhere
/// mll::hub<std::size_t> experts;
/// experts.add("table", mll::precomputed_scores{{"cat", "dog"}, scores});
/// @endcode
class precomputed_scores {
 public:
  using sample_type = std::size_t;

  /// @param[in] head_names one per column
  /// @param[in] scores     `[samples, heads]`, each in [0, 1]
  /// Throws: `invalid_argument` if there are no columns, the numbers of names and columns differ, or a score
  /// is not in [0, 1].
  precomputed_scores(std::vector<std::string> head_names, matrix<float> scores)
      : head_names_{std::move(head_names)}, scores_{std::move(scores)} {
    if (head_names_.empty()) throw invalid_argument{"head_names", "at least one name", "none"};
    if (scores_.cols() != static_cast<Eigen::Index>(head_names_.size())) {
      throw invalid_argument{"scores", std::to_string(head_names_.size()) + " columns, one per head name",
                             std::to_string(scores_.cols())};
    }
    for (Eigen::Index r = 0; r < scores_.rows(); ++r) {
      for (Eigen::Index h = 0; h < scores_.cols(); ++h) {
        if (!(scores_(r, h) >= 0 && scores_(r, h) <= 1)) {
          throw invalid_argument{"scores", "scores in [0, 1]",
                                 detail::number_text(scores_(r, h)) + " in row " + std::to_string(r) +
                                     ", column " + std::to_string(h)};
        }
      }
    }
  }

  /// Number of samples that have scores.
  [[nodiscard]] std::size_t sample_count() const noexcept { return static_cast<std::size_t>(scores_.rows()); }
  [[nodiscard]] std::size_t head_count() const noexcept { return head_names_.size(); }
  [[nodiscard]] const std::string& head_name(std::size_t head) const { return head_names_[head]; }
  /// Throws: `invalid_argument` for a row number that the table does not have.
  void predict(std::span<const std::size_t> batch, matrix_ref<float> scores) const {
    for (std::size_t r = 0; r < batch.size(); ++r) {
      if (batch[r] >= sample_count()) {
        throw invalid_argument{"batch", "row numbers below " + std::to_string(sample_count()),
                               std::to_string(batch[r]) + " at position " + std::to_string(r)};
      }
      scores.row(static_cast<Eigen::Index>(r)) = scores_.row(static_cast<Eigen::Index>(batch[r]));
    }
  }

 private:
  std::vector<std::string> head_names_;
  matrix<float> scores_;
};

static_assert(classifier<precomputed_scores>);

}  // namespace mll
