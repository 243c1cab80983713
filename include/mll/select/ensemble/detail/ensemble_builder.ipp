// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>

#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"

namespace mll {

MLL_DEFINE ensemble ensemble_builder::finish(const task_evidence& evidence) const {
  std::vector<std::uint32_t> positions = without_vote_;
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

MLL_DEFINE std::vector<std::uint32_t> detail::positions_of(const task_evidence& evidence,
                                                           const ensemble& fitted) {
  std::vector<std::uint32_t> out;
  for (const head_id head : fitted.heads) out.push_back(static_cast<std::uint32_t>(evidence.position(head)));
  return out;
}

MLL_DEFINE matrix<float> detail::answer_rows(exec::backend_ref backend, const task_evidence& evidence,
                                             const ensemble& fitted) {
  return combine(fitted, evidence.log_odds(backend, positions_of(evidence, fitted)),
                 fitted.uses_embeddings() ? evidence.embeddings() : matrix<float>{});
}

}  // namespace mll
