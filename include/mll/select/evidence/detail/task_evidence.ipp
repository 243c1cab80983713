// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <utility>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/evidence/detail/require_same_hub.hpp"
#include "mll/select/evidence/detail/require_samples.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

namespace detail {

MLL_LOCAL std::vector<head_id> heads_of(const head_index& index) {
  std::vector<head_id> out;
  out.reserve(index.head_count());
  for (std::size_t m = 0; m < index.model_count(); ++m) {
    for (std::size_t h = 0; h < index.width(m); ++h)
      out.push_back({index.model(m), static_cast<std::uint32_t>(h)});
  }
  return out;
}

}  // namespace detail

MLL_DEFINE task_evidence::task_evidence(std::shared_ptr<const detail::evidence_source> source,
                                        const task_match& match, const general_heads* general,
                                        const hub_profile* profile, std::size_t max_samples)
    : source_{std::move(source)},
      match_{&match},
      general_{general},
      profile_{profile},
      max_samples_{max_samples} {
  const head_index& index = source_->heads();
  const sample_layout& layout = source_->samples();
  if (index.model_count() == 0 && general == nullptr)
    throw invalid_argument{"labels", "labels of at least one model", "none"};
  if (general == nullptr) detail::require_samples(match);
  detail::require_same_samples(match, layout);
  if (profile != nullptr) detail::require_same_hub(*profile, *source_);
  if (general != nullptr) detail::require_same_samples(*general, layout);
  std::vector<head_id> heads = detail::heads_of(index);
  if (general != nullptr) {
    for (std::size_t y = 0; y < class_count(); ++y)
      heads.push_back({model_id{}, static_cast<std::uint32_t>(y)});
  }
  heads_ = std::make_shared<const std::vector<head_id>>(std::move(heads));

  std::vector<std::vector<position_weight>> nodes(class_count());
  for (std::size_t y = 0; y < nodes.size(); ++y) {
    for (const weighted_node& one : match.classes[y].evidence) {
      if (const std::size_t at = layout.position(one.node); at != layout.nodes().size())
        nodes[y].push_back({at, one.weight});
    }
  }
  nodes_ = std::make_shared<const std::vector<std::vector<position_weight>>>(std::move(nodes));
  plan_ = plan(max_samples);
  rows_ = examples_of(plan_);
}

MLL_DEFINE std::pair<std::string, std::string> task_evidence::names(std::size_t position) const {
  if (is_general(position))
    return {"general model", match_->task[class_id{position - hub_head_count()}].name};
  return {source_->model_name(source_->heads().model_of(position)), source_->head_name(position)};
}

MLL_DEFINE std::vector<std::string> task_evidence::head_names(std::size_t position) const {
  if (is_general(position)) return {};
  return source_->head_names(source_->heads().model_of(position));
}

MLL_DEFINE Eigen::ArrayXXf task_evidence::log_odds(exec::backend_ref backend,
                                                   std::span<const std::uint32_t> positions) const {
  Eigen::ArrayXXf out(static_cast<Eigen::Index>(rows_.size()), static_cast<Eigen::Index>(positions.size()));
  exec::for_each_index(backend, positions.size(), [&](std::size_t i) {
    float* const column = out.data() + i * rows_.size();
    const std::size_t at = positions[i];
    if (is_general(at)) {
      for (std::size_t r = 0; r < rows_.size(); ++r) column[r] = general_response(at, rows_[r].sample);
      return;
    }
    std::vector<float> values;
    plan_.read(
        0, plan_.classes.size(),
        [&](std::span<const node_samples> which, std::span<float> to) {
          source_->read_log_odds(at, which, to);
        },
        values);
    std::copy(values.begin(), values.end(), column);
  });
  return out;
}

MLL_DEFINE matrix<float> task_evidence::embeddings() const {
  const auto& all = profile_->general.embeddings;
  matrix<float> out(static_cast<Eigen::Index>(rows_.size()), all.cols());
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const auto from = detail::row_of(all, rows_[r].sample);
    std::copy(from.begin(), from.end(), detail::row_of(out, r).begin());
  }
  return out;
}

MLL_DEFINE task_evidence task_evidence::subset(std::span<const std::size_t> rows) const {
  task_evidence out = *this;
  std::vector<bool> kept(rows_.size(), false);
  for (const std::size_t r : rows) kept[r] = true;
  auto left_out = left_out_ == nullptr ? std::vector<std::vector<std::size_t>>(class_count()) : *left_out_;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (!kept[r]) left_out[rows_[r].target.index()].push_back(rows_[r].sample);
  }
  std::vector<std::size_t> left_out_rows;
  for (auto& of_class : left_out) {
    std::sort(of_class.begin(), of_class.end());
    left_out_rows.insert(left_out_rows.end(), of_class.begin(), of_class.end());
  }
  std::sort(left_out_rows.begin(), left_out_rows.end());
  left_out_rows.erase(std::unique(left_out_rows.begin(), left_out_rows.end()), left_out_rows.end());
  out.left_out_ = std::make_shared<const std::vector<std::vector<std::size_t>>>(std::move(left_out));
  out.left_out_rows_ = std::make_shared<const std::vector<std::size_t>>(std::move(left_out_rows));
  if (whole_rows_ == nullptr) out.whole_rows_ = std::make_shared<const std::vector<example>>(rows_);
  out.plan_ = out.plan(max_samples_);
  out.rows_ = out.examples_of(out.plan_);
  if (general_ != nullptr && general_->is_fitted() && !out.rows_.empty() &&
      out.rows_.size() != rows_.size()) {
    if (const float scale = general_->best_scale(out.rows_); scale != general_->scale()) {
      out.own_general_ = std::make_shared<const general_heads>(general_->with_scale(scale));
      out.general_ = out.own_general_.get();
    }
  }
  return out;
}

MLL_DEFINE task_evidence task_evidence::held_out_of(const task_evidence& training,
                                                    std::span<const std::size_t> rows) const {
  task_evidence out = subset(rows);
  out.own_general_ = training.own_general_;
  out.general_ = training.general_;
  return out;
}

MLL_DEFINE task_evidence
task_evidence::with_source(std::shared_ptr<const detail::evidence_source> source) const {
  if (source->samples() != samples())
    throw invalid_argument{"source", "labels on the samples of the evidence", "labels on other samples"};
  task_evidence out = *this;
  out.heads_ = std::make_shared<const std::vector<head_id>>(detail::heads_of(source->heads()));
  out.source_ = std::move(source);
  out.general_ = nullptr;
  out.own_general_ = nullptr;
  out.profile_ = nullptr;
  return out;
}

MLL_DEFINE void task_evidence::read(std::size_t position, std::span<const node_samples> which,
                                    std::span<std::uint8_t> out) const {
  if (!is_general(position)) return source_->read_codes(position, which, out);
  std::size_t at = 0;
  for (const node_samples& some : which) {
    const std::size_t first = samples().rows_at(some.node).first;
    for (std::size_t i = 0; i < some.count; ++i)
      out[at++] = detail::code_of(general_response(position, first + i));
  }
}

MLL_DEFINE detail::sample_plan task_evidence::plan_per_class(std::size_t max_samples) const {
  auto out = detail::plan_samples(
      *nodes_, [&](std::size_t node) { return sample_count(node); }, max_samples);
  if (left_out_ != nullptr) {
    detail::keep_samples(
        out, [&](std::size_t node) { return samples().rows_at(node).first; },
        [&](std::size_t y, std::size_t row) {
          return !std::binary_search((*left_out_)[y].begin(), (*left_out_)[y].end(), row);
        });
  }
  return out;
}

MLL_DEFINE std::vector<example> task_evidence::examples_of(const detail::sample_plan& plan) const {
  return plan.examples([&](std::size_t node) { return samples().rows_at(node).first; });
}

}  // namespace mll
