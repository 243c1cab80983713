#include "mll/reuse/prediction.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <optional>

#include "mll/core/numerics.hpp"

TEST_CASE("the most probable class is predicted, the first of equals, unless it is below the threshold") {
  mll::matrix<float> probabilities(3, 3);
  probabilities << 0.2F, 0.7F, 0.1F, 0.4F, 0.4F, 0.2F, 0.1F, 0.2F, 0.7F;
  const auto found = mll::detail::most_probable(probabilities, 0.5F);
  REQUIRE(found.size() == 3);
  CHECK(found[0].answer == mll::class_id{1U});
  CHECK(found[0].probability == 0.7F);
  CHECK(found[1].answer == std::nullopt);
  CHECK(found[1].probability == 0.4F);
  CHECK(found[2].answer == mll::class_id{2U});
  CHECK(mll::detail::most_probable(probabilities, 0.4F)[1].answer == mll::class_id{0U});
}

TEST_CASE("scores become log-odds; the first that is not a probability is reported") {
  mll::matrix<float> scores(4, 2);
  scores << 0, 0.5F, 0, 1, 0, -0.00005F, 0, 0.9F;
  Eigen::ArrayXXf log_odds(4, 3);
  log_odds.setConstant(77);
  CHECK(mll::detail::log_odds_of_scores(scores, 1, log_odds, 2) == std::nullopt);
  CHECK(log_odds(0, 2) == doctest::Approx(0));
  CHECK(log_odds(1, 2) == mll::numerics::max_log_odds);
  CHECK(log_odds(2, 2) == -mll::numerics::max_log_odds);
  CHECK(log_odds(3, 2) == doctest::Approx(mll::numerics::logit(0.9)).epsilon(1e-5));
  CHECK((log_odds.leftCols(2) == 77).all());
  for (const float bad : {1.2F, -0.1F, std::numeric_limits<float>::quiet_NaN()}) {
    scores(2, 1) = bad;
    scores(3, 1) = 7;
    CHECK(mll::detail::log_odds_of_scores(scores, 1, log_odds, 2) == 2);
  }
}
