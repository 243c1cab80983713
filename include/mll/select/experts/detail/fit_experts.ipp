// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/experts/detail/general_stand_in.hpp"
#include "mll/select/experts/expert_cover.hpp"
#include "mll/select/experts/fit_experts.hpp"

namespace mll {

namespace detail {

/// Experts that are not copies of one before them: whose responses to some row of the evidence differ.
/// @param[in] first first head of each expert, and the end
MLL_LOCAL std::vector<std::size_t> distinct_experts(exec::backend_ref backend, const task_evidence& evidence,
                                                    const std::vector<std::size_t>& first) {
  const std::size_t count = first.size() - 1;
  const auto responses = [&](std::size_t m) {
    std::vector<std::uint32_t> heads(first[m + 1] - first[m]);
    std::iota(heads.begin(), heads.end(), static_cast<std::uint32_t>(first[m]));
    return evidence.log_odds(exec::sequential{}, heads);
  };
  std::vector<double> fingerprint(count);  // the same for copies, seldom for others
  exec::for_each_index(backend, count, [&](std::size_t m) {
    const Eigen::ArrayXXf values = responses(m);
    fingerprint[m] = std::accumulate(values.data(), values.data() + values.size(), 0.0);
  });
  const auto is_copy = [&](std::size_t m, std::size_t of) {
    if (fingerprint[of] != fingerprint[m] || first[of + 1] - first[of] != first[m + 1] - first[m])
      return false;
    const Eigen::ArrayXXf a = responses(of);
    const Eigen::ArrayXXf b = responses(m);
    return std::equal(a.data(), a.data() + a.size(), b.data());
  };
  std::vector<std::size_t> out;
  for (std::size_t m = 0; m < count; ++m) {
    const bool copy = !evidence.rows().empty() && std::any_of(out.begin(), out.end(), [&](std::size_t other) {
      return is_copy(m, other);
    });
    if (!copy) out.push_back(m);
  }
  return out;
}

/// The same correction over `count` heads, the last of which have no part in it.
MLL_LOCAL void add_unused_heads(linear_correction& correction, Eigen::Index count) {
  const Eigen::Index used = correction.mean.size();
  Eigen::MatrixXf weights(count, correction.weights.cols());
  for (Eigen::Index y = 0; y < weights.cols(); ++y) {
    for (Eigen::Index h = 0; h < count; ++h) weights(h, y) = h < used ? correction.weights(h, y) : 0;
  }
  correction.weights = std::move(weights);
  Eigen::VectorXf mean(count);
  Eigen::VectorXf scale(count);
  for (Eigen::Index h = 0; h < count; ++h) {
    mean[h] = h < used ? correction.mean[h] : 0;
    scale[h] = h < used ? correction.scale[h] : 1;
  }
  correction.mean = std::move(mean);
  correction.scale = std::move(scale);
}

}  // namespace detail

namespace detail {

/// The general head as the score of classes without samples, beside votes for the others.
/// @param[in] votes class and vote; `head` is a position in the evidence
MLL_LOCAL stand_in stand_in_for(exec::backend_ref backend, const task_evidence& evidence,
                                std::span<const std::pair<std::size_t, vote>> votes,
                                const std::vector<bool>& known) {
  const std::size_t rows = evidence.rows().size();
  matrix<double> scores = zeros<double>(known.size(), rows);
  for (const auto& [y, v] : votes) {
    const std::uint32_t position = v.head;
    Eigen::ArrayXXf x = evidence.log_odds(exec::sequential{}, std::span{&position, 1});
    numerics::to_log_probability(std::span{x.data(), rows});
    for (std::size_t r = 0; r < rows; ++r)
      row_of(scores, y)[r] += static_cast<double>(v.weight * (v.slope * x.data()[r] + v.intercept));
  }
  matrix<float> by_row(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(known.size()));
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t y = 0; y < known.size(); ++y)
      row_of(by_row, r)[y] = known[y] ? static_cast<float>(row_of(scores, y)[r]) : -1e3F;
  }
  return fit_stand_in(evidence, scores, known, best_temperature(backend, by_row, evidence.rows()));
}

}  // namespace detail

MLL_DEFINE ensemble fit_experts(exec::backend_ref backend, const task_evidence& evidence,
                                const expert_fit_options& options) {
  if (evidence.profile() == nullptr) {
    throw invalid_argument{"profile", "a profile of the hub (mll::profile), in the options of select",
                           "none"};
  }
  if (options.heads_per_class == 0)
    throw invalid_argument{"heads_per_class", "at least 1 head per class", "0"};
  const hub_profile& hub = *evidence.profile();
  const matrix<float> relevance = head_relevance(backend, evidence, options.relevance);
  const auto& first = hub.regressors.first_head;
  const std::vector<std::size_t> candidates = detail::distinct_experts(backend, evidence, first);
  std::vector<std::uint32_t> positions;
  for (const std::size_t m : expert_cover(backend, relevance, first, candidates, options.experts)) {
    for (std::size_t h = first[m]; h < first[m + 1]; ++h) positions.push_back(static_cast<std::uint32_t>(h));
  }
  std::sort(positions.begin(), positions.end());

  const std::vector<bool> known = detail::has_rows(evidence);
  std::vector<std::pair<std::size_t, vote>> votes;
  for (std::size_t y = 0; y < evidence.class_count(); ++y) {
    if (!known[y] && evidence.general() != nullptr) continue;  // left to the general model
    const std::span<const float> value = detail::row_of(relevance, y);
    std::vector<std::uint32_t> best = positions;
    if (evidence.general() != nullptr) best.push_back(evidence.general_position(y));
    std::sort(best.begin(), best.end(), [&](std::uint32_t a, std::uint32_t b) {
      return value[a] != value[b] ? value[a] > value[b] : a < b;
    });
    best.resize(std::min(options.heads_per_class, best.size()));
    float total = 0;
    for (const std::uint32_t p : best) total += value[p];
    for (const std::uint32_t p : best) {
      if (value[p] == 0 && total > 0) break;
      const float weight = total > 0 ? value[p] / total : 1.0F / static_cast<float>(best.size());
      const auto width = static_cast<double>(evidence.model_width(p));
      votes.emplace_back(y, vote{.head = p,
                                 .weight = weight,
                                 .intercept = static_cast<float>(std::log(width)),
                                 .gain = value[p]});
    }
  }
  ensemble_builder builder;
  for (const std::uint32_t p : positions) builder.use(p);
  for (const auto& [y, v] : votes) builder.add(y, v.head, v);
  if (std::find(known.begin(), known.end(), false) != known.end() && evidence.general() != nullptr) {
    const detail::stand_in general = detail::stand_in_for(backend, evidence, votes, known);
    for (std::size_t y = 0; y < known.size(); ++y) {
      if (!known[y]) detail::add_stand_in(evidence, y, general, builder);
    }
  }
  ensemble out = builder.finish(evidence);
  out.scale = vote_scale::log_probability;
  out.correction = fit_discriminant(backend, evidence, positions, options.discriminant);
  // General heads come last and only vote.
  detail::add_unused_heads(*out.correction, static_cast<Eigen::Index>(out.heads.size()));
  out.correction->strength =
      static_cast<float>(options.correction_strength * evidence_reliability(evidence.match()));
  return detail::with_general_discriminant(backend, evidence, std::move(out), options.general_strength);
}

}  // namespace mll
