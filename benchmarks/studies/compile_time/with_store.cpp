// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A user's program that keeps its labels in a store. Compiled, never run.
#include <mll/mll.hpp>
#include <mll/store/hub_store.hpp>
#include <mll/store/update_store.hpp>

#include <iostream>

int main(int argc, char** argv) {
  const mll::exec::sequential backend;
  const auto graph = mll::read_wordnet("/usr/share/wordnet");
  const auto scores = [](std::span<const std::string> batch) {
    mll::matrix<float> out(batch.size(), 2);
    for (std::size_t i = 0; i < batch.size(); ++i) out.row(i) << 0.9F, 0.1F;
    return out;
  };
  auto store = mll::hub_store::create("hub.mll");
  mll::hub<std::string> hub;
  for (int i = 1; i < argc; ++i) {
    hub.add(argv[i], mll::callable_classifier{{"bird", "tree"}, scores});
    store.add_model({.name = argv[i], .heads = {"bird", "tree"}});
  }
  mll::representation_table<std::string> samples;
  std::vector<mll::stored_node> nodes;
  for (const auto& below : mll::descendants(graph, graph.at("n01503061"))) {
    samples.add(below.node, {graph[below.node].gloss});
    nodes.push_back({graph[below.node].id, 1, graph[below.node].gloss});
  }
  store.set_samples(graph, nodes);
  mll::update_store(backend, store, hub, samples, graph);

  const mll::task task{{"ducks"}, {"owls"}};
  const auto labels = store.labels(graph);
  const auto match = mll::match(backend, task, graph, labels.samples());
  std::cout << mll::explain(mll::select(backend, labels, match));
}
