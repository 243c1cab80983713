// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/dist/communicator.hpp"
#include "mll/dist/communicator_ref.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/evidence/detail/evidence_source.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/methods/funnel_stages.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/select/select.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace dist {

/// Limits of `select` over ranks.
struct rank_options {
  /// Methods that need all heads of the hub (budgets of experts, baselines) gather the labels of the nodes of
  /// the task to every rank, up to this size.
  std::size_t max_gathered_bytes = std::size_t{1} << 32U;
  /// The joint search of a budget of heads per class holds the responses of all shortlisted heads on every
  /// rank, up to this size. Beyond it, each rank holds some blocks of 512 samples, and every step of the
  /// search exchanges what they say: less memory, more messages, the same bits. Not for other objectives than
  /// `log_likelihood` or other searches than `greedy_search`, which need the responses on every rank.
  std::size_t max_row_bytes = std::size_t{1} << 30U;
};

namespace detail {

/// A shard, the method and the options of a selection over ranks, without their types.
struct rank_selection {
  std::shared_ptr<const mll::detail::evidence_source> shard;
  /// Log-odds of the codes of `log_odds_8bit`, if the shard has these. Computed in the caller's program,
  /// whose compiler may round them differently from that of this library (fused multiply-add).
  std::vector<float> decoded;
  /// Fits the method; null: without stages.
  std::function<ensemble(exec::backend_ref, const task_evidence&, const funnel_stages*)> fit;
  /// Whether the stages do all work that depends on the hub.
  std::function<bool(const task_evidence&)> runs_in_stages;
  const general_heads* general = nullptr;
  const hub_profile* profile = nullptr;
  std::size_t folds = 0;
  std::uint64_t seed = 0;
  shift_fit shift = {};
  std::size_t max_samples = 0;
  std::size_t max_gathered_bytes = 0;
  std::size_t max_row_bytes = 0;
};

MLL_DECLARE [[nodiscard]] selection select_over_ranks(exec::backend_ref backend, communicator_ref comm,
                                                      const task_match& match, const rank_selection& asked);

template <hub_source Source>
void set_shard(rank_selection& to, std::shared_ptr<const Source> source) {
  if constexpr (std::same_as<typename Source::codec_type, log_odds_8bit>) {
    for (unsigned code = 0; code < 256; ++code)
      to.decoded.push_back(log_odds_8bit::log_odds(static_cast<std::uint8_t>(code)));
  }
  to.shard = std::make_shared<const mll::detail::erased_source<Source>>(std::move(source));
}
template <hub_source Source>
void set_shard(rank_selection& to, const Source& source) {
  set_shard(to, std::shared_ptr<const Source>{std::shared_ptr<void>{}, &source});
}
template <response_codec Codec>
void set_shard(rank_selection& to, const basic_model_labels<Codec>& labels) {
  set_shard(to, std::make_shared<const label_source<basic_model_labels<Codec>>>(labels));
}

template <class Method>
[[nodiscard]] bool runs_in_stages(const Method& /*method*/, const task_evidence& /*evidence*/) {
  return false;
}
template <class Objective, class Search>
[[nodiscard]] bool runs_in_stages(const chco<Objective, Search>& method, const task_evidence& evidence) {
  return method.uses_funnel(evidence);
}

/// Whether the search of a method can run on rows that are dealt to ranks.
template <class Method>
inline constexpr bool searches_blocks = false;
template <>
inline constexpr bool searches_blocks<chco<log_likelihood, greedy_search>> = true;

/// Whether a method can be given the stages of its funnel.
template <class Method>
concept has_stages = requires(Method& method, const funnel_stages* stages) { method.stages = stages; };

}  // namespace detail
}  // namespace dist

/// The selection stage over ranks: `select` for a hub whose labels are divided among them. Every rank gets
/// the selection, its reasons and its estimate, bit for bit those of the undivided hub, for any number of
/// ranks and any division.
///
/// A rank holds the labels of some models. Graph, task, general heads and profile are the same on all ranks.
/// With a budget of heads per class a rank reads labels of its own models only, and the labels of the
/// shortlisted heads are gathered; other methods gather the labels of all heads on the nodes of the task
/// (`rank_options::max_gathered_bytes`). docs/scale.md says what is exchanged.
///
/// @code
/// // comm: such as mll::dist::mpi, or mll::dist::threads::member
/// const auto chosen = mll::select(backend, comm, labels_of_this_rank, match);
/// @endcode
///
/// @tparam Method models `selection_method`
/// @tparam Comm   models `dist::communicator`
/// @param[in] backend where this rank runs
/// @param[in] comm    the ranks; all call this function with the same match and options
/// @param[in] shard   labels of the models of this rank, as for `select`: with the ids that they have in the
///                    undivided hub, on the same samples as on the other ranks. May be empty
/// @param[in] match   the task, matched to the graph that the hub was labelled on
/// @param[in] options as for `select`
/// @param[in] limits  how much may be gathered
///
/// Throws: what `select` throws; `invalid_argument` if a model is in two shards, shards do not belong
/// together, or the labels to gather exceed the limit; `dist::communication_error` if another rank failed or
/// was lost. Complexity: that of `select` for the shard and the shortlisted heads.
template <selection_method Method = chco<>, exec::execution_backend Backend, dist::communicator Comm,
          class Shard>
  requires std::constructible_from<task_evidence, const Shard&, const task_match&>
[[nodiscard]] selection select(const Backend& backend, Comm& comm, const Shard& shard,
                               const task_match& match, const select_options<Method>& options = {},
                               const dist::rank_options& limits = {}) {
  if constexpr (dist::detail::has_stages<Method>) {
    if (options.method.stages != nullptr)
      throw invalid_argument{"options.method.stages", "null: ranks have their own", "stages of a device"};
  }
  dist::detail::rank_selection asked;
  dist::detail::set_shard(asked, shard);
  asked.fit = [&](exec::backend_ref on, const task_evidence& evidence, const funnel_stages* stages) {
    if constexpr (dist::detail::has_stages<Method>) {
      Method method = options.method;
      method.stages = stages;
      return method(on, evidence);
    } else {
      return options.method(on, evidence);
    }
  };
  asked.runs_in_stages = [&](const task_evidence& evidence) {
    return dist::detail::runs_in_stages(options.method, evidence);
  };
  asked.general = options.general;
  asked.profile = options.profile;
  asked.folds = options.folds;
  asked.seed = options.seed;
  asked.shift = options.shift;
  asked.max_samples = options.max_samples;
  asked.max_gathered_bytes = limits.max_gathered_bytes;
  asked.max_row_bytes =
      dist::detail::searches_blocks<Method> ? limits.max_row_bytes : std::numeric_limits<std::size_t>::max();
  selection out = dist::detail::select_over_ranks(backend, comm, match, asked);
  out.method = options.method.name();
  return out;
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/dist/detail/select.ipp"
#endif
