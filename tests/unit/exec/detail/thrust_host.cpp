// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/exec/detail/thrust_host.hpp"

#include <doctest/doctest.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/exec/backend_ref.hpp"
#include "support/backends.hpp"

static_assert(mll::exec::detail::thrust_backend<mll::exec::sequential>);
static_assert(!mll::exec::detail::thrust_backend<mll::exec::backend_ref>);

TEST_CASE_TEMPLATE("thrust_host has memory, and runs Thrust algorithms on it", Backend, MLL_TEST_BACKENDS) {
  const mll::exec::detail::thrust_host grid{Backend{}};
  const std::vector<int> values{3, 1, 2};
  auto copy = grid.template allocate<int>(3);
  grid.upload(std::span{values}, copy);
  int sum = 0;
  grid.run([&](const auto& policy) { sum = thrust::reduce(policy, copy.data(), copy.data() + 3); });
  CHECK(sum == 6);
  std::vector<int> two(2);
  grid.download(copy, std::span{two});
  CHECK(two == std::vector{3, 1});
  grid.clear(copy);
  grid.download(copy, std::span{two});
  CHECK(two == std::vector{0, 0});
  CHECK(copy.size() == 3);

  auto none = grid.template allocate<std::uint64_t>(0);
  grid.clear(none);
  grid.upload(std::span<const std::uint64_t>{}, none);
  CHECK(none.size() == 0);
}

#if MLL_TEST_OMP
TEST_CASE("thrust_host keeps to the thread limit of its backend") {
  const mll::exec::detail::thrust_host grid{mll::exec::omp{3}};
  int threads = 0;
  grid.run([&](const auto&) { threads = omp_get_max_threads(); });
  CHECK(threads == 3);
}
#endif
