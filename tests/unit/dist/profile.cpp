// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/profile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "mll/dist/alone.hpp"
#include "mll/dist/counted.hpp"
#include "mll/dist/select.hpp"
#include "mll/dist/threads.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/profile/detail/profile_bytes.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "support/named_hub.hpp"
#include "support/shares.hpp"

namespace {

using mll::dist::threads;
using mll::test::random_shares;
using mll::test::share_of;

/// Nine models of 1 to 70 heads, on 6 nodes.
struct profiled_shares : mll::test::named_hub {
  mll::exec::sequential backend;

  profiled_shares() : named_hub{planted_models(), {19, 8, 27, 12, 6, 10}, 81} {}

  static std::vector<mll::test::planted_model> planted_models() {
    std::vector<mll::test::planted_model> out;
    for (const std::size_t width : {3U, 1U, 12U, 2U, 70U, 5U, 33U, 4U, 9U}) {
      mll::test::planted_model model;
      for (std::size_t h = 0; h < width; ++h) {
        const std::size_t target = (out.size() + 2 * h) % 7;
        model.push_back(
            {target == 6 ? mll::test::planted_head::nothing : target, 0.5 + 0.1 * static_cast<double>(h)});
      }
      out.push_back(std::move(model));
    }
    return out;
  }
};

/// What each of some ranks says; empty: nothing.
template <class Work>
std::vector<std::string> complaints_of_ranks(std::size_t ranks, const Work& work) {
  std::vector<std::string> out(ranks);
  threads{ranks}.run([&](threads::member& comm) {
    try {
      work(comm);
    } catch (const std::exception& problem) {
      out[comm.rank()] = problem.what();
    }
  });
  return out;
}

}  // namespace

TEST_CASE("over any ranks a profile has the bits of that of the undivided hub") {
  const profiled_shares f;
  std::size_t empty = 0;
  for (const bool has_general : {false, true}) {
    const mll::profile_options options{.general = has_general ? &f.general : nullptr, .covariance_rank = 11};
    const std::string expected =
        mll::detail::encode_profile(mll::profile(f.backend, f.labels, f.graph, options));
    for (const std::size_t ranks : {1U, 2U, 3U, 7U}) {
      for (const std::uint64_t seed : {1U, 2U}) {
        CAPTURE(ranks);
        CAPTURE(seed);
        const auto shares = random_shares(f.models.size(), ranks, seed);
        for (const auto& share : shares) empty += share.empty() ? 1 : 0;
        std::vector<int> differs(ranks, 0);
        threads{ranks}.run([&](threads::member& comm) {
          const auto mine = share_of(f.labels, shares[comm.rank()]);
          const auto found = mll::profile(f.backend, comm, mine, f.graph, options);
          differs[comm.rank()] = mll::detail::encode_profile(found) == expected ? 0 : 1;
        });
        CHECK(std::count(differs.begin(), differs.end(), 0) == static_cast<std::ptrdiff_t>(ranks));
      }
    }
  }
  CHECK(empty > 0);
}

TEST_CASE("a budget of experts over ranks, with a profile that the ranks have made") {
  const profiled_shares f;
  const mll::profile_options options{.covariance_rank = 11};
  mll::select_options<> how{.method = {.budget = mll::experts{3}}};
  const auto whole = mll::profile(f.backend, f.labels, f.graph, options);
  how.profile = &whole;
  const std::string expected =
      mll::detail::encode_selection(mll::select(f.backend, f.labels, f.planted.match, how));
  const auto shares = random_shares(f.models.size(), 3, 4);
  std::vector<int> differs(3, 0);
  threads{3}.run([&](threads::member& comm) {
    const auto mine = share_of(f.labels, shares[comm.rank()]);
    const auto profile = mll::profile(f.backend, comm, mine, f.graph, options);
    auto with = how;
    with.profile = &profile;
    const auto found = mll::select(f.backend, comm, mine, f.planted.match, with);
    differs[comm.rank()] = mll::detail::encode_selection(found) == expected ? 0 : 1;
  });
  CHECK(std::count(differs.begin(), differs.end(), 0) == 3);
}

TEST_CASE("the bytes of a profile over ranks are those of docs/scale.md") {
  const profiled_shares f;
  constexpr std::size_t rank = 11;
  constexpr std::size_t heads = 139;
  const std::size_t models = f.models.size();
  const std::size_t samples = f.planted.truth.size();
  const std::size_t nodes = f.labels.samples().nodes().size();
  std::size_t names = 0;
  for (const auto& label : f.labels.models()) {
    names += 12 + label.name.size();
    for (const auto& head : label.heads) names += 4 + head.size();
  }
  for (const std::size_t ranks : {3U, 7U}) {
    const auto shares = random_shares(models, ranks, 11);
    std::vector<std::vector<mll::dist::traffic>> logs(ranks);
    threads{ranks}.run([&](threads::member& base) {
      mll::dist::counted comm{base};
      static_cast<void>(mll::profile(f.backend, comm, share_of(f.labels, shares[comm.rank()]), f.graph,
                                     {.general = &f.general, .covariance_rank = rank}));
      logs[comm.rank()] = {comm.log().begin(), comm.log().end()};
    });
    for (std::size_t r = 0; r < ranks; ++r) {
      const auto& log = logs[r];
      REQUIRE(log.size() == 1 + 2 * 3 + 1);
      CHECK(log[0].received == 13 * ranks + names + 352 * models + heads * (60 + 8 * nodes));
      const std::size_t part = samples * rank * (r + 1) / ranks - samples * rank * r / ranks;
      for (const std::size_t call : {1U, 3U, 5U}) {
        CHECK(log[call] == mll::dist::traffic{ranks + 8 * samples * rank, ranks + 8 * part * ranks});
        CHECK(log[call + 1] == mll::dist::traffic{1 + 8 * part, ranks + 8 * samples * rank});
      }
      CHECK(log[7].received == ranks + 4 * heads * rank);
    }
  }
}

TEST_CASE("what keeps ranks from a profile is told on all of them") {
  const profiled_shares f;
  const auto shares = random_shares(f.models.size(), 2, 2);
  const mll::profile_options options{.covariance_rank = 4};
  const auto alone = [&](const mll::profile_options& how) {
    mll::dist::alone comm;
    static_cast<void>(mll::profile(f.backend, comm, f.labels, f.graph, how));
  };
  CHECK_THROWS_WITH_AS(alone({}),
                       "options.covariance_rank: expected at least 1: over ranks a profile has its "
                       "covariance in low-rank form, found 0",
                       mll::invalid_argument);

  const std::vector<std::size_t> few{0, 1, 2};
  const std::vector<std::size_t> others{2, 3};
  auto said = complaints_of_ranks(2, [&](threads::member& comm) {
    static_cast<void>(
        mll::profile(f.backend, comm, share_of(f.labels, comm.rank() == 0 ? few : others), f.graph, options));
  });
  CHECK(said[0] == "shard: expected each model in one share, found model 2 at ranks 0 and 1");
  CHECK(said[1] == said[0]);

  const auto elsewhere =
      mll::test::named_labels(mll::test::plant({19, 8, 27, 12, 6, 11}, f.models, 81), f.models);
  said = complaints_of_ranks(2, [&](threads::member& comm) {
    static_cast<void>(mll::profile(f.backend, comm,
                                   share_of(comm.rank() == 0 ? f.labels : elsewhere, shares[comm.rank()]),
                                   f.graph, options));
  });
  CHECK(said[0].find("shard: expected labels on the samples of this rank, found labels on other samples") ==
        0);
  CHECK(said[1].find("shard: expected labels on the samples of this rank") == 0);

  // A graph that lacks the nodes, on one rank only.
  mll::model_labels known{
      mll::sample_layout{{f.labels.samples().nodes().begin(), f.labels.samples().nodes().end()},
                         f.planted.counts,
                         f.graph.fingerprint()}};
  for (const auto& label : f.labels.models()) known.insert(label);
  const auto other = mll::test::named_graph(7);
  said = complaints_of_ranks(2, [&](threads::member& comm) {
    static_cast<void>(mll::profile(f.backend, comm, share_of(known, shares[comm.rank()]),
                                   comm.rank() == 0 ? f.graph : other, options));
  });
  CHECK(said[0].find("rank 1: labels: expected nodes of this graph") == 0);
  CHECK(said[1].find("labels: expected nodes of this graph") == 0);

  said = complaints_of_ranks(2, [&](threads::member& comm) {
    static_cast<void>(mll::profile(f.backend, comm, mll::model_labels{f.labels.samples()}, f.graph, options));
  });
  CHECK(said[0] == "shard: expected labels of at least one model on some rank, found none");
  CHECK(said[1] == said[0]);
}
