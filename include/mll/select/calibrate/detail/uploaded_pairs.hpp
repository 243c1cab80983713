// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "mll/select/calibrate/detail/calibration_kernels.hpp"
#include "mll/select/calibrate/detail/pair_responses.hpp"
#include "mll/select/calibrate/detail/rank_fits.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// `pair_responses` in the memory of a grid, with room for what is computed from them.
template <class Grid>
struct uploaded_pairs {
  template <class T>
  using buffer = typename Grid::template buffer<T>;

  std::size_t samples = 0;
  std::size_t heads = 0;
  std::vector<std::size_t> pair_begin;
  buffer<std::uint8_t> all;
  buffer<std::uint32_t> weight;
  buffer<std::uint32_t> class_begin;
  buffer<std::uint8_t> own;
  buffer<std::uint32_t> own_weight;
  buffer<std::uint32_t> own_begin;
  buffer<head_class_pair> pairs;
  buffer<float> log_odds;
  buffer<std::uint32_t> counts;  ///< `[heads, 256]`
  buffer<calibration> fits;      ///< `[pairs]`

  uploaded_pairs(const Grid& grid, const pair_responses& responses)
      : samples{responses.samples()}, pair_begin{responses.pair_begin} {
    const auto put = [&grid](const auto& from, auto& to) {
      to = grid.template allocate<typename std::remove_cvref_t<decltype(from)>::value_type>(from.size());
      grid.upload(std::span{from}, to);
    };
    put(responses.all, all);
    put(responses.weight, weight);
    put(responses.class_begin, class_begin);
    put(responses.own, own);
    put(responses.own_weight, own_weight);
    put(responses.own_begin, own_begin);
    put(responses.pairs, pairs);
    put(responses.log_odds, log_odds);
    heads = samples == 0 ? 0 : responses.all.size() / samples;
    counts = grid.template allocate<std::uint32_t>(heads * 256);
    fits = grid.template allocate<calibration>(responses.pairs.size());
  }

  [[nodiscard]] pair_view view() {
    return {
        pairs.data(),  all.data(), weight.data(),     class_begin.data(), static_cast<std::uint32_t>(samples),
        counts.data(), own.data(), own_weight.data(), own_begin.data(),   log_odds.data(),
        fits.data()};
  }
  /// Up to `max_heads` heads per class by their fits, as `shortlist` returns them.
  [[nodiscard]] std::vector<std::vector<shortlisted_head>> ranked(
      const Grid& grid, const std::vector<std::vector<screened_head>>& screened,
      std::size_t max_heads) const {
    std::vector<calibration> found(fits.size());
    if (!found.empty()) grid.download(fits, std::span{found});
    std::vector<std::vector<shortlisted_head>> out(screened.size());
    for (std::size_t y = 0; y < out.size(); ++y) {
      out[y].reserve(pair_begin[y + 1] - pair_begin[y]);
      for (std::size_t i = 0; i < pair_begin[y + 1] - pair_begin[y]; ++i)
        out[y].push_back({screened[y][i].position, found[pair_begin[y] + i]});
      rank_fits(out[y], max_heads);
    }
    return out;
  }
};

}  // namespace mll::detail
