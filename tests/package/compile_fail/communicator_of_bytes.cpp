// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A communicator that gathers bytes without saying where the piece of a rank begins.
// expect: communicator
// expect: exchanges_pieces
#include <cstddef>
#include <span>
#include <vector>

#include "mll/dist/communicator.hpp"

#if MLL_TEST_MISTAKE
using gathered = std::vector<std::byte>;
#else
using gathered = mll::dist::pieces;
#endif

struct ranks {
  std::size_t rank() const { return 0; }
  std::size_t size() const { return 1; }
  gathered all_gather(std::span<const std::byte>) { return {}; }
  mll::dist::pieces all_to_all(std::span<const std::vector<std::byte>>) { return {}; }
  void broadcast(std::vector<std::byte>&, std::size_t) {}
  void barrier() {}
};
static_assert(mll::dist::communicator<ranks>);

int main() {}
