// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <memory>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/match_options.hpp"
#include "mll/profile/dense_algebra.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/hub_profile.hpp"

namespace mll {

/// Options of `profile`.
struct profile_options {
  const general_model_labels* general =
      nullptr;                  ///< of the general model, if there is one; with `node_texts`
  match_options matching = {};  ///< how head names are matched; `content` is used if given
  std::shared_ptr<const dense_algebra> algebra = {};  ///< where covariances are computed; empty: on the host
  /// 0: the whole covariance, 4 bytes per pair of heads. Else a `covariance_factor` of this rank, for hubs of
  /// very many heads: 4 (rank + 1) bytes per head, at a loss of accuracy that docs/scale.md measures. It is
  /// computed on the host.
  std::size_t covariance_rank = 0;
};

namespace detail {

/// `profile` of decoded responses. What is not kept is computed.
MLL_DECLARE [[nodiscard]] hub_profile profile_responses(exec::backend_ref backend,
                                                        const sample_layout& samples, decoded_hub hub,
                                                        const profile_options& options,
                                                        const kept_parts& kept);

}  // namespace detail

/// Profiles a hub for selection with budgets of experts: the meaning of its head names, the covariance of its
/// heads, and what the graph predicts about their responses.
///
/// @param[in] backend where to run
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG of the labels
/// @param[in] options a general model, how names are matched, and the form of the covariance
///
/// Throws: `invalid_argument` for labels without models or samples, labels of another graph, or a general
/// model that was labelled on other samples or without node texts. Complexity: O(rows heads^2) for the
/// covariance, O(rows heads rank) for a factor of it, plus O(nodes (nodes + heads)) similarities.
/// Determinism: the same on every backend.
/// @code
/// const mll::hub_profile profile = mll::profile(backend, labels, graph);  // once per hub
/// const auto chosen = mll::select(backend, labels, match,
///                                 {.method = {.budget = mll::experts{20}}, .profile = &profile});
/// @endcode
/// `update_profile` brings a profile up to date when models come or go.
template <response_codec Codec>
[[nodiscard]] hub_profile profile(exec::backend_ref backend, const basic_model_labels<Codec>& labels,
                                  const semantic_nodes& graph, const profile_options& options = {}) {
  return detail::profile_responses(backend, labels.samples(),
                                   detail::decode_hub(backend, labels, graph, options.matching, nullptr),
                                   options, {});
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend profile(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

#if MLL_COMPILED
extern template hub_profile profile(exec::backend_ref, const basic_model_labels<log_odds_8bit>&,
                                    const semantic_nodes&, const profile_options&);
#endif

}  // namespace mll

#if !MLL_COMPILED
#include "mll/profile/detail/profile.ipp"
#endif
