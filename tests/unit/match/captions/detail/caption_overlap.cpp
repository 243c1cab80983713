// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/captions/detail/caption_overlap.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "mll/graph/ancestor_table.hpp"
#include "support/animals.hpp"

namespace {

using mll::node_id;

std::vector<std::vector<double>> overlap(const std::vector<std::string>& names,
                                         const std::vector<std::string>& captions,
                                         const std::vector<std::vector<node_id>>& candidates) {
  static const auto graph = mll::test::animals();
  static const mll::ancestor_table ancestors{graph};
  return mll::detail::caption_overlap(graph, ancestors, names, captions, candidates);
}

const std::vector<std::vector<node_id>> crane_and_heron{
    {node_id{mll::test::crane_machine}, node_id{mll::test::crane_bird}}, {node_id{mll::test::heron}}};

}  // namespace

TEST_CASE("caption_overlap counts words shared with the gloss, words and ancestors of a sense") {
  const auto gloss = overlap({"crane", "heron"}, {"it was lifting loads", ""}, crane_and_heron);
  CHECK(gloss[0][0] == doctest::Approx(std::log(4.0 / 2) / std::log(4.0)));  // one of three candidates
  CHECK(gloss[0][1] == 0);
  const auto broader = overlap({"crane", "heron"}, {"a kind of animal", ""}, crane_and_heron);
  CHECK(broader[0][0] == 0);
  CHECK(broader[0][1] == doctest::Approx(std::log(4.0 / 3) / std::log(4.0)));  // two of three
  CHECK(broader[1] == std::vector<double>{0});
}

TEST_CASE("caption_overlap ignores words of the name, function words, repetitions and unknown words") {
  const auto once = overlap({"crane", "heron"}, {"tall", ""}, crane_and_heron);
  CHECK(once[0][1] > 0);
  CHECK(overlap({"crane", "heron"}, {"This tall, tall crane is a qwzx!", ""}, crane_and_heron) == once);
}

TEST_CASE("caption_overlap is 0 without captions") {
  const auto none = overlap({"crane", "heron"}, {"", ""}, crane_and_heron);
  CHECK(none == std::vector<std::vector<double>>{{0, 0}, {0}});
  CHECK(overlap({"qwzx"}, {"tall"}, {{}}) == std::vector<std::vector<double>>{{}});
}
