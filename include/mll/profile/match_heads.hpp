// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/match.hpp"
#include "mll/match/match_options.hpp"

namespace mll {

/// What a head responds to, by its name.
struct head_meaning {
  node_id node;           ///< invalid: the name is not in the graph (`"class_3"`)
  double confidence = 0;  ///< 1 if the name is a word of the node, 0.5 if only a part of the name is
};

namespace detail {

/// The meanings of the heads of each model, one model after the other.
/// @param[in] names `[models][heads]`
MLL_DECLARE [[nodiscard]] std::vector<head_meaning> match_head_names(
    exec::backend_ref backend, std::span<const std::span<const std::string>> names,
    const sample_layout& samples, const semantic_nodes& graph, match_options options);

}  // namespace detail

/// Matches the names of all heads of a hub to the graph, as a task's class names are matched: the senses of
/// the heads of one model are chosen together. Done once per hub.
///
/// @code
/// const std::vector<mll::head_meaning> meanings = mll::match_heads(backend, labels, graph);
/// const auto found = mll::find(backend, labels, graph, "dog", {.meanings = meanings});
/// @endcode
///
/// @param[in] backend where to run; over the models
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG
/// @param[in] options as for `match`; those of texts and neighbours are not used
/// @return one meaning per head, in order of model and column
///
/// Throws: `invalid_argument` for labels of another graph.
/// Determinism: the same on every backend; the meanings of a model do not depend on other models.
template <response_codec Codec>
[[nodiscard]] std::vector<head_meaning> match_heads(exec::backend_ref backend,
                                                    const basic_model_labels<Codec>& labels,
                                                    const semantic_nodes& graph,
                                                    const match_options& options = {}) {
  labels.samples().require_graph("labels", graph);
  std::vector<std::span<const std::string>> names;
  for (const auto& label : labels.models()) names.emplace_back(label.heads);
  return detail::match_head_names(backend, names, labels.samples(), graph, options);
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/profile/detail/match_heads.ipp"
#endif
