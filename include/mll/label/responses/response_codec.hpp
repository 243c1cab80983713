// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "mll/core/numerics.hpp"
#include "mll/label/responses/detail/code_table.hpp"

namespace mll {

/// `C::encode(p)`, a `C::value_type`.
template <class C>
concept has_encode = requires(float p) {
  { C::encode(p) } -> std::same_as<typename C::value_type>;
};

/// `C::log_odds(value)`, a number.
template <class C>
concept has_log_odds = requires(typename C::value_type value) {
  { C::log_odds(value) } -> std::convertible_to<float>;
};

/// How a response (a probability) is stored in a label.
///
/// Valid expressions:
/// - `C::value_type`: the stored value, trivially copyable and default constructible
/// - `C::encode(p)`: the value for a probability p in [0, 1]
/// - `C::log_odds(value)`: its log-odds, in `[-max_log_odds, max_log_odds]`
///
/// Both functions are pure. Code that writes files also requires `C::name` (see `named_codec`).
///
/// @code
/// struct one_bit {
///   using value_type = std::uint8_t;
///   static value_type encode(float p) { return p > 0.5F; }
///   static float log_odds(value_type value) { return value != 0 ? 2.0F : -2.0F; }
/// };
/// static_assert(mll::response_codec<one_bit>);
/// @endcode
///
/// Models: `log_odds_8bit`, `log_odds_half`, `log_odds_float`.
template <class C>
concept response_codec =
    std::is_trivially_copyable_v<typename C::value_type> &&
    std::default_initializable<typename C::value_type> && has_encode<C> && has_log_odds<C>;

/// A codec with a name, which files record.
template <class C>
concept named_codec = response_codec<C> && requires {
  { C::name } -> std::convertible_to<std::string_view>;
};

/// 8 bits on an even grid of log-odds from -12 to 12, so that small probabilities keep their evidence. Step
/// 24/255 = 0.094; largest error 0.047.
struct log_odds_8bit {
  using value_type = std::uint8_t;
  static constexpr std::string_view name = "log_odds_8bit";
  static constexpr float step = 2 * numerics::max_log_odds / 255;

  /// The nearest grid point, by table lookup.
  [[nodiscard]] static value_type encode(float p) noexcept {
    static const detail::code_table table{nearest};
    return table(p);
  }
  /// The nearest grid point, by the formula.
  [[nodiscard]] static value_type nearest(float p) noexcept {
    return static_cast<value_type>(std::lround((numerics::logit(p) + numerics::max_log_odds) / step));
  }
  [[nodiscard]] static float log_odds(value_type value) noexcept {
    return static_cast<float>(value) * step - numerics::max_log_odds;
  }
};

/// Log-odds in single precision: 4 bytes; the reference for the other codecs.
struct log_odds_float {
  using value_type = float;
  static constexpr std::string_view name = "log_odds_float";

  [[nodiscard]] static value_type encode(float p) noexcept { return numerics::logit(p); }
  [[nodiscard]] static float log_odds(value_type value) noexcept { return value; }
};

static_assert(response_codec<log_odds_8bit> && response_codec<log_odds_float>);

}  // namespace mll
