// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A model over samples of another type than those of the hub.
// expect: sample_type of the model differs from the hub's Sample
#include <cstddef>
#include <span>
#include <string>

#include "mll/model/hub.hpp"

struct expert {
  using sample_type = int;
  std::size_t head_count() const { return 1; }
  std::string head_name(std::size_t) const { return "only"; }
  void predict(std::span<const int>, mll::matrix_ref<float> scores) const { scores.setZero(); }
};

int main() {
#if MLL_TEST_MISTAKE
  mll::hub<std::string> hub;
#else
  mll::hub<int> hub;
#endif
  hub.add("expert", expert{});
}
