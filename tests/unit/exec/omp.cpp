// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OMP
#include "mll/exec/omp.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <mutex>
#include <set>

#include "mll/exec/for_each_index.hpp"

namespace {

std::size_t threads_seen(const mll::exec::omp& backend) {
  std::mutex guard;
  std::set<int> seen;
  mll::exec::for_each_index(backend, 1000, [&](std::size_t) {
    const std::scoped_lock lock{guard};
    seen.insert(omp_get_thread_num());
  });
  return seen.size();
}

}  // namespace

TEST_CASE("omp obeys its thread limit") {
  CHECK(mll::exec::omp{}.name() == "omp");
  CHECK(mll::exec::omp{3}.concurrency() == 3);
  CHECK(threads_seen(mll::exec::omp{1}) == 1);
  CHECK(threads_seen(mll::exec::omp{3}) <= 3);
}

TEST_CASE("omp without a limit uses OpenMP's own number of threads") {
  CHECK(mll::exec::omp{}.concurrency() == static_cast<std::size_t>(omp_get_max_threads()));
  CHECK(mll::exec::omp{0}.concurrency() == mll::exec::omp{}.concurrency());
}

TEST_CASE("omp leaves the caller's thread limit as it was, even when the work throws") {
  const int before = omp_get_max_threads();
  int inside = 0;
  mll::exec::omp{static_cast<std::size_t>(before) + 2}.run([&] { inside = omp_get_max_threads(); });
  CHECK(inside == before + 2);
  CHECK(omp_get_max_threads() == before);
  CHECK_THROWS_AS(mll::exec::omp{1}.run([] { throw 7; }), int);
  CHECK(omp_get_max_threads() == before);
}
#endif
