// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/methods/selection_method.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

#include "mll/exec/sequential.hpp"
#include "mll/select/select.hpp"
#include "support/planted_labels.hpp"

namespace {

/// A minimal user-defined method: head y of the first model votes for class y.
struct by_column {
  template <class Backend, class Evidence>
  mll::ensemble operator()(const Backend&, const Evidence& evidence) const {
    mll::ensemble out;
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      out.heads.push_back(evidence.heads()[y]);
      out.votes.push_back({{.head = static_cast<std::uint32_t>(y)}});
    }
    return out;
  }
  static const char* name() { return "by column"; }
};
static_assert(mll::selection_method<by_column>);

struct without_name {
  template <class Backend, class Evidence>
  mll::ensemble operator()(const Backend&, const Evidence&) const {
    return {};
  }
};
static_assert(!mll::selection_method<without_name>);
static_assert(!mll::selection_method<int>);

}  // namespace

TEST_CASE("select takes a user-defined method") {
  const auto planted = mll::test::plant({20, 20}, {{{0, 3}, {1, 3}}}, 261);
  const auto labels = planted.labels();
  const auto chosen =
      mll::select(mll::exec::sequential{}, labels, planted.match, mll::select_options<by_column>{});
  CHECK(chosen.method == "by column");
  CHECK(chosen.ensemble.heads.size() == 2);
  CHECK(chosen.reasons.size() == 2);
  CHECK(chosen.estimate->accuracy > 0.9);
}
