// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/shift/learn_shift.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/sequential.hpp"
#include "support/plant_hub.hpp"
#include "support/shift_error.hpp"

namespace {

using mll::test::plant_hub;
using vector = std::vector<float>;

}  // namespace

TEST_CASE("a fit learnt on distorted samples is nearer to the truth of other tasks than the default") {
  const plant_hub f;
  const auto distortions = plant_hub::distortions();
  const std::span<const mll::distortion<vector>> all{distortions};
  auto options = plant_hub::options();
  mll::distorted_labels kept;
  options.kept = &kept;
  const mll::exec::sequential backend;
  const mll::shift_fit learnt = mll::learn_shift(backend, f.models, f.samples, f.graph, all, options);

  options.seed = 17;  // other tasks
  const mll::model_labels labels = mll::label(backend, f.models, f.samples, f.graph);
  const auto fresh = mll::observe_pseudo_tasks(backend, labels, kept, f.graph, options);
  REQUIRE(fresh.size() > 40);
  double easy = 0;
  double hard = 0;
  double count = 0;
  for (const auto& one : fresh) {
    if (one.is_adapted) continue;
    if (one.distortion.empty()) {
      easy += one.accuracy;
      ++count;
    }
    if (one.distortion == distortions.back().name) hard += one.accuracy;
  }
  CHECK(hard / count < easy / count - 0.1);  // distortions lower accuracy
  CHECK(mll::test::mean_error(learnt, fresh) < 0.8 * mll::test::mean_error({}, fresh));
}

TEST_CASE("learning continues after it was cancelled, and gives the same") {
  const plant_hub f;
  const auto distortions = plant_hub::distortions();
  const std::span<const mll::distortion<vector>> all{distortions};
  const mll::exec::sequential backend;
  const mll::model_labels labels = mll::label(backend, f.models, f.samples, f.graph);
  auto options = plant_hub::options();
  options.labels = &labels;
  *f.calls = 0;
  const mll::shift_fit whole = mll::learn_shift(backend, f.models, f.samples, f.graph, all, options);
  const std::size_t needed = *f.calls;
  CHECK(needed == 6 * 8 * options.per_node * distortions.size());

  mll::distorted_labels kept;
  std::stop_source stop;
  options.kept = &kept;
  options.labelling.batch_size = 32;
  options.labelling.stop = stop.get_token();
  std::size_t batches = 0;
  options.labelling.observer = [&](const mll::progress&) {
    if (++batches == 30) stop.request_stop();
  };
  *f.calls = 0;
  CHECK_THROWS_AS((void)mll::learn_shift(backend, f.models, f.samples, f.graph, all, options),
                  mll::cancelled);
  const std::size_t before = *f.calls;
  CHECK(before > 0);
  CHECK(before < needed);
  options.labelling.stop = {};
  options.labelling.observer = {};
  const mll::shift_fit again = mll::learn_shift(backend, f.models, f.samples, f.graph, all, options);
  CHECK(*f.calls == needed);
  CHECK(again.coefficients == whole.coefficients);
  CHECK(again.spread == whole.spread);
  CHECK(again.fall == whole.fall);
}

TEST_CASE("learning refuses distortions of one name, and none") {
  const plant_hub f;
  auto distortions = plant_hub::distortions();
  distortions[1].name = distortions[0].name;
  const mll::exec::sequential backend;
  CHECK_THROWS_AS((void)mll::learn_shift(backend, f.models, f.samples, f.graph,
                                         std::span<const mll::distortion<vector>>{distortions}),
                  mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::learn_shift(backend, f.models, f.samples, f.graph,
                                         std::span<const mll::distortion<vector>>{}),
                  mll::invalid_argument);
}
