// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/detail/exchanged.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/dist/communication_error.hpp"
#include "mll/dist/threads.hpp"

namespace {

using mll::dist::threads;
using mll::dist::detail::exchanged;
using mll::dist::detail::piece_writer;

}  // namespace

TEST_CASE("exchanged: each rank reads what the others have made for it") {
  std::vector<int> right(3, 0);
  threads{3}.run([&](threads::member& comm) {
    exchanged all{comm, [&](std::span<piece_writer> out) {
                    for (std::size_t to = 0; to < out.size(); ++to)
                      for (std::size_t i = 0; i < to; ++i) out[to].put(100 * comm.rank() + to);
                  }};
    bool is_right = true;
    for (std::size_t from = 0; from < 3; ++from) {
      for (std::size_t i = 0; i < comm.rank(); ++i)
        is_right = is_right && all[from].get<std::size_t>() == 100 * from + comm.rank();
    }
    all.finish();
    right[comm.rank()] = is_right ? 1 : 0;
  });
  CHECK(right == std::vector{1, 1, 1});
}

TEST_CASE("exchanged: what fails on one rank fails on all, with the reason") {
  std::vector<std::string> said(3);
  threads{3}.run([&](threads::member& comm) {
    try {
      const exchanged all{comm, [&](std::span<piece_writer> out) {
                            out[0].put(1);
                            if (comm.rank() == 2) throw std::runtime_error{"no memory"};
                          }};
    } catch (const std::exception& problem) {
      said[comm.rank()] = problem.what();
    }
  });
  CHECK(said == std::vector<std::string>{"rank 2: no memory", "rank 2: no memory", "no memory"});
}

TEST_CASE("exchanged: a piece that was not read to its end") {
  std::vector<int> refused(2, 0);
  threads{2}.run([&](threads::member& comm) {
    exchanged all{comm, [&](std::span<piece_writer> out) {
                    for (piece_writer& to : out) to.put(comm.rank());
                  }};
    static_cast<void>(all[0].get<std::size_t>());
    try {
      all.finish();
    } catch (const mll::dist::communication_error&) {
      refused[comm.rank()] = 1;
    }
  });
  CHECK(refused == std::vector{1, 1});
}
