// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/match/match.hpp"

namespace mll {

/// What a head responds to, by its name.
struct head_meaning {
  node_id node;           ///< invalid: the name is not in the graph (`"class_3"`)
  double confidence = 0;  ///< 1 if the name is a word of the node, 0.5 if only a part of the name is
};

/// Matches the names of all heads of a hub to the graph, as a task's class names are matched: the senses of
/// the heads of one model are chosen together. Done once per hub.
///
/// @param[in] backend where to run; over the models
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG
/// @param[in] options as for `match`; those of texts and neighbours are not used
/// @return one meaning per head, in order of model and column
///
/// Throws: `invalid_argument` for labels of another graph.
/// Determinism: the same on every backend; the meanings of a model do not depend on other models.
template <response_codec Codec, semantic_graph Graph>
[[nodiscard]] std::vector<head_meaning> match_heads(exec::backend_ref backend,
                                                    const basic_model_labels<Codec>& labels,
                                                    const semantic_dag<Graph>& graph,
                                                    match_options options = {}) {
  labels.samples().require_graph("labels", graph);
  options.neighbours = 0;
  std::optional<information_content> own;
  if (options.content == nullptr) options.content = &own.emplace(graph);
  std::vector<std::vector<head_meaning>> of_model(labels.models().size());
  exec::for_each_index(backend, of_model.size(), [&](std::size_t m) {
    const auto& names = labels.models()[m].heads;
    std::vector<class_match> heads(names.size());
    for (std::size_t h = 0; h < names.size(); ++h) {
      heads[h].candidates = detail::read_class_name(graph, options.content->ancestors(), names[h]).candidates;
    }
    detail::choose_together(exec::sequential{}, std::span{heads}, std::span<const std::string>{names}, graph,
                            *options.content, labels.samples(), options);
    for (const class_match& head : heads) {
      if (head.candidates.empty()) {
        of_model[m].emplace_back();
      } else {
        const match_kind kind = head.candidates.front().kind;
        const bool itself = kind != match_kind::head_noun && kind != match_kind::whole;
        of_model[m].push_back({head.node, itself ? 1.0 : 0.5});
      }
    }
  });
  std::vector<head_meaning> out;
  out.reserve(labels.head_count());
  for (const auto& heads : of_model) out.insert(out.end(), heads.begin(), heads.end());
  return out;
}

}  // namespace mll
