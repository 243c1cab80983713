// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/detail/roc_area.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/experts/head_relevance.hpp"

namespace mll {

MLL_DEFINE matrix<float> head_relevance(exec::backend_ref backend, const task_evidence& evidence,
                                        const relevance_options& options) {
  constexpr std::size_t levels = 256;
  const std::size_t classes = evidence.class_count();
  const auto rows = evidence.rows();
  std::vector<bool> has_rows(classes, false);
  for (const auto& row : rows) has_rows[row.target.index()] = true;
  const auto known = static_cast<double>(std::count(has_rows.begin(), has_rows.end(), true));

  matrix<float> out(static_cast<Eigen::Index>(classes), static_cast<Eigen::Index>(evidence.heads().size()));
  exec::for_each_index(backend, evidence.heads().size(), [&](std::size_t h) {
    const std::array<std::uint32_t, 1> position{static_cast<std::uint32_t>(h)};
    const Eigen::ArrayXXf log_odds = evidence.log_odds(exec::sequential{}, position);
    std::vector<double> histogram(classes * levels, 0);  // per class, on the grid of the 8-bit codec
    std::array<double, levels> all{};
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const float clamped = std::clamp(log_odds.data()[r], -numerics::max_log_odds, numerics::max_log_odds);
      const auto level =
          static_cast<std::size_t>(std::lround((clamped + numerics::max_log_odds) / log_odds_8bit::step));
      histogram[rows[r].target.index() * levels + level] += static_cast<double>(rows[r].weight);
      all[level] += static_cast<double>(rows[r].weight);
    }
    for (std::size_t y = 0; y < classes; ++y) {
      double gain = 0;
      if (has_rows[y] && known > 1) {
        detail::roc_area area;
        for (std::size_t level = 0; level < levels; ++level) {
          const double own = histogram[y * levels + level];
          area.add(own, all[level] - own);
        }
        gain = std::max(0.0, 2 * area.ordered() / (known - 1) - 1);  // the weights of each class sum to 1
      }
      const class_match& meaning = evidence.match().classes[y];
      const double share = meaning.coverage == coverage::neighbour_samples ? options.neighbour_share : 1.0;
      const double name = evidence.profile() != nullptr && h < evidence.hub_head_count()
                              ? evidence.profile()->name_match(h, meaning.node)
                              : 0;
      out(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(h)) = static_cast<float>(
          share * gain * gain + options.name_weight * name * std::max(share * gain, options.unproven_gain));
    }
  });
  return out;
}

}  // namespace mll
