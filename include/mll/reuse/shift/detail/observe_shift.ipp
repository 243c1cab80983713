// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/reuse/adapt.hpp"
#include "mll/reuse/batch_responses.hpp"
#include "mll/reuse/detail/adapt.ipp"
#include "mll/reuse/detail/estimate_on_batch.ipp"
#include "mll/reuse/prediction.hpp"
#include "mll/reuse/shift/detail/observe_shift.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/select.hpp"

namespace mll::detail {

/// The samples of a pseudo-task under one distortion.
struct pseudo_batch {
  batch_responses responses;
  std::vector<std::size_t> truth;  ///< class of each sample
};

MLL_LOCAL pseudo_batch pseudo_batch_of(const selection& chosen, const pseudo_task& task,
                                       const distorted_labels::part& part) {
  pseudo_batch out;
  std::vector<std::size_t> rows;
  const sample_layout& layout = part.labels.samples();
  for (std::size_t y = 0; y < task.tested.size(); ++y) {
    const auto range = layout.rows(task.tested[y]);
    for (std::size_t r = range.first; r < range.first + range.count; ++r) {
      rows.push_back(r);
      out.truth.push_back(y);
    }
  }
  const std::vector<head_id>& heads = chosen.ensemble.heads;
  out.responses.log_odds.resize(static_cast<Eigen::Index>(rows.size()),
                                static_cast<Eigen::Index>(heads.size()));
  for (std::size_t h = 0; h < heads.size(); ++h) {
    if (!heads[h].model.valid()) continue;
    const auto& label = *part.labels.find(heads[h].model);
    for (std::size_t i = 0; i < rows.size(); ++i)
      out.responses.log_odds(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(h)) =
          log_odds_8bit::log_odds(row_of(label.responses, rows[i])[heads[h].index]);
  }
  if (part.general.embeddings.size() == 0) return out;
  matrix<float>& embeddings = out.responses.embeddings;
  embeddings.resize(static_cast<Eigen::Index>(rows.size()), part.general.embeddings.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto from = row_of(part.general.embeddings, rows[i]);
    std::copy(from.begin(), from.end(), row_of(embeddings, i).begin());
  }
  if (chosen.general_texts.size() != 0) run_general_heads(chosen, embeddings, out.responses.log_odds);
  return out;
}

/// Mean over the classes of the share of correct answers.
MLL_LOCAL double macro_accuracy(const matrix<float>& scores, std::span<const std::size_t> truth) {
  const std::vector<std::uint32_t> answers = answers_of(scores);
  std::vector<double> right(static_cast<std::size_t>(scores.cols()), 0);
  std::vector<double> total(right.size(), 0);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++total[truth[i]];
    right[truth[i]] += answers[i] == truth[i] ? 1 : 0;
  }
  double sum = 0;
  double seen = 0;
  for (std::size_t y = 0; y < total.size(); ++y) {
    if (total[y] == 0) continue;
    sum += right[y] / total[y];
    ++seen;
  }
  return seen == 0 ? 0 : sum / seen;
}

MLL_DEFINE void observe_shift(exec::backend_ref backend, const pseudo_hub& hub, const pseudo_task& task,
                              const general_heads* general, const distorted_labels& distorted,
                              const chco<>& method, std::vector<shift_observation>& out) {
  const task_evidence evidence{hub.labels, task.match, general,
                               task.is_nameless ? &hub.nameless : &hub.profile};
  const selection chosen = select_erased(backend, evidence, method, 5, task.number);
  if (!chosen.estimate || !chosen.estimate->is_known()) return;
  for (const distorted_labels::part& part : distorted.parts) {
    const pseudo_batch batch = pseudo_batch_of(chosen, task, part);
    const auto observe = [&](const selection& of, bool is_adapted) {
      const matrix<float> scores = combine(of.ensemble, batch.responses.log_odds, batch.responses.embeddings);
      const double agreement = agreement_of(
          *of.estimate, source_scores(of.ensemble, batch.responses.log_odds, batch.responses.embeddings));
      out.push_back({part.distortion, task.number, features_of(of, scores, agreement, {}),
                     macro_accuracy(scores, batch.truth), batch.truth.size(), task.tested.size(),
                     is_adapted});
    };
    observe(chosen, false);
    observe(adapt(chosen, batch.responses), true);
  }
}

}  // namespace mll::detail
