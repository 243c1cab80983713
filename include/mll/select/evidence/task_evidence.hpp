// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
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

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/evidence/detail/evidence_source.hpp"
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
  /// (the message lists all such classes and why), and if match, profile or general heads were made on
  /// another graph, other samples or other models.
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

  /// As above for a source whose type is erased.
  MLL_DECLARE task_evidence(std::shared_ptr<const detail::evidence_source> source, const task_match& match,
                            const general_heads* general, const hub_profile* profile,
                            std::size_t max_samples);

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
  MLL_DECLARE [[nodiscard]] std::pair<std::string, std::string> names(std::size_t position) const;
  /// Names of all heads of the model that owns a head; empty for a general head.
  MLL_DECLARE [[nodiscard]] std::vector<std::string> head_names(std::size_t position) const;

  /// Responses of selected heads to all rows, as log-odds.
  /// @param[in] positions positions of heads, any order
  /// @return `[rows, positions]`
  /// Complexity: O(rows x positions), parallel over the backend.
  MLL_DECLARE [[nodiscard]] Eigen::ArrayXXf log_odds(exec::backend_ref backend,
                                                     std::span<const std::uint32_t> positions) const;

  /// Embeddings of all rows by the general model, `[rows, dim]`; requires `has_embeddings()`.
  MLL_DECLARE [[nodiscard]] matrix<float> embeddings() const;

  /// The evidence restricted to some of its rows, as if the other samples had never been labelled; the
  /// weights of each class sum to 1 again. The scale of the general heads is chosen anew.
  /// @param[in] rows increasing
  MLL_DECLARE [[nodiscard]] task_evidence subset(std::span<const std::size_t> rows) const;
  /// The rows that `training`, a subset of this evidence, leaves out; with its general heads, so that an
  /// ensemble that was fitted to `training` can be judged.
  MLL_DECLARE [[nodiscard]] task_evidence held_out_of(const task_evidence& training,
                                                      std::span<const std::size_t> rows) const;
  /// The same rows with the heads of another source on the same samples: a share of the hub. Without general
  /// heads and profile, which belong to the whole hub.
  MLL_DECLARE [[nodiscard]] task_evidence with_source(
      std::shared_ptr<const detail::evidence_source> source) const;
  /// Rows of the layout that a subset leaves out of its classes, increasing, each once; empty if there are
  /// none.
  [[nodiscard]] std::span<const std::size_t> left_out() const noexcept {
    return left_out_rows_ == nullptr ? std::span<const std::size_t>{} : *left_out_rows_;
  }
  /// The rows of the evidence that this is a subset of, or `rows()`: what decides which method fits.
  [[nodiscard]] std::span<const example> whole_rows() const noexcept {
    return whole_rows_ == nullptr ? rows() : *whole_rows_;
  }

  // Interface of `response_source`, for the stages of selection.

  [[nodiscard]] std::size_t head_count() const { return heads().size(); }
  [[nodiscard]] head_id head(std::size_t position) const { return heads()[position]; }
  [[nodiscard]] std::size_t sample_count(std::size_t node) const { return samples().rows_at(node).count; }
  /// Responses as codes of `log_odds_8bit`.
  MLL_DECLARE void read(std::size_t position, std::span<const node_samples> which,
                        std::span<std::uint8_t> out) const;
  /// The samples behind `rows()`.
  [[nodiscard]] const detail::sample_plan& plan() const noexcept { return plan_; }
  /// A plan of at most `max_samples` examples in total: the rows, or some of them.
  [[nodiscard]] detail::sample_plan plan(std::size_t max_samples) const {
    return plan_per_class(std::max<std::size_t>(1, max_samples / class_count()));
  }
  /// A plan of at most `max_samples` examples per class.
  MLL_DECLARE [[nodiscard]] detail::sample_plan plan_per_class(std::size_t max_samples) const;
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
  MLL_DECLARE [[nodiscard]] std::vector<example> examples_of(const detail::sample_plan& plan) const;

  std::shared_ptr<const detail::evidence_source> source_;
  const task_match* match_;
  const general_heads* general_;
  const hub_profile* profile_;
  std::size_t max_samples_;
  std::shared_ptr<const std::vector<head_id>> heads_;
  std::shared_ptr<const std::vector<std::vector<position_weight>>> nodes_;  // per class
  // Excluded rows of the layout per class, increasing; null: none.
  std::shared_ptr<const std::vector<std::vector<std::size_t>>> left_out_;
  std::shared_ptr<const std::vector<std::size_t>> left_out_rows_;  // the same, of all classes
  std::shared_ptr<const std::vector<example>> whole_rows_;         // null: rows_
  std::shared_ptr<const general_heads> own_general_;               // what general_ points to in a subset
  detail::sample_plan plan_;
  std::vector<example> rows_;
};

static_assert(response_source<task_evidence>);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/evidence/detail/task_evidence.ipp"
#endif
