// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace mll::detail {

/// A table of a slowly increasing function of probabilities with 8-bit values, indexed by the leading bits of
/// p below one half, and of 1 - p, which is exact, above. Within an entry the value changes at most once.
class code_table {
 public:
  /// @param[in] code `code(p)`, non-decreasing; increases by at most 1 where min(p, 1 - p) changes by 1/128
  /// of
  ///                 itself
  template <class Code>
  explicit code_table(const Code& code) : min_{code(0.0F)}, max_{code(1.0F)} {
    for (std::size_t side = 0; side < 2; ++side) {
      const auto at = [&](std::uint32_t bits) {
        const auto q = std::bit_cast<float>(bits);
        return code(side == 0 ? q : 1 - q);
      };
      entries_[side].reserve(size);
      for (std::uint32_t i = 0; i < size; ++i) {
        std::uint32_t low = i << dropped;
        std::uint32_t high = low | ((1U << dropped) - 1);
        const std::uint8_t first = at(low);
        entry one{std::numeric_limits<float>::infinity(), first, first};
        if (const std::uint8_t last = at(high); last != first) {
          while (high - low > 1) {
            const std::uint32_t middle = low + (high - low) / 2;
            (at(middle) == first ? low : high) = middle;
          }
          one = {std::bit_cast<float>(high), first, last};
        }
        entries_[side].push_back(one);
      }
    }
  }

  [[nodiscard]] std::uint8_t operator()(float p) const noexcept {
    if (!(p > 0)) return min_;
    if (!(p < 1)) return max_;
    const bool above = p > 0.5F;
    const float q = above ? 1 - p : p;
    const entry& one = entries_[above ? 1 : 0][std::bit_cast<std::uint32_t>(q) >> dropped];
    return q < one.change ? one.before : one.after;
  }

 private:
  struct entry {
    float change;  // first q with value `after`
    std::uint8_t before;
    std::uint8_t after;
  };
  static constexpr unsigned dropped = 16;  // bits of the mantissa
  static constexpr std::uint32_t size = (std::bit_cast<std::uint32_t>(0.5F) >> dropped) + 1;

  std::uint8_t min_;
  std::uint8_t max_;
  std::array<std::vector<entry>, 2> entries_;
};

}  // namespace mll::detail
