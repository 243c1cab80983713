// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A selection with every part that the format of selections knows.
#pragma once

#include <string>
#include <vector>

#include "mll/select/selection.hpp"

namespace mll::test {

/// Two classes, a model with two heads, and a general model.
inline selection small_selection() {
  selection out{.match = {.task = task{{"crane", "a tall wading bird"}, {"geese"}}, .classes = {}}};
  out.match.classes.resize(2);
  class_match& crane = out.match.classes[0];
  crane.node = node_id{5U};
  crane.candidates = {{.node = node_id{5U},
                       .kind = match_kind::lemma,
                       .rank = 2,
                       .position = 1,
                       .frequency = 3,
                       .similarity = 0.25,
                       .caption_overlap = 1.5,
                       .sample_count = 4,
                       .probability = 0.75},
                      {.node = node_id{6U}, .kind = match_kind::semantic, .probability = 0.25}};
  crane.evidence = {{node_id{5U}, 1}, {node_id{9U}, 0.5}};
  crane.sample_count = 4;
  crane.coverage = coverage::own_samples;
  crane.same_node_as = {class_id{1U}};
  out.match.classes[1].suggestions = {"goose"};
  out.match.exact = false;
  out.match.graph = 0x0123456789abcdefU;
  out.method = "chco";
  out.threshold = 0.25F;
  out.ensemble.heads = {{model_id{1U}, 0}, {model_id{1U}, 1}, {model_id{}, 0}};
  out.ensemble.scale = vote_scale::log_probability;
  out.ensemble.votes = {{{.head = 0, .weight = 0.75F, .slope = 2, .intercept = -1, .gain = 0.125F},
                         {.head = 2, .weight = 0.25F}},
                        {{.head = 1}}};
  out.ensemble.temperature = 1.5F;
  linear_correction correction;
  correction.mean = Eigen::VectorXf::LinSpaced(3, -1, 1);
  correction.scale = Eigen::VectorXf::Constant(3, 0.5F);
  correction.weights = Eigen::MatrixXf{{1, -1}, {0.5F, -0.5F}, {2, 0}};
  correction.bias = Eigen::VectorXf::Constant(2, 0.25F);
  correction.strength = 0.125F;
  correction.embedding_weights = Eigen::MatrixXf{{1, 2}, {3, 4}};
  out.ensemble.correction = correction;
  out.models = {{model_id{1U}, "birds", {"crane", "goose"}, "abc"}, {model_id{}, "general model", {}, {}}};
  out.reasons = {{.target = class_id{0U},
                  .head = {model_id{1U}, 0},
                  .model = "birds",
                  .name = "crane",
                  .weight = 0.75F,
                  .response = 0.9F,
                  .rival = class_id{1U},
                  .rival_response = 0.2F,
                  .reuse_score = 0.7F,
                  .gain = 0.125F}};
  out.estimate = accuracy_estimate{.accuracy = 0.9,
                                   .low = 0.8,
                                   .high = 0.95,
                                   .per_class = {1, 0.8},
                                   .confidence = 0.85,
                                   .temperature = 1.25};
  out.general_texts.resize(2, 2);
  out.general_texts << 1, 0, 0.6F, 0.8F;
  out.general_scale = 100;
  return out;
}

/// A membership for `small_selection`, over two heads and two dimensions.
inline membership small_membership() {
  membership out;
  out.heads = {0, 1};
  out.weights.resize(4, 3);
  out.weights << 1, 0.5F, -1, 0, 2, 0.25F, -0.5F, 1, 1, 3, -2, 0.125F;
  out.bias = Eigen::VectorXf{{0.5F, -0.25F, 1}};
  out.task_nodes = 2;
  return out;
}

}  // namespace mll::test
