#include "mll/reuse/estimate_on_batch.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace {

mll::selection estimated(double accuracy, double confidence) {
  mll::selection out{.match = {mll::task{{"a"}, {"b"}}, std::vector<mll::class_match>(2)}};
  out.ensemble.votes.resize(2);
  out.estimate = mll::accuracy_estimate{.accuracy = accuracy,
                                        .low = accuracy - 0.1,
                                        .high = accuracy + 0.1,
                                        .per_class = {accuracy, accuracy},
                                        .confidence = confidence};
  return out;
}

}  // namespace

TEST_CASE("the estimate falls by what confidence is lost, and never rises") {
  mll::matrix<float> unsure(2, 2);
  unsure << 0.6F, 0.4F, 0.3F, 0.7F;
  const auto lowered = mll::estimate_on_batch(estimated(0.8, 0.75), unsure);
  CHECK(lowered.confidence == doctest::Approx(0.65));
  CHECK(lowered.accuracy == doctest::Approx(0.7));
  CHECK(lowered.low == doctest::Approx(0.6));
  CHECK(lowered.high == doctest::Approx(0.8));
  CHECK(mll::estimate_on_batch(estimated(0.8, 0.5), unsure).accuracy == 0.8);
  CHECK(mll::estimate_on_batch(estimated(0.05, 0.99), unsure).accuracy == 0);
}

TEST_CASE("what cannot be compared is refused") {
  auto without = estimated(0.8, 0.8);
  without.estimate.reset();
  CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(without, mll::matrix<float>(1, 2)),
                       "chosen: expected a selection with an estimate, found one without",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(estimated(0.8, 0.8), mll::matrix<float>(0, 2)),
                       "probabilities: expected at least 1 row of 2 columns, found [0, 2]",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(estimated(0.8, 0.8), mll::matrix<float>(1, 3)),
                       "probabilities: expected at least 1 row of 2 columns, found [1, 3]",
                       mll::invalid_argument);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), 1.5F, -0.5F}) {
    mll::matrix<float> probabilities = mll::matrix<float>::Constant(2, 2, 0.5F);
    probabilities(1, 0) = bad;
    CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(estimated(0.8, 0.8), probabilities),
                         ("probabilities: expected probabilities in [0, 1], found " +
                          mll::detail::number_text(bad) + " in row 1, column 0")
                             .c_str(),
                         mll::invalid_argument);
  }
}
