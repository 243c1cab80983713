// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A general model that embeds samples only.
// expect: general_model
// expect: has_embed_texts
#include <span>
#include <string_view>

#include "mll/model/general_model.hpp"

struct model {
  using sample_type = int;
  mll::matrix<float> embed_samples(std::span<const int>) const { return {}; }
#if !MLL_TEST_MISTAKE
  mll::matrix<float> embed_texts(std::span<const std::string_view>) const { return {}; }
#endif
};
static_assert(mll::general_model<model>);

int main() {}
