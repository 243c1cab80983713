// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"

namespace mll::detail {

/// A head that is calibrated for a class.
struct head_class_pair {
  std::size_t first_own = 0;  // of its answers to the samples of the class
  std::uint32_t head = 0;     // row of the table of answers to samples of all classes
  std::uint32_t of_class = 0;
  double samples = 1;  // what the prior is weighed against
};

/// Histograms of the answers of heads to samples of all classes; one block a head.
struct count_answers {
  static constexpr unsigned threads = 256;

  const std::uint8_t* codes = nullptr;    ///< `[heads, samples]`
  const std::uint32_t* weight = nullptr;  ///< `[samples]`
  std::uint32_t samples = 0;
  std::uint32_t* counts = nullptr;  ///< `[heads, 256]`

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    struct memory {
      std::uint32_t of[256];
    };
    std::uint32_t* const count = block.template shared<memory>().of;
    const std::uint8_t* const mine = codes + static_cast<std::size_t>(block.index()) * samples;
    block.each_thread([&](unsigned t) { count[t] = 0; });
    block.each_thread([&](unsigned t) {
      for (std::uint32_t i = t; i < samples; i += threads)
        exec::detail::atomic_add(count[mine[i]], weight[i]);
    });
    block.each_thread(
        [&](unsigned t) { counts[static_cast<std::size_t>(block.index()) * 256 + t] = count[t]; });
  }
};

/// Newton's method for the logistic maps of pairs of head and class, from histograms: a warp a pair, eight
/// codes a thread. The steps are those of the host's `fit_logistic`.
struct fit_pairs {
  static constexpr unsigned threads = 32;
  static constexpr unsigned codes_per_thread = 256 / threads;

  const head_class_pair* pairs = nullptr;
  const std::uint8_t* all = nullptr;           ///< `[heads, samples]`
  const std::uint32_t* weight = nullptr;       ///< `[samples]`
  const std::uint32_t* class_begin = nullptr;  ///< `[classes + 1]`
  std::uint32_t samples = 0;
  const std::uint32_t* counts = nullptr;      ///< `[heads, 256]`: of all samples
  const std::uint8_t* own = nullptr;          ///< pair after pair
  const std::uint32_t* own_weight = nullptr;  ///< class after class
  const std::uint32_t* own_begin = nullptr;   ///< `[classes + 1]`
  const float* log_odds = nullptr;            ///< `[256]`
  calibration_prior prior;
  calibration* fits = nullptr;  ///< `[pairs]`

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    struct memory {
      std::uint32_t own[256];
      std::uint32_t rest[256];
    };
    memory& count = block.template shared<memory>();
    const head_class_pair pair = pairs[block.index()];
    block.each_thread([&](unsigned t) {
      for (unsigned c = t; c < 256; c += threads) {
        count.own[c] = 0;
        count.rest[c] = counts[static_cast<std::size_t>(pair.head) * 256 + c];
      }
    });
    block.each_thread([&](unsigned t) {
      const std::uint32_t* const weights = own_weight + own_begin[pair.of_class];
      const std::uint32_t owned = own_begin[pair.of_class + 1] - own_begin[pair.of_class];
      for (std::uint32_t i = t; i < owned; i += threads)
        exec::detail::atomic_add(count.own[own[pair.first_own + i]], weights[i]);
      // The rest is all samples but those of the class; unsigned numbers take out what was put in.
      const std::uint8_t* const row = all + static_cast<std::size_t>(pair.head) * samples;
      for (std::uint32_t i = class_begin[pair.of_class] + t; i < class_begin[pair.of_class + 1]; i += threads)
        exec::detail::atomic_add(count.rest[row[i]], 0U - weight[i]);
    });

    registers<Block, answers> mine;
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
        mine[t].x[i] = log_odds[c];
        mine[t].own[i] = static_cast<float>(own_unit * count.own[c]);
        mine[t].rest[i] = static_cast<float>(rest_unit * count.rest[c]);
      }
    });

    const auto total_loss = [&](double slope, double intercept) {
      block.each_thread([&](unsigned t) {
        sum[t] = mine[t].loss(static_cast<float>(slope), static_cast<float>(intercept));
      });
      block.warp_sum(sum);
      return sum[0];
    };
    const auto penalty = [&](double slope, double intercept) {
      return 0.5 *
             (prior.slope_precision * (slope - prior.slope) * (slope - prior.slope) +
              prior.intercept_precision * intercept * intercept) /
             pair.samples;
    };
    registers<Block, derivatives> part;
    const auto summed = [&](double derivatives::*which) {
      block.each_thread([&](unsigned t) { sum[t] = part[t].*which; });
      block.warp_sum(sum);
      return sum[0];
    };
    double a = prior.slope;
    double b = 0;
    double loss = total_loss(a, b);
    double total = loss + penalty(a, b);
    for (int iteration = 0; iteration < 30; ++iteration) {
      block.each_thread([&](unsigned t) { part[t] = mine[t].derive(); });
      const double ga = summed(&derivatives::a) + prior.slope_precision * (a - prior.slope) / pair.samples;
      const double gb = summed(&derivatives::b) + prior.intercept_precision * b / pair.samples;
      const double haa = summed(&derivatives::aa) + prior.slope_precision / pair.samples;
      const double hab = summed(&derivatives::ab);
      const double hbb = summed(&derivatives::bb) + prior.intercept_precision / pair.samples;
      const double det = haa * hbb - hab * hab;
      const double da = (hbb * ga - hab * gb) / det;
      const double db = (haa * gb - hab * ga) / det;
      if (da * ga + db * gb < 2e-8) break;  // a step would gain half of that
      double step = 1;
      double next = 0;
      double next_loss = 0;
      for (; step > 1e-4; step /= 2) {  // Newton overshoots where the curve is flat
        next_loss = total_loss(a - step * da, b - step * db);
        next = next_loss + penalty(a - step * da, b - step * db);
        if (next <= total) break;
      }
      if (!(next < total)) break;
      a -= step * da;
      b -= step * db;
      loss = next_loss;
      const bool is_settled = total - next < 1e-7;
      total = next;
      if (is_settled) break;
    }
    block.each_thread([&](unsigned t) {
      if (t == 0)
        fits[block.index()] = {static_cast<float>(a), static_cast<float>(b), static_cast<float>(loss)};
    });
  }

 private:
  template <class Block, class T>
  using registers = typename Block::template registers<T>;

  // Sums over the codes of a thread, of the loss by slope and intercept.
  struct derivatives {
    double a;
    double b;
    double aa;
    double ab;
    double bb;
  };
  // The codes of a thread.
  struct answers {
    float x[codes_per_thread];       // log-odds
    float own[codes_per_thread];     // weight of the samples of the class
    float rest[codes_per_thread];    // of all others
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
    MLL_DEVICE derivatives derive() const {
      derivatives out{0, 0, 0, 0, 0};
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
