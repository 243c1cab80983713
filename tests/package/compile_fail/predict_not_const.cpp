// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A model whose predict is not const.
// expect: classifier
// expect: has_const_predict
#include <cstddef>
#include <span>
#include <string>

#include "mll/model/hub.hpp"

struct expert {
  using sample_type = int;
  std::size_t head_count() const { return 1; }
  std::string head_name(std::size_t) const { return "only"; }
#if MLL_TEST_MISTAKE
  void predict(std::span<const int>, mll::matrix_ref<float> scores) { scores.setZero(); }
#else
  void predict(std::span<const int>, mll::matrix_ref<float> scores) const { scores.setZero(); }
#endif
};

int main() {
  mll::hub<int> hub;
  hub.add("expert", expert{});
}
