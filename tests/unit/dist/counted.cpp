// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/counted.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/dist/threads.hpp"
#include "support/communicator_suite.hpp"

TEST_CASE("counted notes the bytes of each call") {
  mll::dist::threads{3}.run([](mll::dist::threads::member& base) {
    mll::dist::counted comm{base};
    if (const auto wrong = mll::test::wrong_in_communicator(comm)) throw std::runtime_error{*wrong};
    const std::size_t before = comm.log().size();

    static_cast<void>(comm.all_gather(std::vector<std::byte>(10 * comm.rank())));
    std::vector<std::vector<std::byte>> outgoing(3, std::vector<std::byte>(1 + comm.rank()));
    static_cast<void>(comm.all_to_all(outgoing));
    std::vector<std::byte> bytes(comm.rank() == 1 ? 5 : 0);
    comm.broadcast(bytes, 1);
    comm.barrier();
    const std::vector<mll::dist::traffic> expected{
        {10 * comm.rank(), 30}, {3 * (1 + comm.rank()), 1 + 2 + 3}, {comm.rank() == 1 ? 5U : 0U, 5}, {0, 0}};
    const auto log = comm.log().subspan(before);
    if (std::vector(log.begin(), log.end()) != expected) throw std::runtime_error{"the log"};
  });
}
