// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/captions/detail/caption_overlap.hpp"
#include "mll/match/detail/choose_together.hpp"
#include "mll/match/match.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/senses/detail/class_candidates.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll {

namespace detail {

MLL_DEFINE task_match match_by(exec::backend_ref backend, const task& task, const semantic_nodes& graph,
                               const sample_layout& samples, const match_options& options,
                               const candidate_visitor& compare) {
  samples.require_graph("samples", graph);
  if (options.content != nullptr && options.content->graph() != graph.fingerprint())
    throw invalid_argument{"options.content", "the content of this graph", "that of another graph"};
  task_match out{task, std::vector<class_match>(task.size())};
  out.graph = graph.fingerprint();
  std::optional<information_content> own;
  const information_content& content = options.content != nullptr ? *options.content : own.emplace(graph);
  std::vector<std::string> names(task.size());
  std::vector<std::string> captions(task.size());
  exec::for_each_index(backend, task.size(), [&](std::size_t y) {
    const auto& [name, caption] = task[class_id{y}];
    name_reading reading = read_class_name(graph, content.ancestors(), name, task.normal_name(class_id{y}));
    out.classes[y].candidates = std::move(reading.candidates);
    out.classes[y].suggestions = std::move(reading.suggestions);
    names[y] = std::move(reading.name);
    captions[y] = reading.qualifier + caption;
    compare(class_id{y}, out.classes[y]);
  });
  std::vector<std::vector<node_id>> nodes(task.size());
  for (std::size_t y = 0; y < task.size(); ++y) {
    for (const sense_candidate& candidate : out.classes[y].candidates) nodes[y].push_back(candidate.node);
  }
  const auto overlap = caption_overlap(graph, content.ancestors(), std::span<const std::string>{names},
                                       std::span<const std::string>{captions}, nodes);
  for (std::size_t y = 0; y < task.size(); ++y) {
    for (std::size_t a = 0; a < nodes[y].size(); ++a)
      out.classes[y].candidates[a].caption_overlap = overlap[y][a];
  }
  out.exact = choose_together(backend, std::span{out.classes}, std::span<const std::string>{names}, graph,
                              content, samples, options);
  note_shared_nodes(std::span{out.classes});
  return out;
}

}  // namespace detail

MLL_DEFINE task_match match(exec::backend_ref backend, const task& task, const semantic_nodes& graph,
                            const sample_layout& samples, const match_options& options) {
  return detail::match_by(backend, task, graph, samples, options, {});
}

}  // namespace mll
