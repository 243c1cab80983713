// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/find/node_aucs.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/report/detail/sample_tree.hpp"
#include "mll/report/model_facts.hpp"

namespace mll {

namespace detail {

/// A hub as its report shows it.
struct hub_picture {
  struct model {
    model_facts facts;
    std::vector<std::string> heads;
  };
  std::string title;
  sample_tree tree;
  std::vector<model> models;  // labelled ones first, in the order of the columns of `aucs`
  std::size_t labelled = 0;
  matrix<float> aucs;  // [nodes, heads]
};

MLL_DECLARE [[nodiscard]] std::string render(const hub_picture& picture);

}  // namespace detail

/// A hub as one HTML document: a ring of the sampled part of the graph (angle = samples, colour = the best
/// area under the curve of any head), where the hub is blind, a heat map of heads and nodes, and a table of
/// models. It needs no script and loads nothing. Names are escaped.
///
/// @param[in] backend where the areas under the curve are computed
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG of the labels
/// @param[in] title   name of the hub
/// @param[in] models  further facts about models, by name, in any order; models without a label are listed as
///                    well
///
/// Throws: `invalid_argument` for labels of another graph, or without models or samples.
/// Complexity: as `node_aucs`; the document takes about a third of a byte per head and node.
/// Determinism: the same on every backend and in every locale.
/// @code
/// std::ofstream{"hub.html"} << mll::html_hub_report(backend, labels, graph, "pets");
/// @endcode
template <response_codec Codec, semantic_graph Graph>
[[nodiscard]] std::string html_hub_report(exec::backend_ref backend, const basic_model_labels<Codec>& labels,
                                          const semantic_dag<Graph>& graph, std::string title,
                                          std::span<const model_facts> models = {}) {
  labels.samples().require_graph("labels", graph);
  if (labels.empty() || labels.samples().nodes().empty())
    throw invalid_argument{"labels", "labels of at least one model on at least one sample", "none"};
  detail::hub_picture picture{.title = std::move(title),
                              .tree = detail::sample_tree_builder<Graph>{graph, labels.samples()}.build(),
                              .models = {},
                              .labelled = labels.models().size(),
                              .aucs = node_aucs(backend, labels)};
  const auto facts_of = [&](const std::string& name) {
    for (const model_facts& each : models) {
      if (each.name == name) return each;
    }
    return model_facts{.name = name};
  };
  for (const auto& label : labels.models()) picture.models.push_back({facts_of(label.name), label.heads});
  for (const model_facts& each : models) {
    const auto all = labels.models();
    if (std::none_of(all.begin(), all.end(), [&](const auto& label) { return label.name == each.name; }))
      picture.models.push_back({each, {}});
  }
  return detail::render(picture);
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/report/detail/html_hub_report.ipp"
#endif
