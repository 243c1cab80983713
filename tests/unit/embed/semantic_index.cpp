// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/semantic_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/exec/sequential.hpp"
#include "support/animals.hpp"
#include "support/backends.hpp"
#include "support/toy_embedder.hpp"

namespace {

/// A pseudo-random direction for every text, on a coarse grid so that different texts may coincide.
struct hashed_direction {
  [[nodiscard]] static std::size_t dimension() { return 3; }
  [[nodiscard]] static mll::matrix<float> embed(std::span<const std::string_view> texts) {
    mll::matrix<float> out(static_cast<Eigen::Index>(texts.size()), 3);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto row = out.row(static_cast<Eigen::Index>(i));
      for (Eigen::Index d = 0; d < 3; ++d)
        row[d] = static_cast<float>(mll::stable_hash(texts[i], static_cast<std::uint64_t>(d)) % 3) - 1;
      if (row.norm() > 0) row.normalize();
    }
    return out;
  }
};
static_assert(mll::text_embedder<hashed_direction>);

// More nodes than one block of embeddings.
mll::test::small_dag many_nodes() {
  mll::test::small_graph graph(1300);
  for (std::size_t v = 0; v < 1300; ++v)
    graph[v] = {"s" + std::to_string(v), {}, "gloss " + std::to_string(v), 0};
  return mll::test::small_dag{std::move(graph)};
}

}  // namespace

TEST_CASE_TEMPLATE("semantic_index embeds words and gloss of each node", Backend, MLL_TEST_BACKENDS) {
  const auto graph = many_nodes();
  const mll::semantic_index index{Backend{}, graph, hashed_direction{}};
  REQUIRE(index.nodes().rows() == 1300);
  for (std::size_t v = 0; v < 1300; ++v) {
    const std::string text = "gloss " + std::to_string(v);
    const std::vector<std::string_view> one{text};
    CHECK(index.nodes().row(static_cast<Eigen::Index>(v)) == hashed_direction::embed(one).row(0));
  }
  const auto zoo = mll::test::animals();
  const mll::semantic_index words{Backend{}, zoo, hashed_direction{}};
  const std::vector<std::string_view> text{"bulldozer, dozer, a machine that pushes earth"};
  CHECK(words.nodes().row(mll::test::bulldozer) == hashed_direction::embed(text).row(0));
}

TEST_CASE("nearest agrees with sorting all cosines; ties go to the lower id") {
  const auto graph = many_nodes();
  const mll::semantic_index index{mll::exec::sequential{}, graph, hashed_direction{}};
  for (const std::string_view text : {"a", "b", "c", "d"}) {
    const std::vector<std::string_view> one{text};
    const Eigen::RowVectorXf row = hashed_direction::embed(one).row(0);
    std::vector<std::size_t> order(1300);
    std::vector<float> cosine(1300);
    for (std::size_t v = 0; v < 1300; ++v) {
      order[v] = v;
      cosine[v] = 0;
      for (Eigen::Index d = 0; d < 3; ++d)
        cosine[v] += row[d] * index.nodes()(static_cast<Eigen::Index>(v), d);
    }
    // Equal rows have equal cosines; different ones differ by far more than rounding.
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return cosine[a] > cosine[b] + 1e-5F; });
    for (const std::size_t k : {0U, 1U, 7U, 200U, 5000U}) {
      const auto found = index.nearest(row, k);
      REQUIRE(found.size() == std::min<std::size_t>(k, 1300));
      for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].node == mll::node_id{order[i]});
        CHECK(found[i].similarity == doctest::Approx(cosine[order[i]]).epsilon(1e-5));
        CHECK(found[i].similarity == doctest::Approx(index.similarity(row, found[i].node)).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE_TEMPLATE("nearest of several texts agrees with each text alone", Backend, MLL_TEST_BACKENDS) {
  const auto graph = many_nodes();
  const mll::semantic_index index{Backend{}, graph, hashed_direction{}};
  const std::vector<std::string_view> texts{"a", "b", "c", "d", "e"};
  const mll::matrix<float> rows = hashed_direction::embed(texts);
  const auto found = index.nearest(Backend{}, rows, 30);
  REQUIRE(found.size() == texts.size());
  for (std::size_t t = 0; t < texts.size(); ++t) {
    const auto alone = index.nearest(rows.row(static_cast<Eigen::Index>(t)), 30);
    REQUIRE(found[t].size() == alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
      CHECK(found[t][i].similarity == doctest::Approx(alone[i].similarity).epsilon(1e-6));
    }
  }
  CHECK(index.nearest(Backend{}, rows.topRows(0), 3).empty());
}

TEST_CASE("semantic_index accepts earlier vectors of the same graph and embedder") {
  const auto graph = many_nodes();
  const mll::semantic_index made{mll::exec::sequential{}, graph, hashed_direction{}};
  const mll::matrix<float> rows = made.nodes();
  const mll::semantic_index again{graph, hashed_direction{}, mll::vector_set{rows}};
  CHECK(again.nodes() == made.nodes());
  // Half as many bytes, and here the same neighbours: the three coordinates are 0 or roots of 1/2 and 1/3.
  const mll::semantic_index halves{graph, hashed_direction{},
                                   mll::vector_set{mll::matrix<Eigen::half>{rows.cast<Eigen::half>()}}};
  const std::vector<std::string_view> one{"a"};
  const Eigen::RowVectorXf text = hashed_direction::embed(one).row(0);
  CHECK(halves.nearest(text, 3)[0].similarity ==
        doctest::Approx(made.nearest(text, 3)[0].similarity).epsilon(2e-3));
  CHECK(halves.similarity(text, mll::node_id{7}) ==
        doctest::Approx(made.similarity(text, mll::node_id{7})).epsilon(2e-3));

  CHECK_THROWS_WITH_AS(
      (mll::semantic_index{graph, hashed_direction{}, mll::vector_set{mll::matrix<float>{rows.topRows(9)}}}),
      "vectors: expected 1300 x 3, one per node, found 9 x 3", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(
      (mll::semantic_index{graph, hashed_direction{}, mll::vector_set{mll::matrix<float>{-rows}}}),
      "vectors: expected those that the embedder gives for this graph, found another for node 's0'",
      mll::invalid_argument);
}

TEST_CASE("a text finds the node with the same meaning") {
  const auto graph = mll::test::animals();
  const mll::semantic_index index{mll::exec::sequential{}, graph,
                                  mll::test::toy_embedder{{{"rodent"}, {"wheels"}, {"bird"}}}};
  const std::vector<std::string_view> text{"something on two wheels"};
  const Eigen::RowVectorXf row = index.embedder().embed(text).row(0);
  const auto found = index.nearest(row, 2);
  CHECK(found[0].node == mll::node_id{mll::test::bicycle});
  CHECK(found[0].similarity == doctest::Approx(1));
  CHECK(found[1].similarity == doctest::Approx(0));
  CHECK(found[1].node == mll::node_id{0});
}

TEST_CASE("an embedder that returns what is not finite is refused, with the node") {
  struct faulty_embedder : hashed_direction {
    mll::matrix<float> embed(std::span<const std::string_view> texts) const {
      mll::matrix<float> out = hashed_direction::embed(texts);
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].find("rodent") != std::string_view::npos)
          out(static_cast<Eigen::Index>(i), 1) = std::numeric_limits<float>::quiet_NaN();
      }
      return out;
    }
  };
  CHECK_THROWS_WITH_AS(
      (mll::semantic_index{mll::exec::sequential{}, mll::test::animals(), faulty_embedder{}}),
      "model 'text embedder': returned NaN for node 'n14'; expected finite numbers", mll::model_error);
}
