// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/communicator_ref.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "mll/dist/threads.hpp"
#include "support/communicator_suite.hpp"

TEST_CASE("a reference to a rank of many passes every call on") {
  mll::dist::threads{3}.run([](mll::dist::threads::member& comm) {
    mll::dist::communicator_ref same = comm;
    if (const auto wrong = mll::test::wrong_in_communicator(same)) throw std::runtime_error{*wrong};
  });
}
