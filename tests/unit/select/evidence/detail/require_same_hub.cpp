// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/detail/require_same_hub.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/label/label.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/match/match.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/profile/profile.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace {

const mll::exec::sequential one_thread;
const std::vector<std::string> things{"cat", "dog", "bird", "car"};

mll::semantic_dag<> graph_of(const std::string& edges) {
  std::istringstream stream{edges};
  return mll::read_edge_list(stream);
}

// The same ids in two orders.
const mll::semantic_dag<>& first_graph() {
  static const auto graph = graph_of("cat\tthing\ndog\tthing\nbird\tthing\ncar\tthing\n");
  return graph;
}
const mll::semantic_dag<>& second_graph() {
  static const auto graph = graph_of("car\tthing\nbird\tthing\ndog\tthing\ncat\tthing\n");
  return graph;
}

mll::hub<std::string> hub_with(const std::vector<std::string>& heads) {
  mll::hub<std::string> out;
  out.add("letters",
          mll::callable_classifier{heads, [heads](std::span<const std::string> batch) {
                                     mll::matrix<float> scores(static_cast<Eigen::Index>(batch.size()),
                                                               static_cast<Eigen::Index>(heads.size()));
                                     for (std::size_t r = 0; r < batch.size(); ++r) {
                                       for (std::size_t h = 0; h < heads.size(); ++h)
                                         scores(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(h)) =
                                             batch[r].starts_with(heads[h]) ? 0.9F : 0.1F;
                                     }
                                     return scores;
                                   }});
  return out;
}

mll::model_labels labelled(const mll::semantic_dag<>& graph, std::size_t samples,
                           const std::vector<std::string>& heads = things) {
  mll::representation_table<std::string> table;
  for (const std::string& name : things) {
    std::vector<std::string> of_node;
    for (std::size_t i = 0; i < samples; ++i) of_node.push_back(name + std::to_string(i));
    table.add(graph, name, of_node);
  }
  return mll::label(one_thread, hub_with(heads), table, graph);
}

mll::task_match matched(const mll::semantic_dag<>& graph, const mll::sample_layout& samples) {
  return mll::match(one_thread, mll::task{{"cat"}, {"dog"}}, graph, samples);
}

}  // namespace

TEST_CASE("a match, a profile or general heads of another graph, layout or hub are refused") {
  const auto labels = labelled(first_graph(), 4);
  const auto match = matched(first_graph(), labels.samples());
  const auto refuses = [](const mll::model_labels& hub, const mll::task_match& task,
                          const mll::hub_profile* profile, const mll::general_heads* general,
                          const char* message) {
    CHECK_THROWS_WITH_AS((mll::task_evidence{hub, task, general, profile}), message, mll::invalid_argument);
  };

  SUBCASE("what belongs together is accepted") {
    const auto profile = mll::profile(one_thread, labels, first_graph());
    CHECK(mll::task_evidence{labels, match, nullptr, &profile}.rows().size() == 8);
  }
  SUBCASE("a match on a graph with another numbering") {
    const auto others = labelled(second_graph(), 4);
    refuses(labels, matched(second_graph(), others.samples()), nullptr, nullptr,
            "match: expected a match on the graph of the labels, found one on another graph");
  }
  SUBCASE("a match on other numbers of samples") {
    const auto more = labelled(first_graph(), 6);
    refuses(labels, matched(first_graph(), more.samples()), nullptr, nullptr,
            "match: expected a match on the samples of these labels, which have 4 for class 'cat', found 6");
  }
  SUBCASE("a match on nodes that the labels lack") {
    mll::representation_table<std::string> table;
    table.add(first_graph(), "bird", {"bird0", "bird1"});
    table.add(first_graph(), "car", {"car0"});
    const auto few = mll::label(one_thread, hub_with(things), table, first_graph());
    refuses(few, match, nullptr, nullptr,
            "match: expected a match on the samples of these labels, which have 0 for class 'cat', found 4");
  }
  SUBCASE("a match with a class too few") {
    auto shorter = match;
    shorter.classes.pop_back();
    refuses(labels, shorter, nullptr, nullptr, "match: expected 2 classes, as the task, found 1");
  }
  SUBCASE("a profile of another graph") {
    const auto others = labelled(second_graph(), 4);
    const auto profile = mll::profile(one_thread, others, second_graph());
    refuses(labels, match, &profile, nullptr,
            "profile: expected a profile on the graph of the labels, found one on another graph");
  }
  SUBCASE("a profile of as many other heads") {
    const auto others = labelled(first_graph(), 4, {"cat", "dog", "bird", "truck"});
    const auto profile = mll::profile(one_thread, others, first_graph());
    refuses(labels, match, &profile, nullptr,
            "profile: expected a profile of these models and heads, found a profile of other models");
  }
  SUBCASE("general heads on as many other samples") {
    const mll::general_heads general{mll::matrix<float>::Ones(2, 1), mll::matrix<float>::Zero(16, 2), 1, 7};
    refuses(labels, match, nullptr, &general,
            "general: expected responses to the samples of the hub, found responses to other samples");
  }
}
