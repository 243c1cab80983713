// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/experts/discriminant.hpp"
#include "mll/select/experts/expert_cover.hpp"
#include "mll/select/experts/head_relevance.hpp"

namespace mll {

/// Options of `fit_experts`.
struct expert_fit_options {
  std::size_t experts = 20;  ///< experts that may run
  std::size_t pooled = 8;    ///< heads per class whose answers are averaged
  double correction = 0.25;  ///< strength of the discriminant where every class has samples of its own
  relevance_options relevance = {};
  discriminant_options discriminant = {};
};

namespace detail {

/// Experts that are no copy of one before them: that answer anything else to some row of the evidence.
template <exec::execution_backend Backend>
std::vector<std::size_t> different_experts(const Backend& backend, const task_evidence& evidence,
                                           const std::vector<std::size_t>& first) {
  const std::size_t count = first.size() - 1;
  const auto answers = [&](std::size_t m) {
    std::vector<std::uint32_t> heads(first[m + 1] - first[m]);
    std::iota(heads.begin(), heads.end(), static_cast<std::uint32_t>(first[m]));
    return evidence.log_odds(exec::sequential{}, heads);
  };
  std::vector<double> fingerprint(count);  // equal for copies, seldom for others
  exec::for_each_index(backend, count,
                       [&](std::size_t m) { fingerprint[m] = answers(m).template cast<double>().sum(); });
  std::vector<std::size_t> out;
  for (std::size_t m = 0; m < count; ++m) {
    const bool copy = !evidence.rows().empty() && std::any_of(out.begin(), out.end(), [&](std::size_t other) {
      return fingerprint[other] == fingerprint[m] &&
             first[other + 1] - first[other] == first[m + 1] - first[m] &&
             (answers(other) == answers(m)).all();
    });
    if (!copy) out.push_back(m);
  }
  return out;
}

}  // namespace detail

/// A combination of experts of which every head may be used, since running one costs the same whatever is
/// read of it: `F = H + c log softmax L`.
///
/// Experts are chosen by `expert_cover`. H is for every class the mean, weighed by worth, of what its best
/// heads answer on the scale of the profile; nothing is fitted. L is the discriminant over all heads of the
/// chosen experts; it corrects H the more, the better the classes are covered by samples. So evidence from
/// names and labels is the prior, and what the other heads say counts as well. Of experts that answer the
/// same, only the first is run. The general model is no expert: its pseudo-head for a class competes for H,
/// and L includes its embedding if the profile knows it.
///
/// Throws: `invalid_argument` without a profile, or for no experts or no pooled heads.
/// Complexity: that of `head_relevance`, `expert_cover` and `fit_discriminant`.
template <exec::execution_backend Backend>
[[nodiscard]] ensemble fit_experts(const Backend& backend, const task_evidence& evidence,
                                   const expert_fit_options& options = {}) {
  if (evidence.profile() == nullptr) {
    throw invalid_argument{"profile", "a profile of the hub (mll::profile), in the options of select",
                           "none"};
  }
  if (options.pooled == 0) throw invalid_argument{"pooled", "at least 1 head per class", "0"};
  const hub_profile& hub = *evidence.profile();
  const matrix<float> relevance = head_relevance(backend, evidence, options.relevance);
  const auto& first = hub.regressors.first_head;
  const std::vector<std::size_t> originals = detail::different_experts(backend, evidence, first);
  std::vector<std::uint32_t> positions;
  for (const std::size_t m : expert_cover(backend, relevance, first, originals, options.experts)) {
    for (std::size_t h = first[m]; h < first[m + 1]; ++h) positions.push_back(static_cast<std::uint32_t>(h));
  }
  std::sort(positions.begin(), positions.end());

  detail::ensemble_builder used;
  for (const std::uint32_t p : positions) used.use(p);
  for (std::size_t y = 0; y < evidence.class_count(); ++y) {
    const auto value = [&](std::uint32_t p) {
      return relevance(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(p));
    };
    std::vector<std::uint32_t> best = positions;
    if (evidence.general() != nullptr) {
      best.push_back(
          static_cast<std::uint32_t>(evidence.position({model_id{}, static_cast<std::uint32_t>(y)})));
    }
    const auto end = best.begin() + static_cast<std::ptrdiff_t>(std::min(options.pooled, best.size()));
    std::partial_sort(best.begin(), end, best.end(), [&](std::uint32_t a, std::uint32_t b) {
      return value(a) != value(b) ? value(a) > value(b) : a < b;
    });
    best.erase(end, best.end());
    float total = 0;
    for (const std::uint32_t p : best) total += value(p);
    for (const std::uint32_t p : best) {
      if (value(p) == 0 && total > 0) break;
      const float weight = total > 0 ? value(p) / total : 1.0F / static_cast<float>(best.size());
      const auto width = static_cast<double>(evidence.model_width(p));
      used.add(y, p, {.weight = weight, .intercept = static_cast<float>(std::log(width)), .gain = value(p)});
    }
  }
  ensemble out = used.finish(evidence);
  out.scale = vote_scale::log_probability;
  out.correction = fit_discriminant(backend, evidence, positions, options.discriminant);
  const auto all = static_cast<Eigen::Index>(out.heads.size());  // pseudo-heads stand behind and only vote
  out.correction->mean.conservativeResizeLike(Eigen::VectorXf::Zero(all));
  out.correction->scale.conservativeResizeLike(Eigen::VectorXf::Ones(all));
  out.correction->weights.conservativeResizeLike(Eigen::MatrixXf::Zero(all, out.correction->weights.cols()));
  out.correction->strength = static_cast<float>(options.correction * evidence_reliability(evidence.match()));
  return out;
}

}  // namespace mll
