// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A model that writes its scores to an Eigen array.
// expect: classifier
// expect: predicts_into_a_matrix_not_an_array
#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>

#include "mll/model/hub.hpp"

#if MLL_TEST_MISTAKE
using score_table = Eigen::Ref<Eigen::ArrayXXf>;
#else
using score_table = mll::matrix_ref<float>;
#endif

struct expert {
  using sample_type = int;
  std::size_t head_count() const { return 1; }
  std::string head_name(std::size_t) const { return "only"; }
  void predict(std::span<const int>, score_table scores) const { scores.setZero(); }
};

int main() {
  mll::hub<int> hub;
  hub.add("expert", expert{});
}
