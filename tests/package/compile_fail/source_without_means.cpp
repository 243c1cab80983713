// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A source of a hub without mean responses.
// expect: the second argument must be labels of a hub, or model hub_source
// expect: reads_means
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/select.hpp"

struct source {
  using codec_type = mll::log_odds_float;
  const mll::sample_layout& samples() const { return samples_; }
  const mll::head_index& heads() const { return heads_; }
  std::size_t head_count() const { return 0; }
  mll::head_id head(std::size_t) const { return {}; }
  std::string model_name(std::size_t) const { return {}; }
  std::vector<std::string> head_names(std::size_t) const { return {}; }
  std::size_t sample_count(std::uint32_t) const { return 0; }
#if !MLL_TEST_MISTAKE
  float mean(std::size_t, std::size_t) const { return 0; }
  void read_means(std::size_t, std::span<float>) const {}
#endif
  void read(std::size_t, std::span<const mll::node_samples>, std::span<float>) const {}

  mll::sample_layout samples_;
  mll::head_index heads_;
};

int main() {
  const auto choose = [](const source& hub, const mll::task_match& match) {
    return mll::select(mll::exec::sequential{}, hub, match);
  };
  static_cast<void>(choose);
}
