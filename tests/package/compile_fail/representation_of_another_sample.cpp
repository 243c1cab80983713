// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Representation data that return something other than their sample_type.
// expect: representation
// expect: has_sample<
#include <cstddef>
#include <string>
#include <vector>

#include "mll/label/representation/representation.hpp"

#if MLL_TEST_MISTAKE
using path = std::string;
#else
using path = int;
#endif

struct numbers {
  using sample_type = int;
  std::vector<mll::node_id> nodes() const { return {}; }
  std::size_t sample_count(mll::node_id) const { return 0; }
  path sample(mll::node_id, std::size_t) const { return {}; }
};
static_assert(mll::representation<numbers>);

int main() {}
