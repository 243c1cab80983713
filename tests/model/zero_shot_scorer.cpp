#include "mll/model/zero_shot_scorer.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

struct scorer {
  using sample_type = int;
  static mll::matrix<float> embed_samples(std::span<const int> batch) {
    return mll::matrix<float>::Ones(static_cast<Eigen::Index>(batch.size()), 2);
  }
  static mll::matrix<float> embed_texts(std::span<const std::string_view> texts) {
    return mll::matrix<float>::Ones(static_cast<Eigen::Index>(texts.size()), 2);
  }
};
struct without_texts : scorer {
  static void embed_texts(std::span<const std::string_view>) {}
};
struct other_sample : scorer {
  using sample_type = std::string;
};

}  // namespace

static_assert(mll::zero_shot_scorer<scorer>);
static_assert(!mll::zero_shot_scorer<without_texts>);
static_assert(!mll::zero_shot_scorer<other_sample>);
static_assert(!mll::zero_shot_scorer<int>);

TEST_CASE("a general model is used through the concept alone") {
  const auto width = [](const mll::zero_shot_scorer auto& s) {
    return mll::matrix<float>{s.embed_texts({})}.cols();
  };
  CHECK(width(scorer{}) == 2);
}
