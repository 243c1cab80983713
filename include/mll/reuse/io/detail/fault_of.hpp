// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "mll/select/estimate/shift_fit.hpp"
#include "mll/select/selection.hpp"

namespace mll::detail {

[[nodiscard]] inline bool is_finite(const shift_fit& fit) {
  const auto finite = [](double x) { return std::isfinite(x); };
  return std::all_of(fit.coefficients.begin(), fit.coefficients.end(), finite) &&
         std::all_of(fit.spread.begin(), fit.spread.end(), finite) && finite(fit.low) && finite(fit.high) &&
         finite(fit.fall) && finite(fit.min_fall) && finite(fit.max_fall);
}

/// What keeps a selection from being reused or explained; empty if nothing does: parts that do not fit
/// together, numbers that are not finite.
[[nodiscard]] inline std::string fault_of(const selection& chosen) {
  const ensemble& fitted = chosen.ensemble;
  const std::size_t classes = chosen.match.task.size();
  const auto all_finite = [](const auto& values) {
    const auto* const end = values.data() + values.size();
    return std::all_of(values.data(), end, [](float x) { return std::isfinite(x); });
  };
  const auto is = [](Eigen::Index rows, std::size_t wanted) {
    return static_cast<std::size_t>(rows) == wanted;
  };
  if (chosen.match.classes.size() != classes) return "not one meaning per class";
  for (const class_match& each : chosen.match.classes) {
    for (const class_id y : each.same_node_as) {
      if (y.index() >= classes) return "a meaning that refers to an unknown class";
    }
  }
  if (!(chosen.threshold >= 0 && chosen.threshold <= 1)) return "a threshold outside [0, 1]";
  if (fitted.votes.size() != classes) return "not one list of votes per class";
  for (std::size_t h = 1; h < fitted.heads.size(); ++h) {
    if (!(fitted.heads[h - 1] < fitted.heads[h])) return "heads that do not increase";
  }
  for (const auto& votes : fitted.votes) {
    for (const vote& v : votes) {
      if (v.head >= fitted.heads.size()) return "a vote of an unknown head";
      if (!(v.weight >= 0) || !std::isfinite(v.weight) || !std::isfinite(v.slope) ||
          !std::isfinite(v.intercept))
        return "a vote with numbers that are not finite";
    }
  }
  if (!std::isfinite(fitted.temperature)) return "a temperature that is not finite";
  const matrix<float>& texts = chosen.general_texts;
  if (texts.size() != 0 && !is(texts.rows(), classes)) return "not one text of the general model per class";
  if (!all_finite(texts) || !std::isfinite(chosen.general_scale)) return "texts that are not finite";
  if (fitted.correction) {
    const linear_correction& d = *fitted.correction;
    const std::size_t heads = fitted.heads.size();
    if (!is(d.mean.size(), heads) || !is(d.scale.size(), heads) || !is(d.weights.rows(), heads) ||
        !is(d.weights.cols(), classes) || !is(d.bias.size(), classes))
      return "a correction of another shape";
    if (d.embedding_weights.size() != 0 &&
        (!is(d.embedding_weights.cols(), classes) || d.embedding_weights.rows() != texts.cols()))
      return "a correction by embeddings of another shape";
    if (!all_finite(d.mean) || !all_finite(d.scale) || !all_finite(d.weights) || !all_finite(d.bias) ||
        !all_finite(d.embedding_weights) || !std::isfinite(d.strength))
      return "a correction that is not finite";
  }
  if (fitted.general) {
    const embedding_discriminant& d = *fitted.general;
    if (!is(d.weights.cols(), classes) || !is(d.bias.size(), classes) || d.weights.rows() != texts.cols())
      return "a general discriminant of another shape";
    if (!all_finite(d.weights) || !all_finite(d.bias) || !std::isfinite(d.strength))
      return "a general discriminant that is not finite";
  }
  if (chosen.membership) {
    const membership& m = *chosen.membership;
    for (std::size_t i = 0; i < m.heads.size(); ++i) {
      if (m.heads[i] >= fitted.heads.size() || !fitted.heads[m.heads[i]].model.valid() ||
          (i != 0 && m.heads[i] <= m.heads[i - 1]))
        return "a membership of unknown heads";
    }
    const auto dim = static_cast<std::size_t>(m.weights.rows()) - m.heads.size();
    if (static_cast<std::size_t>(m.weights.rows()) < m.heads.size() || m.weights.rows() == 0 ||
        (dim != 0 && (!is(texts.cols(), dim) || !fitted.uses_embeddings())))
      return "a membership of other dimensions";
    if (m.weights.cols() != m.bias.size() || m.task_nodes == 0 || !(m.task_nodes < m.bias.size()))
      return "a membership without nodes of the task or others";
    if (!all_finite(m.weights) || !all_finite(m.bias)) return "a membership that is not finite";
  }
  if (!chosen.named.empty() && chosen.named.size() != classes) return "not one list of named heads per class";
  for (const auto& named : chosen.named) {
    for (const named_head& one : named) {
      if (one.head >= fitted.heads.size()) return "a name of an unknown head";
      if (!(one.match > 0 && one.match <= 1) || one.width == 0)
        return "a name match outside (0, 1], or of a model without heads";
    }
  }
  for (std::size_t m = 1; m < chosen.models.size(); ++m) {
    if (!(chosen.models[m - 1].id < chosen.models[m].id)) return "models that do not increase";
  }
  for (const head_id head : fitted.heads) {
    const auto owner = std::find_if(chosen.models.begin(), chosen.models.end(),
                                    [&](const selected_model& model) { return model.id == head.model; });
    if (owner == chosen.models.end()) return "a head of an unknown model";
    const std::size_t width =
        head.model.valid() ? owner->head_names.size() : static_cast<std::size_t>(texts.rows());
    if (head.index >= width) return "a head index beyond the heads of its model";
  }
  for (const head_reason& reason : chosen.reasons) {
    if (reason.target.index() >= classes || reason.rival.index() >= classes)
      return "a reason for an unknown class";
  }
  if (!is_finite(chosen.shift)) return "a shift fit that is not finite";
  if (chosen.estimate && !chosen.estimate->per_class.empty() && chosen.estimate->per_class.size() != classes)
    return "not one accuracy per class";
  if (chosen.estimate && !chosen.estimate->name_matches.empty() &&
      chosen.estimate->name_matches.size() != classes)
    return "not one match of names per class";
  return {};
}

}  // namespace mll::detail
