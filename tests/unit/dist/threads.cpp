// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/threads.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <string>

#include "mll/dist/communication_error.hpp"
#include "support/communicator_suite.hpp"

using mll::dist::threads;

TEST_CASE("threads exchange pieces of unequal length in rank order") {
  for (const std::size_t ranks : {1U, 2U, 3U, 7U, 16U}) {
    std::atomic<std::size_t> ran = 0;
    threads{ranks}.run([&](threads::member& comm) {
      if (comm.size() != ranks) throw std::runtime_error{"size"};
      if (const auto wrong = mll::test::wrong_in_communicator(comm)) throw std::runtime_error{*wrong};
      ++ran;
    });
    CHECK(ran == ranks);
  }
  CHECK_THROWS_AS(threads{0}, mll::invalid_argument);
}

TEST_CASE("what one rank throws ends the wait of the others") {
  std::atomic<std::size_t> told = 0;
  const auto run = [&] {
    threads{4}.run([&](threads::member& comm) {
      comm.barrier();
      if (comm.rank() == 2) throw std::runtime_error{"the disk of rank 2"};
      try {
        comm.barrier();
      } catch (const mll::dist::communication_error&) {
        ++told;
        throw;
      }
    });
  };
  CHECK_THROWS_WITH_AS(run(), "the disk of rank 2", std::runtime_error);
  CHECK(told == 3);
}

TEST_CASE("a rank that returns early ends the wait of the others") {
  const auto run = [] {
    threads{3}.run([](threads::member& comm) {
      if (comm.rank() == 0) return;
      static_cast<void>(comm.all_gather({}));
    });
  };
  CHECK_THROWS_AS(run(), mll::dist::communication_error);
}
