// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/communicator.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mll/dist/alone.hpp"
#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/pieces.hpp"
#include "mll/testing/archetypes.hpp"
#include "support/communicator_suite.hpp"

namespace {

using mll::testing::convertible_archetype;

// The smallest communicator: one rank, neither copyable nor const.
class communicator_archetype {
 public:
  explicit communicator_archetype(int) {}
  communicator_archetype(const communicator_archetype&) = delete;
  communicator_archetype& operator=(const communicator_archetype&) = delete;
  ~communicator_archetype() = default;

  convertible_archetype<std::size_t> rank() const { return convertible_archetype{std::size_t{0}}; }
  convertible_archetype<std::size_t> size() const { return convertible_archetype{std::size_t{1}}; }
  convertible_archetype<mll::dist::pieces> all_gather(std::span<const std::byte> piece) {
    return convertible_archetype{mll::dist::alone{}.all_gather(piece)};
  }
  convertible_archetype<mll::dist::pieces> all_to_all(std::span<const std::vector<std::byte>> outgoing) {
    return convertible_archetype{mll::dist::alone{}.all_to_all(outgoing)};
  }
  void broadcast(std::vector<std::byte>& bytes, std::size_t root) {
    mll::dist::alone{}.broadcast(bytes, root);
  }
  void barrier() {}
};
static_assert(mll::dist::communicator<communicator_archetype>);

struct without_ranks {
  mll::dist::pieces all_gather(std::span<const std::byte>);
  mll::dist::pieces all_to_all(std::span<const std::vector<std::byte>>);
  void broadcast(std::vector<std::byte>&, std::size_t);
  void barrier();
};
static_assert(!mll::dist::communicator<without_ranks>);
static_assert(!mll::dist::communicator<int>);

}  // namespace

TEST_CASE("a job of one rank hears itself") {
  mll::dist::alone comm;
  CHECK(mll::test::wrong_in_communicator(comm).value_or("") == "");
}

TEST_CASE("a reference to any communicator is a communicator") {
  communicator_archetype comm{0};
  mll::dist::communicator_ref same = comm;
  CHECK(mll::test::wrong_in_communicator(same).value_or("") == "");
}
