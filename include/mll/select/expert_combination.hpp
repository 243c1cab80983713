// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/combination.hpp"
#include "mll/select/coverage_share.hpp"
#include "mll/select/discriminant.hpp"
#include "mll/select/expert_cover.hpp"
#include "mll/select/head_worth.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll {

/// Options of `combine_experts`.
struct expert_combination_options {
  std::size_t experts = 20;  ///< experts that may run
  std::size_t pooled = 8;    ///< heads per class whose answers are averaged
  double correction = 0.25;  ///< strength of the discriminant where every class has samples of its own
  worth_options worth = {};
  discriminant_options discriminant = {};
};

/// A combination of experts of which every head may be used, since running one costs the same whatever is
/// read of it: `F = H + c log softmax L`.
///
/// Experts are chosen by `expert_cover`. H is for every class the mean, weighed by worth, of what its best
/// heads answer on the scale of the profile; nothing is fitted. L is the discriminant over all heads of the
/// chosen experts; it corrects H the more, the better the classes are covered by samples. So evidence from
/// names and labels is the prior, and what the other heads say counts as well.
///
/// Throws: `invalid_argument` without a profile, or for no experts or no pooled heads.
/// Complexity: that of `head_worth`, `expert_cover` and `fit_discriminant`.
template <exec::execution_backend Backend, class Labels>
[[nodiscard]] combination combine_experts(const Backend& backend, const task_evidence<Labels>& evidence,
                                          const expert_combination_options& options = {}) {
  if (evidence.profile() == nullptr) {
    throw invalid_argument{"profile", "a profile of the hub (mll::profile), in the options of select",
                           "none"};
  }
  if (options.pooled == 0) throw invalid_argument{"pooled", "at least 1 head a class", "0"};
  const hub_profile& hub = *evidence.profile();
  const matrix<float> worth = head_worth(backend, evidence, options.worth);
  const auto& first = hub.regressors.first_head;
  std::vector<std::size_t> experts = expert_cover(backend, worth, first, options.experts);
  std::sort(experts.begin(), experts.end());
  std::vector<std::uint32_t> positions;
  for (const std::size_t m : experts) {
    for (std::size_t h = first[m]; h < first[m + 1]; ++h) positions.push_back(static_cast<std::uint32_t>(h));
  }

  combination out;
  out.scale = vote_scale::log_probability;
  for (const std::uint32_t p : positions) out.heads.push_back(evidence.heads()[p]);
  out.votes.resize(evidence.class_count());
  for (std::size_t y = 0; y < out.votes.size(); ++y) {
    const auto value = [&](std::uint32_t i) {
      return worth(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(positions[i]));
    };
    std::vector<std::uint32_t> best(positions.size());
    std::iota(best.begin(), best.end(), 0U);
    const auto end = best.begin() + static_cast<std::ptrdiff_t>(std::min(options.pooled, best.size()));
    std::partial_sort(best.begin(), end, best.end(), [&](std::uint32_t a, std::uint32_t b) {
      return value(a) != value(b) ? value(a) > value(b) : a < b;
    });
    best.erase(end, best.end());
    float total = 0;
    for (const std::uint32_t i : best) total += value(i);
    for (const std::uint32_t i : best) {
      if (value(i) == 0 && total > 0) break;
      out.votes[y].push_back({.head = i,
                              .weight = total > 0 ? value(i) / total : 1.0F / static_cast<float>(best.size()),
                              .intercept = static_cast<float>(hub.log_width[positions[i]]),
                              .gain = value(i)});
    }
  }
  out.correction = fit_discriminant(backend, evidence, positions, options.discriminant);
  out.correction->strength = static_cast<float>(options.correction * coverage_share(evidence.match()));
  return out;
}

}  // namespace mll
