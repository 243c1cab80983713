// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A hub of experts on vectors, whose accuracy falls with noise.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/random/normal_distribution.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/random.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/model/hub.hpp"
#include "mll/reuse/shift/distortion.hpp"
#include "mll/reuse/shift/learn_shift_options.hpp"
#include "support/planted_names.hpp"

namespace mll::test {

inline constexpr std::size_t planted_classes = 8;
inline constexpr std::size_t planted_samples = 48;  // per class

/// Knows some of the plants: sample y is the unit vector of class y, with noise. Too sure of itself.
struct plant_expert {
  using sample_type = std::vector<float>;
  std::vector<std::size_t> known;
  std::uint64_t seed = 0;
  std::shared_ptr<std::atomic<std::size_t>> calls = std::make_shared<std::atomic<std::size_t>>(0);

  [[nodiscard]] std::size_t head_count() const { return known.size(); }
  [[nodiscard]] std::string head_name(std::size_t h) const { return plants[known[h]]; }
  void predict(std::span<const std::vector<float>> batch, mll::matrix_ref<float> scores) const {
    *calls += batch.size();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      std::vector<double> score;
      for (const std::size_t y : known) {
        // Each expert sees the sample a little differently.
        const auto own = static_cast<double>((mll::derive_seed(seed, y) % 100)) / 500;
        score.push_back(8 * (1 + own) * static_cast<double>(batch[i][y]));
      }
      mll::numerics::softmax(std::span{score});
      for (std::size_t h = 0; h < known.size(); ++h)
        scores(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(h)) = static_cast<float>(score[h]);
    }
  }
};

struct plant_hub {
  mll::hub<std::vector<float>> models;
  mll::representation_table<std::vector<float>> samples;
  small_dag graph = named_graph(planted_classes);
  std::shared_ptr<std::atomic<std::size_t>> calls = std::make_shared<std::atomic<std::size_t>>(0);

  plant_hub() {
    for (std::size_t m = 0; m < 6; ++m) {
      plant_expert expert;
      for (std::size_t k = 0; k < 5; ++k) expert.known.push_back((m + k * (1 + m % 2)) % planted_classes);
      std::sort(expert.known.begin(), expert.known.end());
      expert.known.erase(std::unique(expert.known.begin(), expert.known.end()), expert.known.end());
      expert.seed = m;
      expert.calls = calls;
      models.add("expert " + std::to_string(m), expert);
    }
    mll::random_engine engine{4};
    boost::random::normal_distribution<float> normal;
    for (std::size_t y = 0; y < planted_classes; ++y) {
      std::vector<std::vector<float>> own(planted_samples, std::vector<float>(planted_classes));
      for (std::vector<float>& x : own) {
        for (float& value : x) value = 0.2F * normal(engine);
        x[y] += 1;
      }
      samples.add(graph, "s" + std::to_string(y), own);
    }
  }
  static std::vector<mll::distortion<std::vector<float>>> distortions() {
    std::vector<mll::distortion<std::vector<float>>> out;
    for (const float strength : {0.3F, 0.6F, 0.9F, 1.3F}) {
      out.push_back(
          {"noise " + std::to_string(strength), [strength](const std::vector<float>& x, std::uint64_t seed) {
             mll::random_engine engine{seed};
             boost::random::normal_distribution<float> normal;
             std::vector<float> y = x;
             for (float& value : y) value += strength * normal(engine);
             return y;
           }});
    }
    return out;
  }
  static mll::learn_shift_options options() {
    mll::learn_shift_options out;
    out.per_node = planted_samples / 2;
    out.tasks = 40;
    out.min_classes = 3;
    out.max_classes = 4;
    out.method = {.budget = mll::experts{6}};
    return out;
  }
};

}  // namespace mll::test
