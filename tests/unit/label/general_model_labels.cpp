// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/general_model_labels.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "support/label_fixture.hpp"

using mll::node_id;

namespace {

/// Embeds sample x as (x, 1), not normalised.
struct line_model {
  using sample_type = int;
  int broken = -1;       // this sample has no finite embedding
  std::size_t lost = 0;  // rows missing from every result
  std::vector<std::size_t>* batches = nullptr;

  [[nodiscard]] mll::matrix<float> embed_samples(std::span<const int> batch) const {
    if (batches != nullptr) batches->push_back(batch.size());
    mll::matrix<float> out(static_cast<Eigen::Index>(batch.size() - lost), 2);
    for (Eigen::Index r = 0; r < out.rows(); ++r) {
      const int x = batch[static_cast<std::size_t>(r)];
      out.row(r) << (x == broken ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(x)), 1;
    }
    return out;
  }
  [[nodiscard]] static mll::matrix<float> embed_texts(std::span<const std::string_view> texts) {
    return mll::matrix<float>::Zero(static_cast<Eigen::Index>(texts.size()), 2);
  }
};

}  // namespace

TEST_CASE("every sample gets its unit embedding in its row of the layout, for any batch size") {
  const auto samples = mll::test::make_samples({{0, 3}, {1, 4}});
  const std::vector<std::size_t> counts{3, 4};
  const mll::sample_layout layout{{node_id{0}, node_id{1}}, counts};
  std::vector<std::size_t> batches;
  const auto label = mll::label_general_model(line_model{.batches = &batches}, samples, layout, 3);
  CHECK(batches == std::vector<std::size_t>{3, 3, 1});
  REQUIRE(label.embeddings.rows() == 7);
  for (Eigen::Index r = 0; r < 7; ++r) {
    const auto x = static_cast<float>(r < 3 ? r : 1000 + r - 3);
    CHECK(label.embeddings.row(r).norm() == doctest::Approx(1));
    CHECK(label.embeddings(r, 0) == doctest::Approx(x * label.embeddings(r, 1)));
  }
}

TEST_CASE("invalid input is named") {
  const auto samples = mll::test::make_samples({{0, 3}});
  const std::vector<std::size_t> counts{4};
  const mll::sample_layout more{{node_id{0}}, counts};
  const std::vector<std::size_t> right{3};
  const mll::sample_layout layout{{node_id{0}}, right};
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::label_general_model(line_model{}, samples, more)),
                       "samples: expected 4 samples of node 0, found 3", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::label_general_model(line_model{}, samples, layout, 0)),
                       "batch_size: expected at least 1, found 0", mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(mll::label_general_model(line_model{.broken = 2}, samples, layout)),
                  mll::model_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::label_general_model(line_model{.lost = 1}, samples, layout)),
                       "model 'general model': embed_samples: expected 3 rows, found shape [2, 2]",
                       mll::model_error);
}
