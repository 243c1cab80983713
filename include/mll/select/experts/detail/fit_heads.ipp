// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/experts/detail/class_heads.hpp"
#include "mll/select/experts/detail/general_stand_in.hpp"
#include "mll/select/experts/fit_heads.hpp"

namespace mll {

namespace detail {

/// Replaces scores by probabilities of the classes.
/// @param[in,out] scores `[classes, rows]`, finite
MLL_LOCAL void softmax_over_classes(matrix<double>& scores) {
  const auto classes = static_cast<std::size_t>(scores.rows());
  std::vector<double> largest(row_of(scores, 0).begin(), row_of(scores, 0).end());
  for (std::size_t y = 1; y < classes; ++y) {
    const auto row = row_of(scores, y);
    for (std::size_t r = 0; r < row.size(); ++r) largest[r] = std::max(largest[r], row[r]);
  }
  std::vector<double> total(largest.size(), 0);
  for (std::size_t y = 0; y < classes; ++y) {
    const auto row = row_of(scores, y);
    add_scaled(-1, largest, row);
    exp_in_place(row);
    add_scaled(1, row, total);
  }
  for (std::size_t y = 0; y < classes; ++y) {
    const auto row = row_of(scores, y);
    for (std::size_t r = 0; r < row.size(); ++r) row[r] /= total[r];
  }
}

}  // namespace detail

MLL_DEFINE ensemble fit_heads(exec::backend_ref backend, const task_evidence& evidence,
                              const head_fit_options& options) {
  if (options.count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
  const std::size_t classes = evidence.class_count();
  const std::size_t rows = evidence.rows().size();
  const matrix<float> relevance = head_relevance(backend, evidence, options.relevance);
  const double trust = evidence_reliability(evidence.match());
  const std::vector<bool> known = detail::has_rows(evidence);
  std::vector<std::size_t> fitted;  // the other classes are left to the general model
  for (std::size_t y = 0; y < classes; ++y) {
    if (known[y] || evidence.general() == nullptr) fitted.push_back(y);
  }
  std::vector<std::optional<detail::class_heads<>>> heads(classes);
  exec::for_each_index(backend, fitted.size(), [&](std::size_t i) {
    const std::size_t y = fitted[i];
    heads[y].emplace(evidence, y, detail::row_of(relevance, y), options.count).start(classes, trust);
  });

  detail::stand_in general;
  if (rows != 0) {
    const double share = 1 / static_cast<double>(fitted.size());
    const double pull = share * options.ridge / std::max(1e-3, evidence_strength(evidence));
    matrix<double> scores(static_cast<Eigen::Index>(fitted.size()), static_cast<Eigen::Index>(rows));
    for (std::size_t sweep = 0; sweep < options.sweeps; ++sweep) {
      exec::for_each_index(backend, fitted.size(),
                           [&](std::size_t i) { heads[fitted[i]]->score(detail::row_of(scores, i)); });
      detail::softmax_over_classes(scores);
      exec::for_each_index(backend, fitted.size(), [&](std::size_t i) {
        heads[fitted[i]]->improve(detail::row_of(scores, i), share, pull);
      });
    }
    if (fitted.size() != classes) {
      matrix<double> all = detail::zeros<double>(classes, rows);
      exec::for_each_index(backend, fitted.size(),
                           [&](std::size_t i) { heads[fitted[i]]->score(detail::row_of(all, fitted[i])); });
      general = detail::fit_stand_in(evidence, all, known, 1);
    }
  }

  ensemble_builder builder;
  for (std::size_t y = 0; y < classes; ++y) {
    if (!heads[y]) {
      detail::add_stand_in(evidence, y, general, builder);
      continue;
    }
    const detail::class_heads<>& of = *heads[y];
    const double intercept = of.coefficients()[of.size()];
    double total = 0;
    for (std::size_t k = 0; k < of.size(); ++k) total += of.coefficients()[k];
    for (std::size_t k = 0; k < of.size(); ++k) {
      const double theta = of.coefficients()[k];
      if (total > 0 && theta == 0) continue;
      const double log_width = std::log(static_cast<double>(evidence.model_width(of.positions()[k])));
      // Votes add `weight (slope x + intercept)`, with weights that sum to 1.
      const double weight = total > 0 ? theta / total : 1.0 / static_cast<double>(of.size());
      builder.add(y, of.positions()[k],
                  {.weight = static_cast<float>(weight),
                   .slope = static_cast<float>(total),
                   .intercept = static_cast<float>(total * log_width + intercept)});
    }
  }
  ensemble out = builder.finish(evidence);
  out.scale = vote_scale::log_probability;
  return out;
}

}  // namespace mll
