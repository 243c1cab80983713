// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/general_model.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

struct general {
  using sample_type = int;
  static mll::matrix<float> embed_samples(std::span<const int> batch) {
    return mll::matrix<float>::Ones(static_cast<Eigen::Index>(batch.size()), 2);
  }
  static mll::matrix<float> embed_texts(std::span<const std::string_view> texts) {
    return mll::matrix<float>::Ones(static_cast<Eigen::Index>(texts.size()), 2);
  }
};
struct without_texts : general {
  static void embed_texts(std::span<const std::string_view>) {}
};
struct other_sample : general {
  using sample_type = std::string;
};

}  // namespace

static_assert(mll::general_model<general>);
static_assert(!mll::general_model<without_texts>);
static_assert(!mll::general_model<other_sample>);
static_assert(!mll::general_model<int>);

TEST_CASE("a general model is used through the concept alone") {
  const auto width = [](const mll::general_model auto& s) {
    return mll::matrix<float>{s.embed_texts({})}.cols();
  };
  CHECK(width(general{}) == 2);
}
