// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// Builds the ensemble of a selection method: collects votes by position in the evidence.
/// @code
/// mll::ensemble_builder builder;
/// builder.add(0, 17, {.weight = 1});  // head 17 alone decides about class 0
/// mll::ensemble fitted = builder.finish(evidence);
/// @endcode
class ensemble_builder {
 public:
  /// Adds a vote of the head at a position for class y; `v.head` is not used.
  void add(std::size_t y, std::uint32_t position, vote v) {
    v.head = position;
    votes_.emplace_back(y, v);
  }
  /// Adds a head without a vote, for a correction.
  void use(std::uint32_t position) { without_vote_.push_back(position); }

  /// The ensemble of the votes added so far, on the scale of log-odds. Its heads are those that were added.
  /// Complexity: O(votes log votes).
  MLL_DECLARE [[nodiscard]] ensemble finish(const task_evidence& evidence) const;

 private:
  std::vector<std::pair<std::size_t, vote>> votes_;  // `head` is a position in the evidence
  std::vector<std::uint32_t> without_vote_;
};

namespace detail {

/// Positions in the evidence of the heads of an ensemble.
MLL_DECLARE [[nodiscard]] std::vector<std::uint32_t> positions_of(const task_evidence& evidence,
                                                                  const ensemble& fitted);

/// Class scores of the rows of the evidence: `combine` of an ensemble.
MLL_DECLARE [[nodiscard]] matrix<float> answer_rows(exec::backend_ref backend, const task_evidence& evidence,
                                                    const ensemble& fitted);

}  // namespace detail

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/ensemble/detail/ensemble_builder.ipp"
#endif
