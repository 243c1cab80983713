// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A model of your own: three member functions make a class an expert.
#include <mll/mll.hpp>
#include <mll/testing/check_classifier.hpp>

#include <iostream>

// [own_model]
struct length_expert {
  using sample_type = std::string;
  std::size_t head_count() const { return 2; }
  std::string head_name(std::size_t i) const { return i == 0 ? "short text" : "long text"; }
  void predict(std::span<const std::string> batch, mll::matrix_ref<float> scores) const {
    for (std::size_t r = 0; r < batch.size(); ++r) {
      const float p = 1 / (1 + std::exp(0.1F * (60 - static_cast<float>(batch[r].size()))));
      scores.row(r) << 1 - p, p;
    }
  }
};
static_assert(mll::classifier<length_expert>);  // says what is missing
// [own_model]

int main() {
  mll::hub<std::string> hub;
  hub.add("length", length_expert{});
  const std::vector<std::string> samples{
      "brief", "a sentence that goes on for a while, and then for a while longer, without an end"};
  const auto violations = mll::testing::check_classifier(length_expert{}, std::span{samples});
  for (const auto& violation : violations) std::cout << violation << '\n';
  return violations.empty() ? 0 : 1;
}
