// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/calibrate/detail/newton_logistic.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"

namespace mll::detail {

/// A pair of head and class to calibrate.
struct head_class_pair {
  std::size_t first_own = 0;  // offset of its responses to samples of the class
  std::uint32_t head = 0;     // row of the responses to samples of all classes
  std::uint32_t of_class = 0;
  double samples = 1;  // effective number; divides the precision of the prior
};

/// Pairs to calibrate and their responses; see `pair_responses`.
struct pair_view {
  const head_class_pair* pairs = nullptr;
  const std::uint8_t* all = nullptr;           ///< `[heads, samples]`
  const std::uint32_t* weight = nullptr;       ///< `[samples]`
  const std::uint32_t* class_begin = nullptr;  ///< `[classes + 1]`
  std::uint32_t samples = 0;
  std::uint32_t* counts = nullptr;            ///< `[heads, 256]`: histograms of all samples
  const std::uint8_t* own = nullptr;          ///< pair by pair
  const std::uint32_t* own_weight = nullptr;  ///< class by class
  const std::uint32_t* own_begin = nullptr;   ///< `[classes + 1]`
  const float* log_odds = nullptr;            ///< `[256]`
  calibration* fits = nullptr;                ///< `[pairs]`
};

/// Histograms of the responses of heads to samples of all classes; one block per head.
struct count_answers {
  static constexpr unsigned threads = 256;
  pair_view view;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    struct memory {
      std::uint32_t of[256];
    };
    std::uint32_t* const count = block.template shared<memory>().of;
    const std::uint8_t* const mine = view.all + static_cast<std::size_t>(block.index()) * view.samples;
    block.each_thread([&](unsigned t) { count[t] = 0; });
    block.each_thread([&](unsigned t) {
      for (std::uint32_t i = t; i < view.samples; i += threads)
        exec::detail::atomic_add(count[mine[i]], view.weight[i]);
    });
    block.each_thread(
        [&](unsigned t) { view.counts[static_cast<std::size_t>(block.index()) * 256 + t] = count[t]; });
  }
};

/// Fits the logistic maps of pairs of head and class from histograms (`newton_logistic`): one warp per pair,
/// eight codes per thread.
struct fit_pairs {
  static constexpr unsigned threads = 32;
  static constexpr unsigned codes_per_thread = 256 / threads;

  pair_view view;
  calibration_prior prior;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    struct memory {
      std::uint32_t own[256];
      std::uint32_t rest[256];
    };
    memory& count = block.template shared<memory>();
    const head_class_pair pair = view.pairs[block.index()];
    block.each_thread([&](unsigned t) {
      for (unsigned c = t; c < 256; c += threads) {
        count.own[c] = 0;
        count.rest[c] = view.counts[static_cast<std::size_t>(pair.head) * 256 + c];
      }
    });
    block.each_thread([&](unsigned t) {
      const std::uint32_t* const weights = view.own_weight + view.own_begin[pair.of_class];
      const std::uint32_t owned = view.own_begin[pair.of_class + 1] - view.own_begin[pair.of_class];
      for (std::uint32_t i = t; i < owned; i += threads)
        exec::detail::atomic_add(count.own[view.own[pair.first_own + i]], weights[i]);
      // The rest: all samples minus those of the class. Unsigned wrap-around makes the subtraction exact.
      const std::uint8_t* const row = view.all + static_cast<std::size_t>(pair.head) * view.samples;
      for (std::uint32_t i = view.class_begin[pair.of_class] + t; i < view.class_begin[pair.of_class + 1];
           i += threads)
        exec::detail::atomic_add(count.rest[row[i]], 0U - view.weight[i]);
    });

    registers<Block, thread_codes> mine;
    registers<Block, double> sum;
    const auto halved = [&](const std::uint32_t* of) {
      block.each_thread([&](unsigned t) {
        sum[t] = 0;
        for (unsigned c = t; c < 256; c += threads) sum[t] += of[c];
      });
      block.warp_sum(sum);
      return 0.5 / sum[0];
    };
    const double own_unit = halved(count.own);
    const double rest_unit = halved(count.rest);
    block.each_thread([&](unsigned t) {
      MLL_UNROLL
      for (unsigned i = 0; i < codes_per_thread; ++i) {
        const unsigned c = t + threads * i;
        mine[t].x[i] = view.log_odds[c];
        mine[t].own[i] = static_cast<float>(own_unit * count.own[c]);
        mine[t].rest[i] = static_cast<float>(rest_unit * count.rest[c]);
      }
    });

    const auto loss = [&](double slope, double intercept) {
      block.each_thread([&](unsigned t) {
        sum[t] = mine[t].loss(static_cast<float>(slope), static_cast<float>(intercept));
      });
      block.warp_sum(sum);
      return sum[0];
    };
    registers<Block, logistic_derivatives> part;
    const auto summed = [&](double logistic_derivatives::*which) {
      block.each_thread([&](unsigned t) { sum[t] = part[t].*which; });
      block.warp_sum(sum);
      return sum[0];
    };
    const auto derive = [&] {
      block.each_thread([&](unsigned t) { part[t] = mine[t].derive(); });
      logistic_derivatives out;
      out.a = summed(&logistic_derivatives::a);
      out.b = summed(&logistic_derivatives::b);
      out.aa = summed(&logistic_derivatives::aa);
      out.ab = summed(&logistic_derivatives::ab);
      out.bb = summed(&logistic_derivatives::bb);
      return out;
    };
    const calibration fit = newton_logistic(prior, pair.samples, loss, derive);
    block.each_thread([&](unsigned t) {
      if (t == 0) view.fits[block.index()] = fit;
    });
  }

 private:
  template <class Block, class T>
  using registers = typename Block::template registers<T>;

  // The codes of one thread.
  struct thread_codes {
    float x[codes_per_thread];       // log-odds
    float own[codes_per_thread];     // weight of the samples of the class
    float rest[codes_per_thread];    // of all other samples
    float margin[codes_per_thread];  // slope x + intercept
    float fade[codes_per_thread];    // e^-|margin|

    MLL_DEVICE double loss(float slope, float intercept) {
      double out = 0;
      MLL_UNROLL
      for (unsigned i = 0; i < codes_per_thread; ++i) {
        margin[i] = slope * x[i] + intercept;
        fade[i] = std::exp(-std::abs(margin[i]));
        const float terms = (own[i] + rest[i]) * std::log(1 + fade[i]) +
                            own[i] * (margin[i] < 0 ? -margin[i] : 0.0F) +
                            rest[i] * (margin[i] > 0 ? margin[i] : 0.0F);
        out += static_cast<double>(terms);
      }
      return out;
    }
    MLL_DEVICE logistic_derivatives derive() const {
      logistic_derivatives out;
      MLL_UNROLL
      for (unsigned i = 0; i < codes_per_thread; ++i) {
        const float sure = 1 / (1 + fade[i]);
        const float unsure = fade[i] * sure;
        const bool is_above = margin[i] > 0;
        const float slack = rest[i] * (is_above ? sure : unsure) - own[i] * (is_above ? unsure : sure);
        const float curve = (own[i] + rest[i]) * sure * unsure;
        out.a += static_cast<double>(slack * x[i]);
        out.b += static_cast<double>(slack);
        out.aa += static_cast<double>(curve * (x[i] * x[i]));
        out.ab += static_cast<double>(curve * x[i]);
        out.bb += static_cast<double>(curve);
      }
      return out;
    }
  };
};

}  // namespace mll::detail
