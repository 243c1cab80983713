// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// How evidence becomes the worth of a head.
struct relevance_options {
  double name_weight = 3;         ///< of a matching name, beside what the labels say
  double unproven_gain = 0.3;     ///< gain that a head with a matching name is granted at least
  double neighbour_share = 0.05;  ///< how far samples of similar nodes count for a class without any
};

/// How much each head is worth for each class, from its label and from its name:
/// `r g^2 + w n max(r g, u)` with the gain `g = max(0, 2 AUC - 1)` on the representation samples, every class
/// weighing alike, the name match n (see `hub_profile::name_match`; 0 without a profile), and the options w =
/// `name_weight`, u = `unproven_gain`; r is `neighbour_share` for a class that has samples of similar nodes
/// only, else 1.
///
/// @return `[classes, evidence.heads()]`, not negative
/// Complexity: O(heads (rows + 256 classes)), over the backend. Determinism: the same on every backend.
template <exec::execution_backend Backend>
[[nodiscard]] matrix<float> head_relevance(const Backend& backend, const task_evidence& evidence,
                                           const relevance_options& options = {}) {
  constexpr std::size_t levels = 256;
  const std::size_t classes = evidence.class_count();
  const auto rows = evidence.rows();
  std::vector<bool> has_rows(classes, false);
  for (const auto& row : rows) has_rows[row.target.index()] = true;
  const auto known = static_cast<double>(std::count(has_rows.begin(), has_rows.end(), true));

  matrix<float> out(static_cast<Eigen::Index>(classes), static_cast<Eigen::Index>(evidence.heads().size()));
  exec::for_each_index(backend, evidence.heads().size(), [&](std::size_t h) {
    const std::array<std::uint32_t, 1> position{static_cast<std::uint32_t>(h)};
    const Eigen::ArrayXXf answers = evidence.log_odds(exec::sequential{}, position);
    std::vector<double> histogram(classes * levels, 0);  // of each class, on the grid of the 8-bit codec
    std::array<double, levels> all{};
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const float clamped = std::clamp(answers(static_cast<Eigen::Index>(r), 0), -numerics::max_log_odds,
                                       numerics::max_log_odds);
      const auto level =
          static_cast<std::size_t>(std::lround((clamped + numerics::max_log_odds) / log_odds_8bit::step));
      histogram[rows[r].target.index() * levels + level] += static_cast<double>(rows[r].weight);
      all[level] += static_cast<double>(rows[r].weight);
    }
    for (std::size_t y = 0; y < classes; ++y) {
      double gain = 0;
      if (has_rows[y] && known > 1) {
        double below = 0;
        double area = 0;
        for (std::size_t level = 0; level < levels; ++level) {
          const double own = histogram[y * levels + level];
          const double rest = all[level] - own;
          area += own * (below + rest / 2);
          below += rest;
        }
        gain = std::max(0.0, 2 * area / (known - 1) - 1);
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
