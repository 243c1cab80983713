// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "mll/exec/backend_ref.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll {

/// The stages of `head_funnel` for one hub elsewhere than on a host backend: on a CUDA device (`device_hub`),
/// or over ranks (`dist/select.hpp`). Each stage returns the result of the host's stage, within the tolerance
/// that the implementation documents.
class funnel_stages {
 public:
  virtual ~funnel_stages() = default;

  /// Size of the hub: nodes of its layout, heads.
  [[nodiscard]] virtual std::size_t node_count() const = 0;
  [[nodiscard]] virtual std::size_t head_count() const = 0;

  /// As `screen(backend, statistics, nodes, max_heads)`, for the heads of the hub.
  [[nodiscard]] virtual std::vector<std::vector<screened_head>> screen(const class_evidence& nodes,
                                                                       std::size_t max_heads) const = 0;
  /// The same for a subset of the evidence, without the samples that it leaves out; nothing: the host screens
  /// subsets.
  [[nodiscard]] virtual std::optional<std::vector<std::vector<screened_head>>> screen_subset(
      exec::backend_ref /*backend*/, const task_evidence& /*evidence*/, std::size_t /*max_heads*/) const {
    return std::nullopt;
  }
  /// As `shortlist`, with given samples.
  /// @param[in] backend reads the responses
  /// @param[in] own     samples of each class as positives
  /// @param[in] all     samples of each class as negatives of the others
  [[nodiscard]] virtual std::vector<std::vector<shortlisted_head>> shortlist(
      exec::backend_ref backend, const task_evidence& evidence, const detail::sample_plan& own,
      const detail::sample_plan& all, const std::vector<std::vector<screened_head>>& screened,
      const shortlist_options& options) const = 0;
  /// The picks of `search` for log-likelihood from calibrated heads, whose responses these stages hold
  /// themselves; nothing: they are read from the evidence, for the other `search`.
  [[nodiscard]] virtual std::optional<std::vector<std::vector<head_pick>>> search_lists(
      exec::backend_ref /*backend*/, const task_evidence& /*evidence*/,
      const std::vector<std::vector<shortlisted_head>>& /*lists*/, std::size_t /*heads_per_class*/,
      const greedy_search& /*search*/) const {
    return std::nullopt;
  }
  /// As `search(backend, pool, log_likelihood{})`.
  [[nodiscard]] virtual std::vector<std::vector<head_pick>> search(const greedy_search& search,
                                                                   const head_pool& pool) const = 0;

 protected:
  funnel_stages() = default;
  funnel_stages(const funnel_stages&) = default;
  funnel_stages& operator=(const funnel_stages&) = default;
};

}  // namespace mll
