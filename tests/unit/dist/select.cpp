// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/select.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../../benchmarks/support/wide_hub.hpp"
#include "../../../benchmarks/support/wide_match.hpp"
#include "../../../benchmarks/support/wide_share.hpp"
#include "mll/dist/alone.hpp"
#include "mll/dist/communication_error.hpp"
#include "mll/dist/counted.hpp"
#include "mll/dist/threads.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/model/detail/unit_rows.hpp"
#include "mll/profile/profile.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/baselines/ridge_stacking.hpp"
#include "mll/select/baselines/top_heads.hpp"
#include "mll/select/calibrate/detail/fit_logistic.hpp"
#include "mll/select/combine/detail/packed_rows.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/select.hpp"
#include "support/planted_names.hpp"
#include "support/shares.hpp"
#include "support/toy_general_model.hpp"

namespace {

using mll::dist::threads;
using mll::test::random_shares;
using mll::test::share_of;

const mll::exec::sequential backend;

// Everything that a selection holds.
std::string bytes_of(const mll::selection& chosen) {
  return mll::detail::encode_selection(chosen);
}

/// A planted hub of seven models; the classes of the task differ in samples.
struct divided_hub {
  std::vector<mll::test::planted_model> models = planted_models();
  mll::test::planted_task planted = mll::test::plant({24, 9, 14, 30, 6}, models, 17);
  mll::model_labels labels = mll::test::named_labels(planted, models);

  static std::vector<mll::test::planted_model> planted_models() {
    auto out = mll::test::mixed_hub(5, 4, 2, 1.1);
    out.push_back(out[1]);
    out.back().resize(3);
    return out;
  }
};

/// Selects on every rank of a random division of labels.
/// @return the selections whose bytes differ from those of the undivided hub, and ranks that had no models
template <class Labels, class Options>
std::size_t different_selections(const Labels& labels, const mll::task_match& match, const Options& options,
                                 std::size_t ranks, std::uint64_t seed, std::size_t* empty = nullptr,
                                 const mll::dist::rank_options& limits = {}) {
  const std::string expected = bytes_of(mll::select(backend, labels, match, options));
  const auto shares = random_shares(labels.models().size(), ranks, seed);
  if (empty != nullptr) {
    for (const auto& share : shares) *empty += share.empty() ? 1 : 0;
  }
  std::vector<int> differs(ranks, 0);
  threads{ranks}.run([&](threads::member& comm) {
    const auto mine = share_of(labels, shares[comm.rank()]);
    const auto found = mll::select(backend, comm, mine, match, options, limits);
    differs[comm.rank()] = bytes_of(found) != expected ? 1 : 0;
  });
  return static_cast<std::size_t>(std::count(differs.begin(), differs.end(), 1));
}

// Fails to read the responses of its heads.
class broken_source : public mll::label_source<mll::model_labels> {
 public:
  using label_source::label_source;
  void read(std::size_t, std::span<const mll::node_samples>, std::span<std::uint8_t>) const {
    throw std::runtime_error{"disk of this rank"};
  }
};
static_assert(mll::hub_source<broken_source>);

}  // namespace

TEST_CASE("over any ranks the selection and its estimate have the bits of the undivided hub") {
  const divided_hub f;
  std::size_t empty = 0;
  for (const std::size_t ranks : {1U, 2U, 3U, 7U, 16U}) {
    for (const std::uint64_t seed : {1U, 2U}) {
      CAPTURE(ranks);
      CAPTURE(seed);
      CHECK(different_selections(f.labels, f.planted.match, mll::select_options<>{}, ranks, seed, &empty) ==
            0);
    }
  }
  CHECK(empty > 0);
}

TEST_CASE("general heads compete over ranks as in the undivided hub") {
  const divided_hub f;
  mll::task_match match = f.planted.match;
  match.classes[4] = mll::class_match{};  // no node, so no samples
  const auto model = mll::test::general_model_for(f.planted.truth, 5, 0.2F,
                                                  mll::test::random_noise(f.planted.truth.size(), 5, 6));
  const mll::general_model_labels seen{mll::detail::unit_rows(model.samples, "sample"),
                                       mll::matrix<float>::Identity(5, 5)};
  const auto general = mll::make_general_heads(model, seen, f.labels.samples(), match);
  mll::select_options<> options;
  options.general = &general;
  options.method.screened = 4;
  const mll::selection chosen = mll::select(backend, f.labels, match, options);
  REQUIRE(chosen.models.size() > 1);
  REQUIRE_FALSE(chosen.models.back().id.valid());  // heads of both kinds
  CHECK(different_selections(f.labels, match, options, 3, 5) == 0);

  SUBCASE("with a profile, in a budget of heads and of experts") {
    const auto profile = mll::profile(backend, f.labels, mll::test::named_graph(5), {.general = &seen});
    options.profile = &profile;
    options.method.min_effective_samples = 0;
    CHECK(different_selections(f.labels, match, options, 3, 6) == 0);
    options.method.min_effective_samples = 1e6;
    CHECK(different_selections(f.labels, match, options, 3, 7) == 0);
    options.method.budget = mll::experts{3};
    CHECK(different_selections(f.labels, match, options, 4, 8) == 0);
  }
}

TEST_CASE("other methods, codecs and objectives have the same bits, too") {
  const divided_hub f;
  CHECK(different_selections(f.labels, f.planted.match, mll::select_options<mll::ridge_stacking>{}, 3, 1) ==
        0);
  CHECK(different_selections(f.labels, f.planted.match, mll::select_options<mll::top_heads<>>{}, 3, 2) == 0);
  CHECK(different_selections(f.labels, f.planted.match, mll::select_options<mll::chco<mll::macro_accuracy>>{},
                             2, 3) == 0);
  const auto floats = f.planted.labels<mll::log_odds_float>();
  CHECK(different_selections(floats, f.planted.match, mll::select_options<>{}, 3, 4) == 0);
}

TEST_CASE("a wide hub with sparse statistics: equal bits, and the bytes of docs/scale.md") {
  const mll::benchmark::wide_size size = mll::benchmark::wide_size::of("small");
  const mll::benchmark::wide_hub hub{size, 3};
  const auto excesses = hub.excesses();
  const auto match = mll::benchmark::match_of(hub, hub.task(1));
  const std::size_t models = mll::benchmark::wide_share::model_count(hub);
  std::vector<std::size_t> all(models);
  for (std::size_t m = 0; m < models; ++m) all[m] = m;
  mll::select_options<> options;
  options.folds = 2;
  options.max_samples = 2000;
  const mll::benchmark::wide_share whole{hub, excesses, all};
  const mll::selection undivided = mll::select(backend, whole, match, options);
  const std::string expected = bytes_of(undivided);

  for (const std::size_t ranks : {3U, 7U}) {
    const auto shares = random_shares(models, ranks, 11);
    std::vector<std::vector<mll::dist::traffic>> logs(ranks);
    std::vector<int> same(ranks, 0);
    std::vector<std::size_t> heads(ranks);
    threads{ranks}.run([&](threads::member& base) {
      mll::dist::counted comm{base};
      const mll::benchmark::wide_share share{hub, excesses, shares[comm.rank()]};
      heads[comm.rank()] = share.head_count();
      same[comm.rank()] = bytes_of(mll::select(backend, comm, share, match, options)) == expected ? 1 : 0;
      logs[comm.rank()] = {comm.log().begin(), comm.log().end()};
    });
    CHECK(std::count(same.begin(), same.end(), 1) == static_cast<std::ptrdiff_t>(ranks));

    // Catalogue; then three calls per fit, names after the first one; last the check.
    const std::size_t classes = size.classes;
    const std::size_t screened = options.method.screened;
    REQUIRE(logs[0].size() == 1 + 4 + 2 * 3 + 1);
    std::size_t sent_rows = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
      const auto& log = logs[r];
      CHECK(log[0] == mll::dist::traffic{14 + 8 * shares[r].size(), 14 * ranks + 8 * models});
      for (const std::size_t fit : {1U, 5U, 8U}) {
        CHECK(log[fit].sent == 1 + classes * (4 + 8 * std::min(screened, heads[r])));
        CHECK(log[fit + 1].received == ranks + 12 * classes * screened);
        CHECK((log[fit + 2].received - ranks) % 2000 == 0);  // rows of whole heads
        CHECK(log[fit + 2].received <= ranks + 2000 * classes * options.method.shortlisting.max_heads);
        sent_rows += log[fit + 2].sent - 1;
      }
      CHECK(log.back() == mll::dist::traffic{9, 9 * ranks});
    }
    const auto& log = logs[0];
    CHECK(sent_rows == log[3].received + log[7].received + log[10].received - 3 * ranks);
  }
}

TEST_CASE("where rows are dealt to ranks, the selection and its estimate have the same bits") {
  const divided_hub f;
  const mll::dist::rank_options limits{.max_row_bytes = 0};
  for (const std::size_t ranks : {1U, 2U, 3U, 7U, 16U}) {  // of one block of 512 rows: some ranks have none
    CAPTURE(ranks);
    CHECK(different_selections(f.labels, f.planted.match, mll::select_options<>{}, ranks, ranks, nullptr,
                               limits) == 0);
  }
  const auto floats = f.planted.labels<mll::log_odds_float>();
  CHECK(different_selections(floats, f.planted.match, mll::select_options<>{}, 3, 4, nullptr, limits) == 0);
  CHECK(different_selections(f.labels, f.planted.match, mll::select_options<mll::chco<mll::macro_accuracy>>{},
                             2, 3, nullptr, limits) == 0);

  mll::task_match match = f.planted.match;
  match.classes[4] = mll::class_match{};  // no node, so no samples
  const auto model = mll::test::general_model_for(f.planted.truth, 5, 0.2F,
                                                  mll::test::random_noise(f.planted.truth.size(), 5, 6));
  const mll::general_model_labels seen{mll::detail::unit_rows(model.samples, "sample"),
                                       mll::matrix<float>::Identity(5, 5)};
  const auto general = mll::make_general_heads(model, seen, f.labels.samples(), match);
  mll::select_options<> options;
  options.general = &general;
  options.method.screened = 4;
  CHECK(different_selections(f.labels, match, options, 3, 5, nullptr, limits) == 0);
}

TEST_CASE("a wide hub whose rows are dealt: equal bits, and the bytes of docs/scale.md") {
  const mll::benchmark::wide_size size = mll::benchmark::wide_size::of("small");
  const mll::benchmark::wide_hub hub{size, 3};
  const auto excesses = hub.excesses();
  const auto match = mll::benchmark::match_of(hub, hub.task(1));
  const std::size_t models = mll::benchmark::wide_share::model_count(hub);
  std::vector<std::size_t> all(models);
  for (std::size_t m = 0; m < models; ++m) all[m] = m;
  mll::select_options<> options;
  options.folds = 2;
  options.max_samples = 2000;
  const mll::benchmark::wide_share whole{hub, excesses, all};
  const std::string expected = bytes_of(mll::select(backend, whole, match, options));
  const mll::task_evidence evidence{whole, match, nullptr, nullptr, options.max_samples};
  const mll::detail::packed_rows rows{evidence.rows(), size.classes};
  const std::size_t blocks = rows.block_count();
  const std::size_t columns = rows.targets().size();
  REQUIRE(blocks > 3);

  for (const std::size_t ranks : {3U, 7U}) {
    CAPTURE(ranks);
    const auto shares = random_shares(models, ranks, 11);
    std::vector<std::vector<mll::dist::traffic>> logs(ranks);
    std::vector<std::size_t> rows_of_all(ranks);
    std::vector<int> same(ranks, 0);
    threads{ranks}.run([&](threads::member& base) {
      const mll::benchmark::wide_share share{hub, excesses, shares[base.rank()]};
      mll::dist::counted undealt{base};
      static_cast<void>(mll::select(backend, undealt, share, match, options));
      rows_of_all[base.rank()] = undealt.log()[3].received;
      mll::dist::counted comm{base};
      const auto found = mll::select(backend, comm, share, match, options, {.max_row_bytes = 0});
      same[base.rank()] = bytes_of(found) == expected ? 1 : 0;
      logs[base.rank()] = {comm.log().begin(), comm.log().end()};
    });
    CHECK(std::count(same.begin(), same.end(), 1) == static_cast<std::ptrdiff_t>(ranks));
    const std::size_t shortlisted = (rows_of_all[0] - ranks) / options.max_samples;
    std::size_t dealt = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
      const auto& log = logs[r];
      const std::size_t own = blocks * (r + 1) / ranks - blocks * r / ranks;
      CHECK(log[3].received == ranks + shortlisted * own * 512);
      dealt += log[3].received - ranks;
      CHECK(log[4].received == ranks + 4 * size.classes * columns);
      CHECK(log[5] == mll::dist::traffic{1 + 8 * own, ranks + 8 * blocks});  // the objective
      REQUIRE(log[6].received > ranks + 8 * blocks);                         // moves of some classes
      CHECK((log[6].received - ranks) % (8 * blocks) == 0);
      CHECK(log[6].sent == 1 + (log[6].received - ranks) / blocks * own);
    }
    CHECK(dealt == shortlisted * blocks * 512);
    // The responses on every rank, all of them, and those of the picked heads.
    std::size_t steps = 0;
    for (std::size_t i = 7; i < logs[0].size(); ++i)
      steps += logs[0][i].received == ranks + 8 * columns ? 1 : 0;
    CHECK(steps > size.classes);
  }
}

TEST_CASE("Newton steps: the owner of a head fits it, and all ranks together do what one does") {
  const mll::benchmark::wide_size size = mll::benchmark::wide_size::of("small");
  const mll::benchmark::wide_hub hub{size, 3};
  const auto excesses = hub.excesses();
  const auto match = mll::benchmark::match_of(hub, hub.task(1));
  const std::size_t models = mll::benchmark::wide_share::model_count(hub);
  const mll::select_options<> options{.folds = 0, .max_samples = 2000};
  const auto steps_of = [&](std::size_t ranks) {
    const auto shares = random_shares(models, ranks, 5);
    std::vector<std::uint64_t> steps(ranks);
    std::vector<std::size_t> fits(ranks);
    threads{ranks}.run([&](threads::member& base) {
      mll::dist::counted comm{base};
      const mll::benchmark::wide_share share{hub, excesses, shares[comm.rank()]};
      const std::uint64_t before = mll::detail::newton_steps;
      static_cast<void>(mll::select(backend, comm, share, match, options));
      steps[comm.rank()] = mll::detail::newton_steps - before;
      fits[comm.rank()] = (comm.log()[2].sent - 1) / sizeof(mll::calibration);
    });
    for (std::size_t r = 0; r < ranks; ++r) {
      CHECK(steps[r] >= 2 * fits[r]);
      CHECK(steps[r] <= 30 * fits[r]);
    }
    return std::accumulate(steps.begin(), steps.end(), std::uint64_t{0});
  };
  const std::uint64_t alone = steps_of(1);
  CHECK(alone > 2 * size.classes * 64);
  CHECK(steps_of(2) == alone);
  CHECK(steps_of(7) == alone);
}

TEST_CASE("shares that do not belong together are refused on all ranks") {
  const divided_hub f;
  const auto complaint = [&](const auto& shard_of) {
    std::vector<std::string> said(2);
    threads{2}.run([&](threads::member& comm) {
      const auto mine = shard_of(comm.rank());
      try {
        static_cast<void>(mll::select(backend, comm, mine, f.planted.match));
      } catch (const mll::invalid_argument& problem) {
        said[comm.rank()] = problem.what();
      }
    });
    CHECK(said[0] != "");
    return said[1];
  };
  const std::vector<std::size_t> few{0, 1, 2};
  const std::vector<std::size_t> others{2, 3};
  CHECK(complaint([&](std::size_t rank) { return share_of(f.labels, rank == 0 ? few : others); }) ==
        "shard: expected each model in one share, found model 2 at ranks 0 and 1");
  auto elsewhere = mll::test::plant({24, 9, 14, 30, 7}, f.models, 17);
  const auto there = mll::test::named_labels(elsewhere, f.models);
  CHECK(complaint([&](std::size_t rank) {
          return rank == 0 ? share_of(f.labels, few) : share_of(there, others);
        }).find("shard: expected labels on the samples of this rank, found labels on other samples") == 0);
}

TEST_CASE("what fails on one rank fails on all, with the reason") {
  const divided_hub f;
  const auto shares = random_shares(7, 3, 2);
  REQUIRE_FALSE(shares[1].empty());
  std::vector<std::string> said(3);
  threads{3}.run([&](threads::member& comm) {
    const auto mine = share_of(f.labels, shares[comm.rank()]);
    try {
      if (comm.rank() == 1) {
        static_cast<void>(mll::select(backend, comm, broken_source{mine}, f.planted.match));
      } else {
        static_cast<void>(mll::select(backend, comm, mine, f.planted.match));
      }
    } catch (const std::exception& problem) {
      said[comm.rank()] = problem.what();
    }
  });
  CHECK(said[0] == "rank 1: disk of this rank");
  CHECK(said[1] == "disk of this rank");
  CHECK(said[2] == "rank 1: disk of this rank");
}

TEST_CASE("the labels that a method needs from all ranks have a limit") {
  const divided_hub f;
  mll::dist::alone comm;
  const mll::select_options<mll::ridge_stacking> options{};
  // 33 heads, 83 samples and 5 nodes
  CHECK_NOTHROW(static_cast<void>(mll::select(backend, comm, f.labels, f.planted.match, options,
                                              {.max_gathered_bytes = 33 * (83 + 20)})));
  std::string said;
  try {
    static_cast<void>(mll::select(backend, comm, f.labels, f.planted.match, options,
                                  {.max_gathered_bytes = 33 * (83 + 20) - 1}));
  } catch (const mll::invalid_argument& problem) {
    said = problem.what();
  }
  CHECK(said.find("limits.max_gathered_bytes: expected at least 3399 bytes") == 0);
}
