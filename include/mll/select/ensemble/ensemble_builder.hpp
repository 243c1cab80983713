// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// Collects votes by position in the evidence and turns them into a combination, whose heads are those in
/// use.
class ensemble_builder {
 public:
  void add(std::size_t y, std::uint32_t position, vote v) {
    v.head = position;
    votes_.emplace_back(y, v);
  }

  /// A head that is used without a vote.
  void use(std::uint32_t position) { voiceless_.push_back(position); }

  [[nodiscard]] ensemble finish(const task_evidence& evidence) const {
    std::vector<std::uint32_t> positions = voiceless_;
    for (const auto& [y, v] : votes_) positions.push_back(v.head);
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());

    ensemble out;
    for (const std::uint32_t p : positions) out.heads.push_back(evidence.heads()[p]);
    out.votes.resize(evidence.class_count());
    for (auto [y, v] : votes_) {
      v.head = static_cast<std::uint32_t>(std::lower_bound(positions.begin(), positions.end(), v.head) -
                                          positions.begin());
      out.votes[y].push_back(v);
    }
    return out;
  }

 private:
  std::vector<std::pair<std::size_t, vote>> votes_;  // `head` is a position in the evidence
  std::vector<std::uint32_t> voiceless_;
};

/// Positions in the evidence of the heads of a combination.
[[nodiscard]] inline std::vector<std::uint32_t> positions_of(const task_evidence& evidence,
                                                             const ensemble& fitted) {
  std::vector<std::uint32_t> out;
  for (const head_id head : fitted.heads) out.push_back(static_cast<std::uint32_t>(evidence.position(head)));
  return out;
}

/// What a combination answers to the rows of the evidence.
template <exec::execution_backend Backend>
[[nodiscard]] matrix<float> answer_rows(const Backend& backend, const task_evidence& evidence,
                                        const ensemble& fitted) {
  return combine(fitted, evidence.log_odds(backend, positions_of(evidence, fitted)),
                 fitted.uses_embeddings() ? evidence.embeddings() : matrix<float>{});
}

}  // namespace mll::detail
