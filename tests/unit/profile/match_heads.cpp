// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/match_heads.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/animals.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

// Labels of models with these head names, over three samples of the goose.
mll::model_labels labels_of(const std::vector<std::vector<std::string>>& names) {
  mll::model_labels out{mll::sample_layout{{mll::node_id{mll::test::goose}}, std::vector<std::size_t>{3}}};
  for (std::size_t m = 0; m < names.size(); ++m) {
    const mll::matrix<float> responses =
        mll::matrix<float>::Constant(3, static_cast<Eigen::Index>(names[m].size()), 0.5F);
    out.insert(mll::test::make_label<mll::log_odds_8bit>(mll::model_id{m}, "model " + std::to_string(m),
                                                         names[m], responses, out.samples()));
  }
  return out;
}

const mll::test::small_dag& graph() {
  static const mll::test::small_dag animals = mll::test::animals();
  return animals;
}

}  // namespace

TEST_CASE("heads mean the nodes of their names; a number is not a name") {
  const auto found =
      mll::match_heads(mll::exec::sequential{},
                       labels_of({{"geese", "racing bicycle", "class_3"}, {"label12", "qwzx"}}), graph());
  REQUIRE(found.size() == 5);
  CHECK(found[0].node == mll::node_id{mll::test::goose});
  CHECK(found[0].confidence == 1);
  CHECK(found[1].node == mll::node_id{mll::test::bicycle});
  CHECK(found[1].confidence == 0.5);
  for (const std::size_t nameless : {2U, 3U, 4U}) {
    CHECK(!found[nameless].node.valid());
    CHECK(found[nameless].confidence == 0);
  }
}

TEST_CASE("the senses of the heads of one model are chosen together, those of another model apart") {
  const auto found = mll::match_heads(
      mll::exec::sequential{}, labels_of({{"crane", "heron", "goose"}, {"crane", "bulldozer"}}), graph());
  CHECK(found[0].node == mll::node_id{mll::test::crane_bird});
  CHECK(found[3].node == mll::node_id{mll::test::crane_machine});
}

TEST_CASE_TEMPLATE("match_heads is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto labels =
      labels_of({{"crane", "heron"}, {"crane", "bulldozer"}, {"driver", "class 1"}, {"mouse"}});
  const auto expected = mll::match_heads(mll::exec::sequential{}, labels, graph());
  const auto found = mll::match_heads(Backend{}, labels, graph());
  REQUIRE(found.size() == expected.size());
  for (std::size_t h = 0; h < found.size(); ++h) {
    CHECK(found[h].node == expected[h].node);
    CHECK(found[h].confidence == expected[h].confidence);
  }
}
