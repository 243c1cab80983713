// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A search for the joint combination whose call is not const.
// expect: head_search
// expect: returns_picks_per_class
#include <vector>

#include "mll/select/methods/chco.hpp"

struct search {
  using picks = std::vector<std::vector<mll::head_pick>>;
#if MLL_TEST_MISTAKE
  picks operator()(mll::exec::backend_ref, const mll::head_pool&, const auto&) { return {}; }
#else
  picks operator()(mll::exec::backend_ref, const mll::head_pool&, const auto&) const { return {}; }
#endif
};

int main() {
  const mll::chco<mll::log_likelihood, search> method{};
}
