// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/evidence/example.hpp"
#include "mll/select/evidence/general_heads.hpp"

namespace mll {

/// What the labels of a hub say about one task: the samples of its matched nodes as weighted examples, and
/// the responses of every head to them, read only for the heads that somebody asks for. Input of every
/// selection method.
///
/// Heads are numbered by position: those of the labels in order of model and column, then, with a patch, one
/// pseudo-head a class of the general model (`head_id` with an invalid model).
///
/// A view: labels, match and patch must outlive it. Concurrent reads are safe.
///
/// @tparam Labels `basic_model_labels<Codec>`
template <class Labels>
class task_evidence {
 public:
  /// @param[in] labels what is known about the hub
  /// @param[in] match  the meaning of the classes
  /// @param[in] patch  the general model's view of the task, or null
  /// @param[in] profile what is known about the hub as a whole, or null
  ///
  /// Throws: `invalid_argument` if the labels are empty and there is no patch, or if a class has no sample
  /// and there is no patch (all such classes are named, with the reason), or if the profile is of another
  /// hub.
  task_evidence(const Labels& labels, const task_match& match, const general_heads* general = nullptr,
                const hub_profile* profile = nullptr)
      : labels_{&labels}, match_{&match}, general_{general}, profile_{profile} {
    if (labels.empty() && general == nullptr)
      throw invalid_argument{"labels", "the label of at least one model", "none"};
    check_coverage();
    if (profile != nullptr && profile->head_count() != labels.head_count()) {
      throw invalid_argument{"profile", "a profile of the " + std::to_string(labels.head_count()) + " heads",
                             "one of " + std::to_string(profile->head_count())};
    }
    for (std::size_t m = 0; m < labels.models().size(); ++m) {
      const auto& label = labels.models()[m];
      for (std::size_t h = 0; h < label.heads.size(); ++h) {
        heads_.push_back({label.model, static_cast<std::uint32_t>(h)});
        model_of_.push_back(static_cast<std::uint32_t>(m));
      }
    }
    if (general != nullptr) {
      for (std::size_t y = 0; y < match.classes.size(); ++y)
        heads_.push_back({model_id{}, static_cast<std::uint32_t>(y)});
    }
    for (std::size_t y = 0; y < match.classes.size(); ++y) {
      for (const weighted_node& source : match.classes[y].evidence) {
        const auto rows = labels.samples().rows(source.node);
        for (std::size_t i = 0; i < rows.count; ++i) {
          rows_.push_back({rows.first + i, class_id{y},
                           static_cast<float>(source.weight / static_cast<double>(rows.count))});
        }
      }
    }
    balance();
  }

  [[nodiscard]] std::size_t class_count() const noexcept { return match_->classes.size(); }
  [[nodiscard]] std::span<const example> rows() const noexcept { return rows_; }
  /// All heads, by position.
  [[nodiscard]] std::span<const head_id> heads() const noexcept { return heads_; }
  [[nodiscard]] const task_match& match() const noexcept { return *match_; }
  [[nodiscard]] const Labels& labels() const noexcept { return *labels_; }
  [[nodiscard]] const general_heads* general() const noexcept { return general_; }
  [[nodiscard]] const hub_profile* profile() const noexcept { return profile_; }
  /// Whether the general model's embeddings can be used: there is a patch, and the profile knows the model.
  [[nodiscard]] bool has_embeddings() const noexcept {
    return general_ != nullptr && profile_ != nullptr && profile_->has_general();
  }
  /// Number of heads of hub models; the pseudo-heads come behind them.
  [[nodiscard]] std::size_t hub_head_count() const noexcept { return model_of_.size(); }

  /// Whether a position is a pseudo-head of the general model.
  [[nodiscard]] bool is_general(std::size_t position) const { return !heads_[position].model.valid(); }
  /// Position of a head, or `heads().size()` if it has no label. Complexity: O(log heads).
  [[nodiscard]] std::size_t position(head_id head) const {
    const auto found = std::lower_bound(heads_.begin(), heads_.end(), head);  // an invalid model comes last
    return found != heads_.end() && *found == head ? static_cast<std::size_t>(found - heads_.begin())
                                                   : heads_.size();
  }
  /// Number of heads of the model that owns a head.
  [[nodiscard]] std::size_t model_width(std::size_t position) const {
    return is_general(position) ? class_count() : labels_->models()[model_of_[position]].heads.size();
  }
  /// What to call a head and its model.
  [[nodiscard]] std::pair<std::string, std::string> names(std::size_t position) const {
    const head_id head = heads_[position];
    if (is_general(position))
      return {"general model", match_->task[class_id{static_cast<std::size_t>(head.index)}].name};
    const auto& label = labels_->models()[model_of_[position]];
    return {label.name, label.heads[head.index]};
  }

  /// Responses of some heads to all rows.
  /// @param[in] positions positions of heads, any order
  /// @return log-odds `[rows, positions]`
  /// Complexity: O(rows positions), over the backend.
  template <exec::execution_backend Backend>
  [[nodiscard]] Eigen::ArrayXXf log_odds(const Backend& backend,
                                         std::span<const std::uint32_t> positions) const {
    Eigen::ArrayXXf out(static_cast<Eigen::Index>(rows_.size()), static_cast<Eigen::Index>(positions.size()));
    exec::for_each_index(backend, positions.size(), [&](std::size_t i) {
      auto column = out.col(static_cast<Eigen::Index>(i));
      const std::size_t at = positions[i];
      const auto head = static_cast<Eigen::Index>(heads_[at].index);
      const auto fill = [&](const auto& response) {
        for (std::size_t r = 0; r < rows_.size(); ++r) {
          column[static_cast<Eigen::Index>(r)] = response(static_cast<Eigen::Index>(rows_[r].sample));
        }
      };
      if (is_general(at)) {
        fill([&](Eigen::Index sample) { return general_->log_odds(sample, head); });
      } else {
        const auto& responses = labels_->models()[model_of_[at]].responses;
        fill([&](Eigen::Index sample) { return Labels::codec_type::log_odds(responses(sample, head)); });
      }
    });
    return out;
  }

  /// Embeddings of all rows by the general model, `[rows, dim]`; for `has_embeddings()` only.
  [[nodiscard]] matrix<float> embeddings() const {
    const auto& all = profile_->general.embeddings;
    matrix<float> out(static_cast<Eigen::Index>(rows_.size()), all.cols());
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      out.row(static_cast<Eigen::Index>(r)) = all.row(static_cast<Eigen::Index>(rows_[r].sample));
    }
    return out;
  }

  /// Mean response of every head to every class, from the node statistics alone.
  /// @return `[classes, heads()]`; the row of a class without samples is 0
  /// Complexity: O(matched nodes heads), over the backend, model by model.
  template <exec::execution_backend Backend>
  [[nodiscard]] matrix<float> class_means(const Backend& backend) const;

  /// The same evidence with some of its rows only, weights balanced anew.
  [[nodiscard]] task_evidence subset(std::span<const std::size_t> rows) const {
    task_evidence out = *this;
    out.rows_.clear();
    for (const std::size_t r : rows) out.rows_.push_back(rows_[r]);
    out.balance();
    return out;
  }

 private:
  void check_coverage() const {
    if (general_ != nullptr) return;
    std::string missing;
    for (std::size_t y = 0; y < match_->classes.size(); ++y) {
      const class_match& found = match_->classes[y];
      if (found.sample_count != 0) continue;
      missing += std::string{missing.empty() ? "" : ", "} + "'" + match_->task[class_id{y}].name + "' (" +
                 (found.coverage == coverage::no_node ? "no node of the graph has this name"
                                                      : "no samples at its node or below it") +
                 ")";
    }
    if (!missing.empty()) {
      throw invalid_argument{"match", "samples for every class, or a general model as patch",
                             "none for " + missing};
    }
  }

  void balance() {
    std::vector<double> total(class_count(), 0);
    for (const auto& row : rows_) total[row.target.index()] += row.weight;
    for (auto& row : rows_) row.weight = static_cast<float>(row.weight / total[row.target.index()]);
  }

  const Labels* labels_;
  const task_match* match_;
  const general_heads* general_;
  const hub_profile* profile_;
  std::vector<head_id> heads_;
  std::vector<std::uint32_t> model_of_;  // by position, patch excluded: index into labels_->models()
  std::vector<example> rows_;
};

template <class Labels>
template <exec::execution_backend Backend>
matrix<float> task_evidence<Labels>::class_means(const Backend& backend) const {
  const auto classes = static_cast<Eigen::Index>(class_count());
  matrix<float> out = matrix<float>::Zero(classes, static_cast<Eigen::Index>(heads_.size()));
  std::vector<std::size_t> first_head;  // of each model
  for (std::size_t p = 0, m = 0; m < labels_->models().size(); p += labels_->models()[m++].heads.size())
    first_head.push_back(p);
  exec::for_each_index(backend, first_head.size(), [&](std::size_t m) {
    const auto& label = labels_->models()[m];
    auto block = out.middleCols(static_cast<Eigen::Index>(first_head[m]),
                                static_cast<Eigen::Index>(label.heads.size()));
    for (Eigen::Index y = 0; y < classes; ++y) {
      const auto& sources = match_->classes[static_cast<std::size_t>(y)].evidence;
      double total = 0;
      for (const weighted_node& source : sources) {
        block.row(y) += static_cast<float>(source.weight) *
                        label.mean.row(static_cast<Eigen::Index>(labels_->samples().position(source.node)));
        total += source.weight;
      }
      if (total > 0) block.row(y) /= static_cast<float>(total);
    }
  });
  if (general_ != nullptr) {
    for (const auto& row : rows_) {
      for (Eigen::Index y = 0; y < classes; ++y) {
        out(static_cast<Eigen::Index>(row.target.index()), out.cols() - classes + y) +=
            row.weight * numerics::sigmoid(general_->log_odds(static_cast<Eigen::Index>(row.sample), y));
      }
    }
  }
  return out;
}

}  // namespace mll
