// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/io/sections.hpp"
#include "mll/core/io/values.hpp"
#include "mll/label/weighted_node.hpp"
#include "mll/match/task/task.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/membership.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/estimate/shift_fit.hpp"
#include "mll/select/selection.hpp"

/// The members of a selection in the order of the file; docs/format.md describes the bytes. A new member goes
/// into a section of its own, required if answers depend on it.
namespace mll::detail {

inline constexpr section_format selection_format{"\x89MLLSEL\n", "a selection of mll", 1};

void transfer(auto& io, maybe_const<task_class> auto& v) {
  io(v.name, v.caption);
}
void transfer(auto& io, maybe_const<weighted_node> auto& v) {
  io(v.node, v.weight);
}
void transfer(auto& io, maybe_const<sense_candidate> auto& v) {
  io(v.node);
  io.kind(v.kind, 7);
  io(v.rank, v.position, v.frequency, v.similarity, v.caption_overlap, v.sample_count, v.probability);
}
void transfer(auto& io, maybe_const<class_match> auto& v) {
  io(v.candidates, v.node, v.evidence, v.sample_count);
  io.kind(v.coverage, 5);
  io(v.suggestions, v.same_node_as);
}
void transfer(auto& io, maybe_const<head_id> auto& v) {
  io(v.model, v.index);
}
void transfer(auto& io, maybe_const<vote> auto& v) {
  io(v.head, v.weight, v.slope, v.intercept, v.gain);
}
void transfer(auto& io, maybe_const<linear_correction> auto& v) {
  io(v.mean, v.scale, v.weights, v.bias, v.strength, v.embedding_weights);
}
void transfer(auto& io, maybe_const<embedding_discriminant> auto& v) {
  io(v.weights, v.bias, v.strength);
}
void transfer(auto& io, maybe_const<membership> auto& v) {
  io(v.heads, v.weights, v.bias, v.task_nodes);
}
void transfer(auto& io, maybe_const<named_head> auto& v) {
  io(v.head, v.match, v.width);
}
void transfer(auto& io, maybe_const<source_weights> auto& v) {
  io(v.votes, v.correction, v.general);
}
void transfer(auto& io, maybe_const<value_in_interval> auto& v) {
  io(v.value, v.low, v.high);
}
void transfer(auto& io, maybe_const<shift_fit> auto& v) {
  io(v.name, v.coefficients, v.spread, v.low, v.high, v.fall, v.min_fall, v.max_fall);
}
void transfer(auto& io, maybe_const<selected_model> auto& v) {
  io(v.id, v.name, v.head_names, v.fingerprint);
}
void transfer(auto& io, maybe_const<head_reason> auto& v) {
  io(v.target, v.head, v.model, v.name, v.weight, v.response, v.rival, v.rival_response, v.reuse_score,
     v.gain);
}
void transfer(auto& io, maybe_const<accuracy_estimate> auto& v) {
  io(v.accuracy, v.low, v.high, v.per_class, v.confidence, v.temperature);
}

// The sections.
void transfer_limits(auto& io, maybe_const<accuracy_estimate> auto& v) {
  io.kind(v.world, 3);
  io(v.level, v.name_matches, v.elsewhere, v.fit, v.insufficient, v.caution, v.weights, v.calibrations,
     v.agreement);
}
void transfer_senses(auto& io, maybe_const<selection> auto& v) {
  io(v.match.classes, v.match.exact, v.match.graph);
}
void transfer_ensemble(auto& io, maybe_const<ensemble> auto& v) {
  io(v.heads);
  io.kind(v.scale, 3);
  io(v.votes, v.temperature);
}
void transfer_general(auto& io, maybe_const<selection> auto& v) {
  io(v.general_texts, v.general_scale);
}

}  // namespace mll::detail
