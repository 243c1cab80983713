// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/detail/choose_together.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/senses/detail/class_candidates.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll::detail {

MLL_DEFINE std::vector<head_meaning> match_head_names(exec::backend_ref backend,
                                                      std::span<const std::span<const std::string>> names,
                                                      const sample_layout& samples,
                                                      const semantic_nodes& graph, match_options options) {
  options.neighbours = 0;
  std::optional<information_content> own;
  if (options.content == nullptr) options.content = &own.emplace(graph);
  std::vector<std::vector<head_meaning>> of_model(names.size());
  exec::for_each_index(backend, of_model.size(), [&](std::size_t m) {
    std::vector<class_match> heads(names[m].size());
    for (std::size_t h = 0; h < heads.size(); ++h)
      heads[h].candidates = read_class_name(graph, options.content->ancestors(), names[m][h]).candidates;
    choose_together(exec::sequential{}, std::span{heads}, names[m], graph, *options.content, samples,
                    options);
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
  for (const auto& heads : of_model) out.insert(out.end(), heads.begin(), heads.end());
  return out;
}

}  // namespace mll::detail
