// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/deal.hpp"
#include "mll/dist/detail/gathered.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/hub.hpp"
#include "mll/reuse/batch_responses.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/reuse/unknown_models.hpp"
#include "mll/reuse/zero_shot_classifier.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/selection.hpp"

namespace mll::dist {

/// A solved task whose experts are dealt to ranks: `zero_shot_classifier` over ranks. Each rank runs its
/// experts; their log-odds are gathered and combined in the order of the ensemble, so that every rank has the
/// answers of one machine, bit for bit.
///
/// All functions but the observers are collective, with the same batch on all ranks. A rank needs only the
/// models that `share` assigns to it.
///
/// @tparam Sample the sample type of the hub
/// @code
/// const auto mine = mll::dist::rank_classifier<cv::Mat>::share(chosen, seconds, comm.rank(), comm.size());
/// for (const auto& model : mine) hub.add(model.name, load(model.name));
/// const mll::dist::rank_classifier<cv::Mat> classifier{comm, hub, chosen, seconds};
/// const auto answers = classifier.classify(backend, batch);
/// @endcode
template <class Sample>
class rank_classifier {
 public:
  using sample_type = Sample;

  /// The models of a selection that a rank runs.
  /// @param[in] costs of running each of `chosen.models`, in any unit: measured seconds, or the number of
  ///                  parameters; empty: equal costs
  /// Throws: `invalid_argument` unless there is one cost per model; as `deal`.
  [[nodiscard]] static std::vector<selected_model> share(const selection& chosen,
                                                         std::span<const double> costs, std::size_t rank,
                                                         std::size_t ranks) {
    return part_of(chosen, costs, rank, ranks).models;
  }

  /// @param[in] comm   must outlive this
  /// @param[in] models a hub with the models of `share(chosen, costs, comm.rank(), comm.size())`
  /// @param[in] chosen the same on all ranks
  /// @param[in] costs  the same on all ranks
  /// Throws: as `zero_shot_classifier`; `communication_error` if it fails on another rank.
  rank_classifier(communicator_ref comm, const hub<Sample>& models, selection chosen,
                  std::span<const double> costs = {}, unknown_models unknown = unknown_models::accept)
      : rank_classifier{comm, std::move(chosen), costs, [&](selection part) {
                          return zero_shot_classifier<Sample>{models, std::move(part), unknown};
                        }} {}
  /// The same with the general model that was given to `make_general_heads`; one rank runs it.
  template <general_model General>
    requires std::same_as<typename General::sample_type, Sample>
  rank_classifier(communicator_ref comm, const hub<Sample>& models, selection chosen, General general,
                  std::span<const double> costs = {}, unknown_models unknown = unknown_models::accept)
      : rank_classifier{
            comm, std::move(chosen), costs, [&](selection part) {
              return zero_shot_classifier<Sample>{models, std::move(part), std::move(general), unknown};
            }} {}

  /// Number of classes of the task.
  [[nodiscard]] std::size_t head_count() const noexcept { return chosen_.ensemble.votes.size(); }
  /// The selection that it came from.
  [[nodiscard]] const selection& source() const noexcept { return chosen_; }
  /// Number of models that run on this rank.
  [[nodiscard]] std::size_t model_count() const noexcept { return mine_ ? mine_->model_count() : 0; }

  /// Responses of the models of all ranks to a batch.
  /// Throws: as `zero_shot_classifier::respond`; `communication_error` if another rank fails or is lost.
  [[nodiscard]] batch_responses respond(exec::backend_ref backend, std::span<const Sample> batch) const;

  /// Probabilities of the classes, as `zero_shot_classifier::predict`.
  /// @param[out] scores `[batch.size(), head_count()]`
  void predict(exec::backend_ref backend, std::span<const Sample> batch, matrix_ref<float> scores) const {
    const auto rows = static_cast<Eigen::Index>(batch.size());
    const auto classes = static_cast<Eigen::Index>(head_count());
    if (scores.rows() != rows || scores.cols() != classes) {
      throw invalid_argument{"scores", "shape " + mll::detail::shape_text(rows, classes),
                             mll::detail::shape_text(scores.rows(), scores.cols())};
    }
    const batch_responses found = respond(backend, batch);
    if (!batch.empty()) {
      mll::detail::combine_to(chosen_.ensemble, found.log_odds, found.embeddings, true, scores);
    }
  }

  /// The most probable class of each sample, as `zero_shot_classifier::classify`.
  [[nodiscard]] std::vector<prediction> classify(exec::backend_ref backend, std::span<const Sample> batch,
                                                 std::optional<float> threshold = {},
                                                 float belongs = 0) const {
    matrix<float> scores(static_cast<Eigen::Index>(batch.size()), static_cast<Eigen::Index>(head_count()));
    const batch_responses found = respond(backend, batch);
    if (!batch.empty())
      mll::detail::combine_to(chosen_.ensemble, found.log_odds, found.embeddings, true, scores);
    return mll::detail::predictions_of(backend, chosen_, found, scores,
                                       {threshold.value_or(chosen_.threshold), belongs});
  }

 private:
  template <class Bind>
  rank_classifier(communicator_ref comm, selection chosen, std::span<const double> costs, const Bind& bind)
      : comm_{comm}, chosen_{std::move(chosen)} {
    for (std::size_t rank = 0; rank < comm_.size(); ++rank) {
      const selection part = part_of(chosen_, costs, rank, comm_.size());
      auto& columns = columns_.emplace_back();
      for (const head_id head : part.ensemble.heads) {
        const auto& all = chosen_.ensemble.heads;
        columns.push_back(static_cast<std::size_t>(std::find(all.begin(), all.end(), head) - all.begin()));
      }
      if (!part.models.empty() && !part.models.back().id.valid()) general_rank_ = rank;
    }
    const detail::gathered all{comm_, [&](detail::piece_writer&) {
                                 selection part = part_of(chosen_, costs, comm_.rank(), comm_.size());
                                 if (!part.models.empty()) mine_.emplace(bind(std::move(part)));
                               }};
  }

  // The models of a rank with their heads.
  static selection part_of(const selection& chosen, std::span<const double> costs, std::size_t rank,
                           std::size_t ranks) {
    const std::vector<double> alike(costs.empty() ? chosen.models.size() : 0, 1);
    if (costs.empty()) costs = alike;
    if (costs.size() != chosen.models.size()) {
      throw invalid_argument{"costs", std::to_string(chosen.models.size()) + " costs, one per model",
                             std::to_string(costs.size())};
    }
    const std::vector<std::size_t> rank_of = deal(costs, ranks);
    selection out = chosen;
    out.models.clear();
    for (std::size_t m = 0; m < rank_of.size(); ++m) {
      if (rank_of[m] == rank) out.models.push_back(chosen.models[m]);
    }
    std::erase_if(out.ensemble.heads, [&](head_id head) {
      return std::none_of(out.models.begin(), out.models.end(),
                          [&](const selected_model& model) { return model.id == head.model; });
    });
    return out;
  }

  communicator_ref comm_;
  selection chosen_;
  std::optional<zero_shot_classifier<Sample>> mine_;  // empty on a rank without models
  std::vector<std::vector<std::size_t>> columns_;     // per rank, the heads of the ensemble that it computes
  std::optional<std::size_t> general_rank_;
};

template <class Sample>
batch_responses rank_classifier<Sample>::respond(exec::backend_ref backend,
                                                 std::span<const Sample> batch) const {
  detail::gathered all{comm_, [&](detail::piece_writer& out) {
                         if (!mine_) return;
                         const batch_responses own = mine_->respond(backend, batch);
                         out.put_all(std::span<const float>{own.log_odds.data(),
                                                            static_cast<std::size_t>(own.log_odds.size())});
                         if (general_rank_ == comm_.rank()) {
                           out.put_all(std::span<const float>{
                               own.embeddings.data(), static_cast<std::size_t>(own.embeddings.size())});
                         }
                       }};
  batch_responses out;
  const auto rows = static_cast<Eigen::Index>(batch.size());
  out.log_odds.resize(rows, static_cast<Eigen::Index>(chosen_.ensemble.heads.size()));
  for (std::size_t rank = 0; rank < columns_.size(); ++rank) {
    for (const std::size_t column : columns_[rank]) {
      all[rank].get_all(std::span{out.log_odds.data() + column * batch.size(), batch.size()});
    }
  }
  if (general_rank_ && !batch.empty()) {
    out.embeddings.resize(rows, chosen_.general_texts.cols());
    all[*general_rank_].get_all(
        std::span{out.embeddings.data(), static_cast<std::size_t>(out.embeddings.size())});
  }
  all.finish();
  return out;
}

}  // namespace mll::dist
