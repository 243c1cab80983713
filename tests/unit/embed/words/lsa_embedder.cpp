// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/lsa_embedder.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "mll/graph/make_semantic_dag.hpp"
#include "support/thin_svd.hpp"
#include "support/wordnet.hpp"

namespace {

using views = std::vector<std::string_view>;

const views corpus{"the dog barks at the wolf", "a wolf is a wild dog", "the bank lends money",
                   "money in the bank", "a dog and a bank"};

float cosine(const mll::matrix<float>& rows, Eigen::Index i, Eigen::Index j) {
  return rows.row(i).dot(rows.row(j));
}

}  // namespace

TEST_CASE("lsa_embedder projects onto the singular vectors") {
  const mll::lsa_embedder embedder{corpus, {.dimension = 3, .min_documents = 1, .power_iterations = 8}};
  // The same with a dense decomposition; rows of the projected documents are U S, whose signs cancel in
  // cosines.
  const mll::detail::tf_idf words{corpus, 1};
  CHECK(embedder.vocabulary_size() == words.size());
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(5, static_cast<Eigen::Index>(words.size()));
  for (std::size_t i = 0; i < 5; ++i) {
    for (const auto& [term, weight] : words(corpus[i])) {
      dense(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(term)) = weight;
    }
  }
  const auto exact = mll::test::thin_svd(dense);
  REQUIRE(embedder.dimension() == 3);
  for (Eigen::Index k = 0; k < 3; ++k) {
    CHECK(embedder.singular_values()[static_cast<std::size_t>(k)] ==
          doctest::Approx(exact.singularValues()(k)));
  }
  Eigen::MatrixXd projected = exact.matrixU().leftCols(3) * exact.singularValues().head(3).asDiagonal();
  projected.rowwise().normalize();
  const auto rows = embedder.embed(corpus);
  for (Eigen::Index i = 0; i < 5; ++i) {
    for (Eigen::Index j = 0; j < 5; ++j) {
      CHECK(cosine(rows, i, j) == doctest::Approx(projected.row(i).dot(projected.row(j))).epsilon(1e-4));
    }
  }
}

TEST_CASE("words of the same texts are similar") {
  const mll::lsa_embedder embedder{corpus, {.dimension = 2}};
  const auto rows = embedder.embed(views{"dog", "wolf", "money", "bank", "qwzx"});
  CHECK(cosine(rows, 0, 1) > cosine(rows, 0, 2));
  CHECK(cosine(rows, 2, 3) > cosine(rows, 1, 3));
  CHECK(rows.row(4).norm() == 0);
}

TEST_CASE("lsa_embedder has fewer dimensions if the texts span a smaller space") {
  const mll::lsa_embedder embedder{corpus, {.dimension = 100, .min_documents = 1}};
  CHECK(embedder.dimension() == 5);
  const mll::lsa_embedder twins{views{"a b", "a b", "c"}, {.dimension = 100, .min_documents = 1}};
  CHECK(twins.dimension() == 2);
}

TEST_CASE("lsa_embedder depends on texts and seed only, and hardly on the seed") {
  const auto embed = [](std::uint64_t seed) {
    return mll::lsa_embedder{corpus, {.dimension = 2, .seed = seed}}.embed(corpus);
  };
  CHECK((embed(1).array() == embed(1).array()).all());
  CHECK((embed(1) - embed(2)).cwiseAbs().maxCoeff() < 1e-3F);
}

TEST_CASE("lsa_embedder fits a graph on lemmas and glosses") {
  const auto dag =
      mll::make_semantic_dag({{.id = "1", .lemmas = {{.text = "tabby cat"}}, .gloss = "a striped pet"},
                              {.id = "2", .lemmas = {{.text = "zebra"}}, .gloss = "a striped horse"},
                              {.id = "3", .lemmas = {{.text = "bank"}}, .gloss = "it lends money"}},
                             {});
  const mll::lsa_embedder embedder{dag, {.dimension = 2, .min_documents = 1}};
  CHECK(embedder.vocabulary_size() == 11);
  const auto rows = embedder.embed(views{"tabby", "zebra", "lends"});
  CHECK(cosine(rows, 0, 1) > cosine(rows, 0, 2));
}

TEST_CASE("lsa_embedder rejects invalid options and texts") {
  const auto refuses = [](const views& texts, const mll::lsa_options& options, const char* message) {
    CHECK_THROWS_WITH_AS((mll::lsa_embedder{texts, options}), message, mll::invalid_argument);
  };
  refuses(corpus, {.dimension = 0}, "dimension: expected at least 1, found 0");
  refuses(corpus, {.min_documents = 0}, "min_documents: expected at least 1, found 0");
  refuses({}, {}, "texts: expected words in at least 2 texts, but not in all, found none in 0 texts");
  refuses({"a", "b"}, {}, "texts: expected words in at least 2 texts, but not in all, found none in 2 texts");
  refuses({"a", "\xFF"}, {}, "texts: expected UTF-8, found other bytes in text 1");
  const mll::lsa_embedder embedder{corpus, {.dimension = 2}};
  CHECK_THROWS_WITH_AS((void)embedder.embed(views{"\xFF"}),
                       "texts: expected UTF-8, found other bytes in text 0", mll::invalid_argument);
}

TEST_CASE("lsa_embedder learns meaning from glosses of WordNet") {
  const auto* nouns = mll_test::wordnet_nouns();
  if (nouns == nullptr) return;
  // The glosses below "canine" and below "financial institution" would do; these are all those of animals and
  // groups.
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < nouns->size(); ++i) {
    const mll::synset& node = (*nouns)[mll::node_id{i}];
    if (node.domain != 5 && node.domain != 14 && node.domain != 21) continue;
    texts.push_back(node.gloss);
    for (const auto& word : node.lemmas) texts.back() += ' ' + word.text;
  }
  const mll::lsa_embedder embedder{views(texts.begin(), texts.end()),
                                   {.dimension = 32, .power_iterations = 1}};
  const auto rows = embedder.embed(views{"dog", "wolf", "bank"});
  CHECK(cosine(rows, 0, 1) > cosine(rows, 0, 2));
}
