// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/functions.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/dist/communication_error.hpp"
#include "mll/dist/threads.hpp"
#include "support/communicator_suite.hpp"

namespace {

// The network of a host, which knows one collective.
mll::dist::functions over(mll::dist::threads::member& host) {
  return {host.rank(), host.size(),
          [&host](std::span<const std::byte> mine, std::span<const std::size_t> lengths,
                  std::span<std::byte> out) {
            const mll::dist::pieces all = host.all_gather(mine);
            for (std::size_t r = 0; r < lengths.size(); ++r) {
              if (all[r].size() != lengths[r]) throw std::runtime_error{"a piece of another length"};
            }
            if (all.bytes.size() != out.size()) throw std::runtime_error{"the length of all pieces"};
            std::copy(all.bytes.begin(), all.bytes.end(), out.begin());
          }};
}

}  // namespace

TEST_CASE("the all_gather of a host is enough for a communicator") {
  for (const std::size_t ranks : {1U, 4U}) {
    mll::dist::threads{ranks}.run([](mll::dist::threads::member& host) {
      auto comm = over(host);
      if (const auto wrong = mll::test::wrong_in_communicator(comm)) throw std::runtime_error{*wrong};
    });
  }
}

TEST_CASE("a network that loses bytes is an error") {
  // Every rank seems to send nothing but lengths of 9 bytes.
  mll::dist::functions comm{0, 2, [](auto, auto, std::span<std::byte> out) {
                              std::fill(out.begin(), out.end(), std::byte{0});
                              for (std::size_t i = 0; i < out.size(); i += 8) out[i] = std::byte{16};
                            }};
  CHECK_THROWS_AS(static_cast<void>(comm.all_to_all(std::vector<std::vector<std::byte>>(2))),
                  mll::dist::communication_error);
}

TEST_CASE("ranks that are not there and missing functions are refused") {
  const auto nothing = [](auto, auto, auto) {};
  CHECK_THROWS_AS((mll::dist::functions{2, 2, nothing}), mll::invalid_argument);
  CHECK_THROWS_AS((mll::dist::functions{0, 1, {}}), mll::invalid_argument);
}
