// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/estimate/cross_validation.hpp"
#include "mll/select/estimate/detail/kappa.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/experts/fit_membership.hpp"
#include "mll/select/screen/screening.hpp"
#include "mll/select/select.hpp"

namespace mll::detail {

/// One reason per vote.
MLL_LOCAL std::vector<head_reason> reasons_of(const task_evidence& evidence, const ensemble& fitted) {
  const matrix<float> means = class_means_of(evidence, positions_of(evidence, fitted));
  const matrix<float> scores = reuse_scores(means);
  std::vector<head_reason> out;
  for (std::size_t y = 0; y < fitted.votes.size(); ++y) {
    for (const vote& v : fitted.votes[y]) {
      const auto head = static_cast<Eigen::Index>(v.head);
      head_reason reason;
      reason.target = class_id{y};
      reason.head = fitted.heads[v.head];
      std::tie(reason.model, reason.name) = evidence.names(evidence.position(reason.head));
      reason.weight = v.weight;
      reason.gain = v.gain;
      reason.response = means(static_cast<Eigen::Index>(y), head);
      reason.reuse_score = scores(static_cast<Eigen::Index>(y), head);
      reason.rival_response = -1;
      for (std::size_t c = 0; c < fitted.votes.size(); ++c) {
        if (const float here = means(static_cast<Eigen::Index>(c), head);
            c != y && here > reason.rival_response) {
          reason.rival = class_id{c};
          reason.rival_response = here;
        }
      }
      out.push_back(std::move(reason));
    }
  }
  return out;
}

/// The models that own the heads of an ensemble.
MLL_LOCAL std::vector<selected_model> owners_of(const task_evidence& evidence, const ensemble& fitted) {
  std::vector<selected_model> out;
  for (const head_id head : fitted.heads) {
    if (!out.empty() && out.back().id == head.model) continue;
    const std::size_t at = evidence.position(head);
    std::string fingerprint;
    if (!evidence.is_general(at))
      fingerprint = evidence.source().model_fingerprint(evidence.source().heads().model_of(at));
    out.push_back({head.model, evidence.names(at).first, evidence.head_names(at), std::move(fingerprint)});
  }
  if (fitted.uses_embeddings() && (out.empty() || out.back().id.valid()))
    out.push_back({model_id{}, "general model", {}});
  return out;
}

/// The heads of an ensemble that are named after the node of a class, or a node below it, per class.
MLL_LOCAL std::vector<std::vector<named_head>> named_heads(const task_evidence& evidence,
                                                           const ensemble& fitted) {
  std::vector<std::vector<named_head>> out(evidence.class_count());
  if (evidence.profile() == nullptr) return out;
  for (std::size_t y = 0; y < out.size(); ++y) {
    for (std::size_t h = 0; h < fitted.heads.size(); ++h) {
      if (!fitted.heads[h].model.valid()) continue;
      const std::size_t at = evidence.position(fitted.heads[h]);
      const double match = evidence.profile()->name_match(at, evidence.match().classes[y].node);
      if (match > 0)
        out[y].push_back({static_cast<std::uint32_t>(h), static_cast<float>(match),
                          static_cast<std::uint32_t>(evidence.model_width(at))});
    }
  }
  return out;
}

MLL_DEFINE selection select_erased(exec::backend_ref backend, const task_evidence& evidence,
                                   const method_ref& method, std::size_t folds, std::uint64_t seed,
                                   const shift_fit& shift) {
  selection out{.match = evidence.match(), .ensemble = method(backend, evidence)};
  out.models = owners_of(evidence, out.ensemble);
  out.reasons = reasons_of(evidence, out.ensemble);
  out.shift = shift;
  if (folds != 0) {
    out.estimate = cross_validate_erased(backend, evidence, method, folds, seed);
    detail::expect_elsewhere(*out.estimate, evidence.class_count(), shift);
    const source_weights& weights = out.estimate->weights;
    out.ensemble.temperature *= static_cast<float>(weights.votes);
    if (out.ensemble.correction) out.ensemble.correction->strength = static_cast<float>(weights.correction);
    if (out.ensemble.general) out.ensemble.general->strength = static_cast<float>(weights.general);
  }
  out.named = named_heads(evidence, out.ensemble);
  if (out.estimate && evidence.profile() != nullptr) {
    for (const auto& of_class : out.named) {
      double best = 0;
      for (const named_head& one : of_class) best = std::max(best, static_cast<double>(one.match));
      out.estimate->name_matches.push_back(best);
    }
  }
  out.membership = fit_membership(backend, evidence, out.ensemble);
  if (evidence.general() != nullptr) {
    out.general_texts = evidence.general()->class_texts();
    out.general_scale = evidence.general()->scale();
  }
  return out;
}

}  // namespace mll::detail
