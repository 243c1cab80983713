// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A model that does not name its samples.
// expect: classifier
// expect: has_sample_type
#include <cstddef>
#include <span>
#include <string>

#include "mll/model/hub.hpp"

struct expert {
#if !MLL_TEST_MISTAKE
  using sample_type = int;
#endif
  std::size_t head_count() const { return 1; }
  std::string head_name(std::size_t) const { return "only"; }
  void predict(std::span<const int>, mll::matrix_ref<float> scores) const { scores.setZero(); }
};

int main() {
  mll::hub<int> hub;
  hub.add("expert", expert{});
}
