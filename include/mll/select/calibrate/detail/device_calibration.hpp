// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/select/calibrate/detail/calibration_kernels.hpp"
#include "mll/select/calibrate/detail/pair_answers.hpp"
#include "mll/select/calibrate/detail/rank_fits.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// Calibration of all screened heads of a task in one batch on a grid. The constructor uploads the input.
template <class Grid>
class device_calibration {
 public:
  device_calibration(const Grid& grid, const pair_answers& answers)
      : grid_{grid}, samples_{answers.samples()}, pair_begin_{answers.pair_begin} {
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
    std::vector<calibration> fits(pair_begin_.back());
    if (!fits.empty()) {
      const auto samples = static_cast<std::uint32_t>(samples_);
      grid_.launch(heads_, count_answers{all_.data(), weight_.data(), samples, counts_.data()});
      grid_.launch(fits.size(), fit_pairs{pairs_.data(), all_.data(), weight_.data(), class_begin_.data(),
                                          samples, counts_.data(), own_.data(), own_weight_.data(),
                                          own_begin_.data(), log_odds_.data(), options.prior, fits_.data()});
      grid_.download(fits_, std::span{fits});
    }
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
  std::size_t samples_;
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
