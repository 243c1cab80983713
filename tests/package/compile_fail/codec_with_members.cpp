// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A codec whose functions are not static.
// expect: response_codec
// expect: has_encode
#include "mll/label/model_labels.hpp"

#if MLL_TEST_MISTAKE
#define MLL_TEST_STATIC
#else
#define MLL_TEST_STATIC static
#endif

struct codec {
  using value_type = unsigned char;
  MLL_TEST_STATIC value_type encode(float p) { return p > 0.5F; }
  MLL_TEST_STATIC float log_odds(value_type value) { return value != 0 ? 2.0F : -2.0F; }
};
#undef MLL_TEST_STATIC

int main() {
  const mll::basic_model_labels<codec> labels{};
}
