// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll::detail {

/// The responses of the shortlisted heads to the samples of a plan. Each head is read once.
class responses_of_shortlist {
 public:
  /// @param[in] rows the examples of the plan
  /// Complexity: O(heads samples) over the backend; 1 byte per head and sample.
  template <response_source Source>
  responses_of_shortlist(exec::backend_ref backend, const Source& source, const sample_plan& plan,
                         std::span<const example> rows,
                         const std::vector<std::vector<shortlisted_head>>& lists)
      : rows_{rows} {
    for (const auto& list : lists) {
      for (const shortlisted_head& head : list) heads_.push_back(head.position);
    }
    std::sort(heads_.begin(), heads_.end());
    heads_.erase(std::unique(heads_.begin(), heads_.end()), heads_.end());
    codes_.resize(heads_.size());
    exec::for_each_index(backend, heads_.size(), [&](std::size_t i) {
      plan.read(
          0, plan.classes.size(),
          [&](std::span<const node_samples> which, std::span<std::uint8_t> out) {
            source.read(heads_[i], which, out);
          },
          codes_[i]);
    });
  }

  /// The pool of these lists; a view of this object.
  [[nodiscard]] head_pool pool(const std::vector<std::vector<shortlisted_head>>& lists,
                               std::size_t heads_per_class) const {
    head_pool out{{}, rows_, heads_per_class};
    for (const auto& list : lists) {
      auto& to = out.candidates.emplace_back();
      for (const shortlisted_head& head : list)
        to.push_back({codes_of(head.position), head.fit.slope, head.fit.intercept});
    }
    return out;
  }

 private:
  [[nodiscard]] const std::uint8_t* codes_of(std::uint32_t position) const {
    const auto at = std::lower_bound(heads_.begin(), heads_.end(), position) - heads_.begin();
    return codes_[static_cast<std::size_t>(at)].data();
  }

  std::span<const example> rows_;
  std::vector<std::uint32_t> heads_;              // positions, increasing
  std::vector<std::vector<std::uint8_t>> codes_;  // [heads][rows]
};

/// Class scores of picks: the mean of their logits per class, `[rows, classes]`.
template <class Codec = log_odds_8bit>
[[nodiscard]] matrix<float> scores_of_picks(exec::backend_ref backend, const head_pool& pool,
                                            const std::vector<std::vector<head_pick>>& picks) {
  matrix<float> out(static_cast<Eigen::Index>(pool.rows.size()), static_cast<Eigen::Index>(picks.size()));
  constexpr std::size_t block = 256;
  exec::for_each_index(backend, (pool.rows.size() + block - 1) / block, [&](std::size_t b) {
    const std::size_t end = std::min(pool.rows.size(), (b + 1) * block);
    for (std::size_t y = 0; y < picks.size(); ++y) {
      for (std::size_t i = b * block; i < end; ++i) {
        float sum = 0;
        for (const head_pick& pick : picks[y]) {
          const auto& head = pool.candidates[y][pick.candidate];
          sum += head.slope * Codec::log_odds(head.codes[i]) + head.intercept;
        }
        out(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(y)) =
            sum / static_cast<float>(picks[y].size());
      }
    }
  });
  return out;
}

}  // namespace mll::detail
