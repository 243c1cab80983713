// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A user's program with a profile of the hub and a budget of experts. Compiled, never run.
#include <mll/mll.hpp>

#include <iostream>

int main(int argc, char** argv) {
  const mll::exec::sequential backend;
  const auto graph = mll::read_wordnet("/usr/share/wordnet");
  const auto scores = [](std::span<const std::string> batch) {
    mll::matrix<float> out(batch.size(), 2);
    for (std::size_t i = 0; i < batch.size(); ++i) out.row(i) << 0.9F, 0.1F;
    return out;
  };
  mll::hub<std::string> hub;
  for (int i = 1; i < argc; ++i) hub.add(argv[i], mll::callable_classifier{{"bird", "tree"}, scores});
  mll::representation_table<std::string> samples;
  for (const auto& below : mll::descendants(graph, graph.at("n01503061")))
    samples.add(below.node, {graph[below.node].gloss});
  const auto labels = mll::label(backend, hub, samples, graph);
  const auto profile = mll::profile(backend, labels, graph);

  const mll::task task{{"ducks"}, {"owls"}};
  const auto match = mll::match(backend, task, graph, labels.samples());
  const auto chosen =
      mll::select(backend, labels, match, {.method = {.budget = mll::experts{5}}, .profile = &profile});
  std::cout << mll::explain(chosen);
  const mll::zero_shot_classifier<std::string> classifier{hub, chosen};
  const std::vector<std::string> texts{"a nocturnal bird of prey"};
  for (const auto& found : classifier.classify(backend, std::span{texts}))
    std::cout << classifier.head_name(found.answer->index()) << ' ' << found.probability << '\n';
}
