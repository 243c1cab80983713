// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

/// The expected accuracy with its interval, or why it is unknown: one line.
MLL_DECLARE [[nodiscard]] std::string estimate_in_words(const accuracy_estimate& estimate);
/// Warnings about the estimate, if any: samples from elsewhere, too little evidence.
MLL_DECLARE [[nodiscard]] std::string limits_in_words(const accuracy_estimate& estimate);

}  // namespace detail

/// A match as text, one line per class: the node, how its name was found, its samples and the nodes that they
/// belong to, and the runner-up sense with the probabilities of both. If the runner-up is at least as
/// probable as `ambiguous`, two more lines show the glosses. A name that is not a word of the graph comes
/// with words one letter away from it; they are suggestions only. A class that shares its node with others
/// says so on a line of its own.
///
/// @param[in] match     the match
/// @param[in] graph     the graph that it refers to
/// @param[in] ambiguous probability from which a runner-up makes a class ambiguous
///
/// Throws: `invalid_argument` if the match refers to another graph.
///
/// @code
/// std::cout << mll::explain(match, graph);
/// //   crane: n02012849 (crane), matched by name; 12 samples; probability 0.75, next n03126707 (crane) 0.25
/// @endcode
MLL_DECLARE [[nodiscard]] std::string explain(const task_match& match, const semantic_nodes& graph,
                                              double ambiguous = 0.05);

/// A selection as text: the expected accuracy, and for each class the chosen heads and why.
///
/// @code
/// std::cout << mll::explain(chosen);
/// // method chco: 3 heads of 2 models
/// // expected accuracy 0.812 (95% interval 0.700 to 0.925)
/// //   crane (expected accuracy 0.75)
/// //     'crane' of birds: mean response 0.88 to this class, 0.12 to its strongest rival 'goose'; ...
/// @endcode
MLL_DECLARE [[nodiscard]] std::string explain(const selection& chosen);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/report/detail/explain.ipp"
#endif
