#include "mll/store/stored_node.hpp"

#include <doctest/doctest.h>

#include "mll/core/io/temporary_folder.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("nodes that cannot be are refused by name, and the store stays as it is") {
  const detail::temporary_folder scratch;
  const test::store_world world{1, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  const auto refuses = [&](std::vector<stored_node> nodes, const char* text) {
    CHECK_THROWS_WITH_AS(store.set_samples(world.graph, nodes), doctest::Contains(text), invalid_argument);
    CHECK(store.nodes() == world.nodes());
  };
  refuses({{"n0", 1, ""}, {"nowhere", 1, ""}}, "'nowhere'");
  refuses({{"n0", 1, ""}, {"n0", 2, ""}}, "'n0' twice");
  refuses({{"n1", 0, ""}}, "0 for 'n1'");
  CHECK_THROWS_WITH_AS(static_cast<void>(store.layout(test::make_star(1))), doctest::Contains("'n1'"),
                       invalid_argument);
}
