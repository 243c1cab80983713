// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/text_embedder.hpp"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

#include "mll/embed/tables/embedding_table.hpp"
#include "mll/embed/words/hashed_ngrams.hpp"
#include "mll/embed/words/lsa_embedder.hpp"

namespace {

struct no_dimension {
  static mll::matrix<float> embed(std::span<const std::string_view>) { return {}; }
};
struct one_text_only {
  static std::size_t dimension() { return 1; }
  static mll::matrix<float> embed(std::string_view) { return {}; }
};
struct not_const {
  std::size_t dimension() { return 1; }
  mll::matrix<float> embed(std::span<const std::string_view>) { return {}; }
};

static_assert(!mll::text_embedder<no_dimension>);
static_assert(!mll::text_embedder<one_text_only>);
static_assert(!mll::text_embedder<not_const>);
static_assert(!mll::text_embedder<int>);

const std::vector<std::string_view> corpus{"a dog is an animal", "a wolf is an animal",
                                           "the bank lends money", "money lies in the bank"};

template <class Embedder>
Embedder make();
template <>
mll::hashed_ngrams make() {
  return mll::hashed_ngrams{{.dimension = 64}};
}
template <>
mll::lsa_embedder make() {
  return mll::lsa_embedder{corpus, {.dimension = 3}};
}
template <>
mll::embedding_table make() {
  const std::vector<std::string> names{"animal", "money bank"};
  mll::matrix<float> vectors(2, 2);
  vectors << 3, 4, -1, 0;
  return mll::embedding_table{names, vectors};
}

}  // namespace

TEST_CASE_TEMPLATE("every embedder passes check_embedder", Embedder, mll::hashed_ngrams, mll::lsa_embedder,
                   mll::embedding_table) {
  const auto embedder = make<Embedder>();
  const std::vector<std::string_view> texts{
      "animal", "", "Money bank", "!?", "qwzx", "animal", "the money of an animal"};
  const auto rows = embedder.embed(texts);
  REQUIRE(static_cast<std::size_t>(rows.rows()) == texts.size());
  REQUIRE(static_cast<std::size_t>(rows.cols()) == embedder.dimension());
  CHECK(rows.allFinite());
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const float length = rows.row(i).norm();
    CHECK((length == 0 || length == doctest::Approx(1)));
    // A row depends on its text only, to the last bit.
    const std::vector<std::string_view> alone{texts[static_cast<std::size_t>(i)]};
    CHECK((embedder.embed(alone).row(0).array() == rows.row(i).array()).all());
  }
  CHECK(rows.row(0).norm() > 0);
  CHECK(rows.row(1).norm() == 0);
  CHECK(rows.row(2).norm() > 0);
  CHECK(rows.row(3).norm() == 0);
  CHECK((rows.row(0).array() == rows.row(5).array()).all());
  const auto none = embedder.embed(std::span<const std::string_view>{});
  CHECK(none.rows() == 0);
  CHECK(static_cast<std::size_t>(none.cols()) == embedder.dimension());
}
