// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A user's program with the compiled part: labels, a profile, two selections and a classifier.
#include <mll/mll.hpp>

#include <cstdio>
#include <span>
#include <string>
#include <vector>

static_assert(MLL_COMPILED == 1);

auto keyword_expert(std::vector<std::string> words) {
  const auto answer = [words](std::span<const std::string> batch) {
    mll::matrix<float> scores(static_cast<Eigen::Index>(batch.size()),
                              static_cast<Eigen::Index>(words.size()));
    for (Eigen::Index i = 0; i < scores.rows(); ++i) {
      for (Eigen::Index k = 0; k < scores.cols(); ++k) {
        const bool found = batch[std::size_t(i)].find(words[std::size_t(k)]) != std::string::npos;
        scores(i, k) = found ? 0.9F : 0.1F;
      }
    }
    return scores;
  };
  return mll::callable_classifier{words, answer};
}

int main() {
  const mll::exec::sequential backend;
  const auto graph =
      mll::make_semantic_dag({{"car", "vehicle"}, {"truck", "vehicle"}, {"oak", "plant"}, {"fern", "plant"}});
  const auto node = [&](const char* name) { return graph.at(name); };
  mll::hub<std::string> hub;
  hub.add("traffic", keyword_expert({"car", "truck"}));
  hub.add("botany", keyword_expert({"oak", "fern"}));
  mll::representation_table<std::string> samples;
  for (const char* name : {"car", "truck", "oak", "fern"}) {
    const std::string word{name};
    samples.add(node(name), {"a " + word, "the " + word + " here", "no " + word});
  }
  const auto labels = mll::label(backend, hub, samples, graph);
  const auto profile = mll::profile(backend, labels, graph);
  const mll::task task{{"vehicle"}, {"plant"}};
  const auto match = mll::match(backend, task, graph, labels.samples());
  const std::vector<std::string> texts{"my old car", "an oak in the yard", "a truck", "fern leaves"};
  int errors = 0;
  for (const auto& chosen :
       {mll::select(backend, labels, match),
        mll::select(backend, labels, match, {.method = {.budget = mll::experts{2}}, .profile = &profile})}) {
    const mll::zero_shot_classifier<std::string> classifier{hub, chosen};
    const auto predictions = classifier.classify(backend, std::span{texts});
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const bool right = predictions[i].answer == mll::class_id{i % 2};
      if (!right) std::printf("%s: wrong class for '%s'\n", chosen.method.c_str(), texts[i].c_str());
      errors += right ? 0 : 1;
    }
  }
  return errors;
}
