// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/detail/names_fingerprint.hpp"
#include "mll/match/match_options.hpp"
#include "mll/profile/dense_algebra.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll {

/// Options of `profile`.
struct profile_options {
  const general_model_labels* general =
      nullptr;                  ///< of the general model, if there is one; with `node_texts`
  match_options matching = {};  ///< how head names are matched; `content` is used if given
  std::shared_ptr<const dense_algebra> algebra = {};  ///< where covariances are computed; empty: on the host
};

namespace detail {

/// The names that a profile starts from.
struct head_names_of_hub {
  std::vector<head_meaning> meanings;   // per head
  std::vector<std::size_t> first_head;  // of each model, and the end
  std::shared_ptr<const information_content> content;
};

/// `profile` of decoded responses.
/// @param[in] log_odds `[rows of the layout, heads]`
MLL_DECLARE [[nodiscard]] hub_profile profile_responses(exec::backend_ref backend,
                                                        const sample_layout& samples,
                                                        const matrix<float>& log_odds,
                                                        head_names_of_hub names,
                                                        const general_model_labels* general,
                                                        std::shared_ptr<const dense_algebra> algebra);

}  // namespace detail

/// Profiles a hub for selection with budgets of experts: the meaning of its head names, the covariance of its
/// heads, and what the graph predicts about their responses.
///
/// @param[in] backend where to run
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG of the labels
/// @param[in] options a general model, and how names are matched
///
/// Throws: `invalid_argument` for labels without models or samples, labels of another graph, or a general
/// model that was labelled on other samples or without node texts. Complexity: O(rows heads^2) for the
/// covariance, plus O(nodes (nodes + heads)) similarities. Determinism: the same on every backend.
/// @code
/// const mll::hub_profile profile = mll::profile(backend, labels, graph);  // once per hub
/// const auto chosen = mll::select(backend, labels, match,
///                                 {.method = {.budget = mll::experts{20}}, .profile = &profile});
/// @endcode
template <response_codec Codec>
[[nodiscard]] hub_profile profile(exec::backend_ref backend, const basic_model_labels<Codec>& labels,
                                  const semantic_nodes& graph, const profile_options& options = {}) {
  if (labels.empty()) throw invalid_argument{"labels", "labels of at least one model", "none"};
  labels.samples().require_graph("labels", graph);
  if (options.matching.content != nullptr && options.matching.content->graph() != graph.fingerprint())
    throw invalid_argument{"options.matching.content", "the content of this graph", "that of another graph"};
  detail::head_names_of_hub names;
  names.content = options.matching.content != nullptr
                      ? std::make_shared<const information_content>(*options.matching.content)
                      : std::make_shared<const information_content>(graph);
  match_options matching = options.matching;
  matching.content = names.content.get();
  names.meanings = match_heads(backend, labels, graph, matching);
  names.first_head.push_back(0);
  for (const auto& label : labels.models())
    names.first_head.push_back(names.first_head.back() + label.heads.size());

  const auto rows = static_cast<Eigen::Index>(labels.samples().row_count());
  matrix<float> log_odds(rows, static_cast<Eigen::Index>(names.meanings.size()));
  exec::for_each_index(backend, labels.models().size(), [&](std::size_t m) {
    const auto& responses = labels.models()[m].responses;
    const auto first = static_cast<Eigen::Index>(names.first_head[m]);
    for (Eigen::Index r = 0; r < rows; ++r) {
      for (Eigen::Index h = 0; h < responses.cols(); ++h)
        log_odds(r, first + h) = Codec::log_odds(responses(r, h));
    }
  });
  hub_profile out = detail::profile_responses(backend, labels.samples(), log_odds, std::move(names),
                                              options.general, options.algebra);
  out.graph = graph.fingerprint();
  out.samples = labels.samples().fingerprint();
  for (const auto& label : labels.models())
    out.names = detail::names_fingerprint(out.names, label.name, label.heads);
  return out;
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
