// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// An embedder that takes strings in place of string views.
// expect: text_embedder
// expect: has_embed
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "mll/embed/text_embedder.hpp"

#if MLL_TEST_MISTAKE
using text = std::string;
#else
using text = std::string_view;
#endif

struct embedder {
  std::size_t dimension() const { return 1; }
  mll::matrix<float> embed(std::span<const text>) const { return {}; }
};
static_assert(mll::text_embedder<embedder>);

int main() {}
