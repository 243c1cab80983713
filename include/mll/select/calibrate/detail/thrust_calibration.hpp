// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/select/calibrate/detail/fit_pair.hpp"
#include "mll/select/calibrate/detail/pair_answers.hpp"
#include "mll/select/calibrate/detail/rank_fits.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// Second stage of CHCO, `shortlist`, as Thrust algorithms: the readable form of the stage, and the baseline
/// of the kernels of `device_calibration`.
///
/// 1. `for_each` over heads: the histogram of the responses of a head to samples of all classes
/// 2. `for_each` over pairs of head and class: the logistic map from that histogram without the samples of
///    the class, and from the one of the samples of the class
///
/// A functor adds floats and integer weights in index order: slopes and intercepts are within 1e-3 of those
/// of `shortlist`, losses within 1e-5, and bitwise the same on every policy of the host. On a device
/// exponentials and logarithms may differ in the last bit. (A histogram by `sort_by_key` and `reduce_by_key`
/// would move 8 bytes per response several times, to read 1 byte once.)
///
/// Memory: the input, 1 KiB per head, and 2 KiB per thread (0.5 GB on an H100). Complexity: as `shortlist`.
///
/// @tparam Grid see `exec::detail::thrust_host`
template <class Grid>
class thrust_calibration {
 public:
  /// Uploads the input.
  thrust_calibration(const Grid& grid, const pair_answers& answers)
      : grid_{grid},
        samples_{static_cast<std::uint32_t>(answers.samples())},
        pair_begin_{answers.pair_begin} {
    put(answers.all, all_);
    put(answers.weight, weight_);
    put(answers.class_begin, class_begin_);
    put(answers.own, own_);
    put(answers.own_weight, own_weight_);
    put(answers.own_begin, own_begin_);
    put(answers.pairs, pairs_);
    put(answers.log_odds, log_odds_);
    heads_ = samples_ == 0 ? 0 : answers.all.size() / samples_;
    counts_ = grid.template allocate<std::uint32_t>(heads_ * 256);
    fits_ = grid.template allocate<calibration>(answers.pairs.size());
  }

  /// Up to `options.max_heads` heads per class, as `shortlist` returns them.
  [[nodiscard]] std::vector<std::vector<shortlisted_head>> run(
      const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options) {
    grid_.run([&](const auto& policy) {
      thrust::for_each_n(policy, thrust::counting_iterator<std::size_t>{0}, heads_,
                         count_head{all_.data(), weight_.data(), samples_, counts_.data()});
      thrust::for_each_n(policy, thrust::counting_iterator<std::size_t>{0}, fits_.size(),
                         fit_pair{pairs_.data(), all_.data(), weight_.data(), class_begin_.data(), samples_,
                                  counts_.data(), own_.data(), own_weight_.data(), own_begin_.data(),
                                  log_odds_.data(), options.prior, fits_.data()});
    });
    std::vector<calibration> fits(fits_.size());
    grid_.download(fits_, std::span{fits});
    std::vector<std::vector<shortlisted_head>> out(screened.size());
    for (std::size_t y = 0; y < out.size(); ++y) {
      for (std::size_t i = 0; i < pair_begin_[y + 1] - pair_begin_[y]; ++i)
        out[y].push_back({screened[y][i].position, fits[pair_begin_[y] + i]});
      rank_fits(out[y], options.max_heads);
    }
    return out;
  }

 private:
  template <class T>
  using buffer = typename Grid::template buffer<T>;

  template <class T>
  void put(const std::vector<T>& from, buffer<T>& to) const {
    to = grid_.template allocate<T>(from.size());
    grid_.upload(std::span{from}, to);
  }

  Grid grid_;
  std::uint32_t samples_;
  std::size_t heads_ = 0;
  std::vector<std::size_t> pair_begin_;
  buffer<std::uint8_t> all_;
  buffer<std::uint32_t> weight_;
  buffer<std::uint32_t> class_begin_;
  buffer<std::uint8_t> own_;
  buffer<std::uint32_t> own_weight_;
  buffer<std::uint32_t> own_begin_;
  buffer<head_class_pair> pairs_;
  buffer<float> log_odds_;
  buffer<std::uint32_t> counts_;
  buffer<calibration> fits_;
};

}  // namespace mll::detail
