// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/detail/names_fingerprint.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/evidence/detail/evidence_source.hpp"
#include "mll/select/evidence/general_heads.hpp"

namespace mll::detail {

/// Throws: `invalid_argument` unless the samples that a match counted are those of a layout. The layout may
/// lack nodes that the match does not need.
inline void require_same_samples(const task_match& match, const sample_layout& samples) {
  if (match.classes.size() != match.task.size()) {
    throw invalid_argument{"match", std::to_string(match.task.size()) + " classes, as the task",
                           std::to_string(match.classes.size())};
  }
  if (match.graph != 0 && samples.graph() != 0 && match.graph != samples.graph())
    throw invalid_argument{"match", "a match on the graph of the labels", "one on another graph"};
  for (std::size_t y = 0; y < match.classes.size(); ++y) {
    std::size_t known = 0;
    for (const weighted_node& source : match.classes[y].evidence) known += samples.rows(source.node).count;
    if (known == match.classes[y].sample_count) continue;
    throw invalid_argument{"match",
                           "a match on the samples of these labels, which have " + std::to_string(known) +
                               " for class '" + match.task[class_id{y}].name + "'",
                           std::to_string(match.classes[y].sample_count)};
  }
}

/// Throws: `invalid_argument` unless a profile is one of this hub.
inline void require_same_hub(const hub_profile& profile, const evidence_source& hub) {
  const head_index& heads = hub.heads();
  if (profile.head_count() != heads.head_count()) {
    throw invalid_argument{"profile", "a profile of " + std::to_string(heads.head_count()) + " heads",
                           std::to_string(profile.head_count()) + " heads"};
  }
  const std::uint64_t graph = hub.samples().graph();
  if (profile.graph != 0 && graph != 0 && profile.graph != graph)
    throw invalid_argument{"profile", "a profile on the graph of the labels", "one on another graph"};
  if (profile.names != 0) {
    std::uint64_t names = 0;
    for (std::size_t m = 0; m < heads.model_count(); ++m)
      names = names_fingerprint(names, hub.model_name(m), hub.head_names(m));
    if (names != profile.names)
      throw invalid_argument{"profile", "a profile of these models and heads", "a profile of other models"};
  }
  // Responses are needed for a task's nodes only, embeddings and coordinates by row.
  const bool has_rows = profile.has_general() || !profile.factor.empty();
  const bool is_other = profile.samples != 0 && profile.samples != hub.samples().fingerprint();
  const bool lacks_rows =
      !profile.factor.empty() &&
      static_cast<std::size_t>(profile.factor.coordinates.rows()) != hub.samples().row_count();
  if ((has_rows && is_other) || lacks_rows)
    throw invalid_argument{"profile", "a profile on the samples of the labels", "a profile on other samples"};
}

/// Throws: `invalid_argument` unless general heads respond to the samples of a layout.
inline void require_same_samples(const general_heads& general, const sample_layout& samples) {
  if (general.row_count() != samples.row_count()) {
    throw invalid_argument{"general",
                           "responses to the " + std::to_string(samples.row_count()) + " samples of the hub",
                           "responses to " + std::to_string(general.row_count())};
  }
  if (general.samples() != 0 && general.samples() != samples.fingerprint())
    throw invalid_argument{"general", "responses to the samples of the hub", "responses to other samples"};
}

}  // namespace mll::detail
