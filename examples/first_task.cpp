// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The program of the README: three toy experts, one new task, all the stages.
#include <mll/mll.hpp>

#include <iostream>

auto keyword_expert(std::vector<std::string> words) {  // an expert: named heads, one probability each
  const auto answer = [words](std::span<const std::string> batch) {
    mll::matrix<float> scores(batch.size(), words.size());
    for (std::size_t i = 0; i < batch.size(); ++i)
      for (std::size_t k = 0; k < words.size(); ++k)
        scores(i, k) = batch[i].find(words[k]) == std::string::npos ? 0.1F : 0.9F;
    return scores;
  };
  return mll::callable_classifier{words, answer};
}

int main() {
  const mll::exec::sequential backend;
  const auto graph = mll::read_wordnet("/usr/share/wordnet");
  mll::hub<std::string> hub;
  hub.add("plumage", keyword_expert({"feather", "plumage", "bill"}));
  hub.add("atlas", keyword_expert({"city", "port", "capital"}));
  hub.add("botany", keyword_expert({"leaves", "wood", "evergreen"}));
  mll::representation_table<std::string> samples;  // what nodes mean: glosses of what lies below them
  for (const mll::node_id v : {graph.at("n01503061"), graph.at("n08524735"), graph.at("n13104059")})
    for (const auto& below : mll::descendants(graph, v)) samples.add(v, {graph[below.node].gloss});
  const auto labels = mll::label(backend, hub, samples, graph);  // once for the hub

  const mll::task task{{"birds"}, {"trees"}, {"cities"}};  // from here on: once for every task
  const auto match = mll::match(backend, task, graph, labels.samples());
  const auto chosen = mll::select(backend, labels, match);
  std::cout << mll::explain(match, graph) << mll::explain(chosen);
  const mll::zero_shot_classifier<std::string> classifier{hub, chosen};
  const std::vector<std::string> texts{"a large wading bird with a long bill", "the capital of Portugal"};
  for (const auto& found : classifier.classify(backend, std::span{texts}, 0.7F))
    std::cout << (found.answer ? classifier.head_name(found.answer->index()) : "none") << ' '
              << found.probability << '\n';
}
