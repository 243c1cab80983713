// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/reuse/shift/distortion.hpp"

namespace mll {

/// Distortions of feature vectors: noise of three strengths, half and twice the scale, an offset, and a tenth
/// or a third of the components set to their mean. Strengths are relative to the standard deviation of the
/// components of the vector.
[[nodiscard]] inline std::vector<distortion<std::vector<float>>> vector_distortions() {
  using vector = std::vector<float>;
  struct moments {
    float mean = 0;
    float deviation = 0;
    explicit moments(const vector& x) {
      double sum = 0;
      double square = 0;
      for (const float value : x) {
        sum += static_cast<double>(value);
        square += static_cast<double>(value) * static_cast<double>(value);
      }
      const double n = x.empty() ? 1 : static_cast<double>(x.size());
      mean = static_cast<float>(sum / n);
      deviation = static_cast<float>(std::sqrt(std::fmax(0.0, square / n - sum / n * (sum / n))));
    }
  };
  std::vector<distortion<vector>> out;
  const auto noise = [&](const std::string& name, float strength) {
    out.push_back({name, [strength](const vector& x, std::uint64_t seed) {
                     const moments of{x};
                     random_engine engine{seed};
                     boost::random::normal_distribution<double> normal;
                     vector y = x;
                     for (float& value : y)
                       value += strength * of.deviation * static_cast<float>(normal(engine));
                     return y;
                   }});
  };
  const auto linear = [&](const std::string& name, float factor, float offset) {
    out.push_back({name, [factor, offset](const vector& x, std::uint64_t) {
                     const moments of{x};
                     vector y = x;
                     for (float& value : y) value = factor * value + offset * of.deviation;
                     return y;
                   }});
  };
  const auto missing = [&](const std::string& name, std::uint64_t of_each, std::uint64_t dropped) {
    out.push_back({name, [of_each, dropped](const vector& x, std::uint64_t seed) {
                     const moments of{x};
                     random_engine engine{seed};
                     vector y = x;
                     for (float& value : y) {
                       if (engine() % of_each < dropped) value = of.mean;
                     }
                     return y;
                   }});
  };
  noise("weak noise", 0.3F);
  noise("noise", 0.7F);
  noise("strong noise", 1.5F);
  linear("half scale", 0.5F, 0);
  linear("double scale", 2, 0);
  linear("offset", 1, 0.5F);
  missing("a tenth missing", 10, 1);
  missing("a third missing", 3, 1);
  return out;
}

}  // namespace mll
