// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// examples/first_task.cpp in short, by the module; with MLL_INCLUDE defined, by the header.
#include <cstddef>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#if defined(MLL_INCLUDE)
#include <mll/mll.hpp>
#else
import mll;
#endif

int main() {
  const mll::exec::sequential backend;
  mll::synset thing{"thing"};
  mll::synset bird{"bird", {{"bird"}}, "it has feathers"};
  mll::synset tree{"tree", {{"tree"}}, "it has leaves"};
  const std::vector<std::pair<mll::node_id, mll::node_id>> edges{{mll::node_id{1}, mll::node_id{0}},
                                                                 {mll::node_id{2}, mll::node_id{0}}};
  const auto graph = mll::make_semantic_dag({thing, bird, tree}, edges);

  mll::hub<std::string> hub;
  hub.add("garden", mll::callable_classifier{std::vector<std::string>{"class_0", "class_1"},
                                             [](std::span<const std::string> batch) {
                                               mll::matrix<float> scores(batch.size(), 2);
                                               for (std::size_t i = 0; i < batch.size(); ++i) {
                                                 const bool wings =
                                                     batch[i].find("wing") != std::string::npos;
                                                 scores(i, 0) = wings ? 0.1F : 0.9F;
                                                 scores(i, 1) = wings ? 0.9F : 0.1F;
                                               }
                                               return scores;
                                             }});
  mll::representation_table<std::string> samples;
  for (int i = 0; i < 10; ++i) {
    samples.add(mll::node_id{1}, {"a wing " + std::to_string(i)});
    samples.add(mll::node_id{2}, {"a leaf " + std::to_string(i)});
  }
  const auto labels = mll::label(backend, hub, samples, graph);
  const mll::task task{{"bird"}, {"tree"}};
  const auto match = mll::match(backend, task, graph, labels.samples());
  const auto chosen = mll::select(backend, labels, match);
  const mll::zero_shot_classifier<std::string> classifier{hub, chosen};
  const std::vector<std::string> texts{"two wings", "one leaf"};
  const auto answers = classifier.classify(backend, std::span{texts});
  for (const auto& each : answers)
    std::cout << (each.answer ? each.answer->index() : 9) << ' ' << each.probability << '\n';
  return answers.size() == 2 && answers[0].answer && answers[1].answer && answers[0].answer->index() == 0 &&
                 answers[1].answer->index() == 1
             ? 0
             : 1;
}
