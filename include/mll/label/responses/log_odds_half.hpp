// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <string_view>

#include "mll/core/numerics.hpp"
#include "mll/label/responses/response_codec.hpp"

namespace mll {

/// Log-odds in half precision: 2 bytes, largest error 2^-8 = 0.004.
struct log_odds_half {
  using value_type = Eigen::half;
  static constexpr std::string_view name = "log_odds_half";

  [[nodiscard]] static value_type encode(float p) noexcept {
    return static_cast<Eigen::half>(numerics::logit(p));
  }
  [[nodiscard]] static float log_odds(value_type value) noexcept { return static_cast<float>(value); }
};

static_assert(response_codec<log_odds_half>);

}  // namespace mll
