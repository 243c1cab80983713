// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/dist/communicator.hpp"
#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/detail/model_names.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/profile/profile.hpp"

namespace mll {

namespace dist::detail {

/// A shard to profile, without its codec.
struct profile_shard {
  const sample_layout* samples;
  std::vector<model_id> models;    // increasing
  std::vector<model_names> names;  // of the models
  std::function<mll::detail::decoded_hub()> decode;
};

MLL_DECLARE [[nodiscard]] hub_profile profile_over_ranks(exec::backend_ref backend, communicator_ref comm,
                                                         const profile_shard& shard,
                                                         const profile_options& options);

}  // namespace dist::detail

/// The profile of a hub whose labels are divided among ranks, in low-rank form: every rank gets it, bit for
/// bit that of the undivided hub, for any number of ranks and any division. `select` over ranks uses it for
/// budgets of experts. docs/scale.md says what is exchanged.
///
/// @code
/// // comm: such as mll::dist::mpi, or mll::dist::threads::member
/// const auto profile = mll::profile(backend, comm, labels_of_this_rank, graph, {.covariance_rank = 128});
/// const auto chosen = mll::select(backend, comm, labels_of_this_rank, match,
///                                 {.method = {.budget = mll::experts{20}}, .profile = &profile});
/// @endcode
///
/// @tparam Comm models `dist::communicator`
/// @param[in] backend where this rank runs
/// @param[in] comm    the ranks; all call this function with the same graph and options
/// @param[in] shard   labels of the models of this rank: with the ids that they have in the undivided hub, on
///                    the same samples as on the other ranks. May be empty
/// @param[in] graph   the SDAG of the labels
/// @param[in] options as for `profile`, with a `covariance_rank`
///
/// Throws: what `profile` throws; `invalid_argument` without a `covariance_rank`, if a model is in two shards
/// or shards are on different samples; `dist::communication_error` if another rank failed or was lost.
/// Complexity: that of `profile` for the shard, plus O(rows rank^2); O(heads (nodes + rank)) memory.
template <exec::execution_backend Backend, dist::communicator Comm, response_codec Codec>
[[nodiscard]] hub_profile profile(const Backend& backend, Comm& comm, const basic_model_labels<Codec>& shard,
                                  const semantic_nodes& graph, const profile_options& options) {
  dist::detail::profile_shard asked{.samples = &shard.samples(), .models = {}, .names = {}, .decode = {}};
  for (const auto& label : shard.models()) {
    asked.models.push_back(label.model);
    asked.names.push_back({label.name, {}, label.heads});
  }
  asked.decode = [&] { return detail::decode_hub(backend, shard, graph, options.matching, nullptr); };
  return dist::detail::profile_over_ranks(backend, comm, asked, options);
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/dist/detail/profile.ipp"
#endif
