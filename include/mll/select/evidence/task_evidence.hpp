// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/evidence/detail/evidence_source.hpp"
#include "mll/select/evidence/detail/require_samples.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/evidence/example.hpp"
#include "mll/select/evidence/general_heads.hpp"

namespace mll {

/// The evidence for one task, input of every selection method: the samples of the matched nodes as weighted
/// examples, and the responses of all heads to them, read on demand.
///
/// Heads are numbered by position: the heads of the hub as in its `head_index`, then, with a general model,
/// one general head per class (`head_id` with an invalid model). Models `response_source`.
///
/// @code
/// const mll::task_evidence evidence{labels, match};
/// const Eigen::ArrayXXf responses = evidence.log_odds(backend, positions);  // [rows, positions]
/// const mll::ensemble fitted = mll::chco<>{}(backend, evidence);
/// @endcode
///
/// A view: source, match, general heads and profile must outlive it. Cheap to copy; concurrent reads are
/// safe.
class task_evidence {
 public:
  using codec_type = log_odds_8bit;

  /// A node of a class, by position in the layout.
  struct position_weight {
    std::size_t node = 0;
    double weight = 0;
  };

  /// @param[in] source      the labelled hub
  /// @param[in] match       the matched task
  /// @param[in] general     general heads of the task, or null
  /// @param[in] profile     profile of the hub, or null
  /// @param[in] max_samples approximate limit of the examples, divided evenly among the classes; each node of
  ///                        a class gives at least one
  ///
  /// Throws: `invalid_argument` if, without a general model, the hub has no models or a class has no samples
  /// (the message lists all such classes and why), or if profile or general heads belong to another hub.
  template <hub_source Source>
  task_evidence(const Source& source, const task_match& match, const general_heads* general = nullptr,
                const hub_profile* profile = nullptr,
                std::size_t max_samples = std::numeric_limits<std::size_t>::max())
      : task_evidence{std::make_shared<const detail::erased_source<Source>>(
                          std::shared_ptr<const Source>{std::shared_ptr<void>{}, &source}),
                      match, general, profile, max_samples} {}
  /// As above for labels in memory, which must outlive the evidence.
  template <response_codec Codec>
  task_evidence(const basic_model_labels<Codec>& labels, const task_match& match,
                const general_heads* general = nullptr, const hub_profile* profile = nullptr,
                std::size_t max_samples = std::numeric_limits<std::size_t>::max())
      : task_evidence{std::make_shared<const detail::erased_source<label_source<basic_model_labels<Codec>>>>(
                          std::make_shared<const label_source<basic_model_labels<Codec>>>(labels)),
                      match, general, profile, max_samples} {}

  [[nodiscard]] std::size_t class_count() const noexcept { return match_->classes.size(); }
  /// The examples, class by class.
  [[nodiscard]] std::span<const example> rows() const noexcept { return rows_; }
  /// All heads, by position.
  [[nodiscard]] std::span<const head_id> heads() const noexcept { return *heads_; }
  [[nodiscard]] const task_match& match() const noexcept { return *match_; }
  [[nodiscard]] const general_heads* general() const noexcept { return general_; }
  [[nodiscard]] const hub_profile* profile() const noexcept { return profile_; }
  /// The samples that the hub was labelled on.
  [[nodiscard]] const sample_layout& samples() const { return source_->samples(); }
  /// Whether embeddings are available: there are general heads, and the profile has the general model.
  [[nodiscard]] bool has_embeddings() const noexcept {
    return general_ != nullptr && profile_ != nullptr && profile_->has_general();
  }
  /// Number of models of the hub.
  [[nodiscard]] std::size_t model_count() const { return source_->heads().model_count(); }
  /// Number of heads of the hub; the general heads follow them.
  [[nodiscard]] std::size_t hub_head_count() const { return source_->heads().head_count(); }

  /// Whether the head at a position is a general head.
  [[nodiscard]] bool is_general(std::size_t position) const { return position >= hub_head_count(); }
  /// Position of a head, or `heads().size()` if it is not labelled. Complexity: O(log models).
  [[nodiscard]] std::size_t position(head_id head) const {
    if (!head.model.valid()) return general_ == nullptr ? heads().size() : hub_head_count() + head.index;
    const std::size_t found = source_->heads().position(head);
    return found == hub_head_count() ? heads().size() : found;
  }
  /// Position of the general head of a class; requires general heads.
  [[nodiscard]] std::uint32_t general_position(std::size_t y) const {
    return static_cast<std::uint32_t>(hub_head_count() + y);
  }
  /// Number of heads of the model that owns a head.
  [[nodiscard]] std::size_t model_width(std::size_t position) const {
    return is_general(position) ? class_count() : source_->heads().width(source_->heads().model_of(position));
  }
  /// Names of the model that owns a head, and of the head.
  [[nodiscard]] std::pair<std::string, std::string> names(std::size_t position) const {
    if (is_general(position))
      return {"general model", match_->task[class_id{position - hub_head_count()}].name};
    return {source_->model_name(source_->heads().model_of(position)), source_->head_name(position)};
  }
  /// Names of all heads of the model that owns a head; empty for a general head.
  [[nodiscard]] std::vector<std::string> head_names(std::size_t position) const {
    if (is_general(position)) return {};
    return source_->head_names(source_->heads().model_of(position));
  }

  /// Responses of selected heads to all rows, as log-odds.
  /// @param[in] positions positions of heads, any order
  /// @return `[rows, positions]`
  /// Complexity: O(rows x positions), parallel over the backend.
  [[nodiscard]] Eigen::ArrayXXf log_odds(exec::backend_ref backend,
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

  /// Embeddings of all rows by the general model, `[rows, dim]`; requires `has_embeddings()`.
  [[nodiscard]] matrix<float> embeddings() const {
    const auto& all = profile_->general.embeddings;
    matrix<float> out(static_cast<Eigen::Index>(rows_.size()), all.cols());
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      out.row(static_cast<Eigen::Index>(r)) = all.row(static_cast<Eigen::Index>(rows_[r].sample));
    }
    return out;
  }

  /// The evidence restricted to some of its rows; the weights of each class sum to 1 again.
  /// @param[in] rows increasing
  [[nodiscard]] task_evidence subset(std::span<const std::size_t> rows) const {
    task_evidence out = *this;
    std::vector<bool> kept(rows_.size(), false);
    for (const std::size_t r : rows) kept[r] = true;
    auto left_out = left_out_ == nullptr ? std::vector<std::vector<std::size_t>>(class_count()) : *left_out_;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (!kept[r]) left_out[rows_[r].target.index()].push_back(rows_[r].sample);
    }
    for (auto& of_class : left_out) std::sort(of_class.begin(), of_class.end());
    out.left_out_ = std::make_shared<const std::vector<std::vector<std::size_t>>>(std::move(left_out));
    out.plan_ = out.plan(max_samples_);
    out.rows_ = out.examples_of(out.plan_);
    return out;
  }

  // Interface of `response_source`, for the stages of selection.

  [[nodiscard]] std::size_t head_count() const { return heads().size(); }
  [[nodiscard]] head_id head(std::size_t position) const { return heads()[position]; }
  [[nodiscard]] std::size_t sample_count(std::size_t node) const { return samples().rows_at(node).count; }
  /// Responses as codes of `log_odds_8bit`.
  void read(std::size_t position, std::span<const node_samples> which, std::span<std::uint8_t> out) const {
    if (!is_general(position)) return source_->read_codes(position, which, out);
    std::size_t at = 0;
    for (const node_samples& some : which) {
      const std::size_t first = samples().rows_at(some.node).first;
      for (std::size_t i = 0; i < some.count; ++i)
        out[at++] = detail::code_of(general_response(position, first + i));
    }
  }
  /// The samples behind `rows()`.
  [[nodiscard]] const detail::sample_plan& plan() const noexcept { return plan_; }
  /// A plan of at most `max_samples` examples in total: the rows, or some of them.
  [[nodiscard]] detail::sample_plan plan(std::size_t max_samples) const {
    return plan_per_class(std::max<std::size_t>(1, max_samples / class_count()));
  }
  /// A plan of at most `max_samples` examples per class.
  [[nodiscard]] detail::sample_plan plan_per_class(std::size_t max_samples) const {
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
  [[nodiscard]] const detail::evidence_source& source() const noexcept { return *source_; }
  /// The nodes of each class.
  [[nodiscard]] const std::vector<std::vector<position_weight>>& class_nodes() const noexcept {
    return *nodes_;
  }
  /// Log-odds of a general head for a row of the layout.
  [[nodiscard]] float general_response(std::size_t position, std::size_t row) const {
    return general_->log_odds(static_cast<Eigen::Index>(row),
                              static_cast<Eigen::Index>(position - hub_head_count()));
  }

 private:
  task_evidence(std::shared_ptr<const detail::evidence_source> source, const task_match& match,
                const general_heads* general, const hub_profile* profile, std::size_t max_samples);

  [[nodiscard]] std::vector<example> examples_of(const detail::sample_plan& plan) const {
    return plan.examples([&](std::size_t node) { return samples().rows_at(node).first; });
  }

  std::shared_ptr<const detail::evidence_source> source_;
  const task_match* match_;
  const general_heads* general_;
  const hub_profile* profile_;
  std::size_t max_samples_;
  std::shared_ptr<const std::vector<head_id>> heads_;
  std::shared_ptr<const std::vector<std::vector<position_weight>>> nodes_;  // per class
  // Excluded rows of the layout per class, increasing; null: none.
  std::shared_ptr<const std::vector<std::vector<std::size_t>>> left_out_;
  detail::sample_plan plan_;
  std::vector<example> rows_;
};

inline task_evidence::task_evidence(std::shared_ptr<const detail::evidence_source> source,
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
  if (profile != nullptr && profile->head_count() != index.head_count()) {
    throw invalid_argument{"profile", "a profile of " + std::to_string(index.head_count()) + " heads",
                           std::to_string(profile->head_count()) + " heads"};
  }
  if (general != nullptr && general->row_count() != layout.row_count()) {
    throw invalid_argument{"general",
                           "responses to the " + std::to_string(layout.row_count()) + " samples of the hub",
                           "responses to " + std::to_string(general->row_count())};
  }
  std::vector<head_id> heads;
  heads.reserve(index.head_count() + (general != nullptr ? class_count() : 0));
  for (std::size_t m = 0; m < index.model_count(); ++m) {
    for (std::size_t h = 0; h < index.width(m); ++h)
      heads.push_back({index.model(m), static_cast<std::uint32_t>(h)});
  }
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

static_assert(response_source<task_evidence>);

}  // namespace mll
