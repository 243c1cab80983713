// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// The heads of one class with their responses to all rows, and the logistic regression on them.
template <class = void>  // compiled where it is used
class class_heads {
 public:
  /// The `count` most relevant heads of a class.
  /// @param[in] relevance `[heads]`
  class_heads(const task_evidence& evidence, std::size_t y, std::span<const float> relevance,
              std::size_t count)
      : rows_{evidence.rows()}, class_{y} {
    choose(evidence, relevance, count);
    pooled_.resize(positions_.size());
    double total = 0;
    for (std::size_t k = 0; k < pooled_.size(); ++k)
      total += pooled_[k] = static_cast<double>(relevance[positions_[k]]) + 0.02;
    for (double& share : pooled_) share /= total;
  }

  /// Number of heads; the coefficient after them is the intercept.
  [[nodiscard]] std::size_t size() const noexcept { return positions_.size(); }
  [[nodiscard]] std::span<const std::uint32_t> positions() const noexcept { return positions_; }
  [[nodiscard]] std::span<const double> coefficients() const noexcept { return fitted_; }

  /// Sets the coefficients to those before the fit: heads pooled by relevance, plus `trust` times the
  /// non-negative discriminant of the class against the rest.
  void start(std::size_t classes, double trust) {
    const std::size_t heads = size();
    start_ = pooled_;
    start_.push_back(0);
    stiffness_.assign(heads + 1, 1);
    if (!rows_.empty()) {
      for (std::size_t k = 0; k < heads; ++k) stiffness_[k] = 0.3 + variance(responses(k));
      add_discriminant(classes, trust);
    }
    fitted_ = start_;
  }

  /// `[rows]`: `sum_h theta_h x_h + b`
  void score(std::span<double> out) const {
    std::fill(out.begin(), out.end(), fitted_.back());
    for (std::size_t k = 0; k < size(); ++k) add_scaled(fitted_[k], responses(k), out);
  }

  /// A damped Newton step of this class alone.
  /// @param[in] probabilities `[rows]`: of this class
  /// @param[in] share         weight of a class
  /// @param[in] pull          strength of the ridge
  void improve(std::span<const double> probabilities, double share, double pull) {
    const std::size_t n = size() + 1;
    std::vector<double> gradient(n);
    matrix<double> curvature = zeros<double>(n, n);
    for (std::size_t k = 0; k < n; ++k) {
      gradient[k] = pull * stiffness_[k] * (fitted_[k] - start_[k]);
      row_of(curvature, k)[k] = pull * stiffness_[k];
    }
    std::vector<double> x(n, 1);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      for (std::size_t k = 0; k + 1 < n; ++k) x[k] = responses(k)[r];
      const double p = probabilities[r];
      const double weight = share * static_cast<double>(rows_[r].weight);
      add_scaled(weight * (p - (rows_[r].target.index() == class_ ? 1 : 0)), x, gradient);
      for (std::size_t k = 0; k < n; ++k)
        add_scaled(weight * p * (1 - p) * x[k], std::span{x}.first(k + 1), row_of(curvature, k).first(k + 1));
    }
    solve_spd(curvature, gradient);
    for (std::size_t k = 0; k < n; ++k) {
      fitted_[k] -= 0.6 * gradient[k];
      if (k + 1 < n) fitted_[k] = std::max(fitted_[k], 0.0);
    }
  }

 private:
  [[nodiscard]] std::span<const double> responses(std::size_t k) const {
    return std::span{responses_}.subspan(k * rows_.size(), rows_.size());
  }
  [[nodiscard]] static double variance(std::span<const double> x) {
    const auto count = static_cast<double>(x.size());
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / count;
    double sum = 0;
    for (const double value : x) sum += (value - mean) * (value - mean);
    return sum / count;
  }

  // Takes heads by decreasing relevance; of heads with the same responses, the first.
  void choose(const task_evidence& evidence, std::span<const float> relevance, std::size_t count) {
    std::vector<std::uint32_t> order(relevance.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return relevance[a] != relevance[b] ? relevance[a] > relevance[b] : a < b;
    });
    for (const std::uint32_t candidate : order) {
      if (positions_.size() == count) break;
      Eigen::ArrayXXf x = evidence.log_odds(exec::sequential{}, std::span{&candidate, 1});
      numerics::to_log_probability({x.data(), rows_.size()});
      const double log_width = std::log(static_cast<double>(evidence.model_width(candidate)));
      const std::size_t at = responses_.size();
      for (std::size_t r = 0; r < rows_.size(); ++r)
        responses_.push_back(static_cast<double>(x.data()[r]) + log_width);
      if (repeats(at)) {
        responses_.resize(at);
      } else {
        positions_.push_back(candidate);
      }
    }
  }
  // Whether the responses from a position on equal those of an earlier head.
  [[nodiscard]] bool repeats(std::size_t at) const {
    const auto last = std::span{responses_}.subspan(at);
    for (std::size_t k = 0; k < positions_.size() && !last.empty(); ++k) {
      const auto near = [](double a, double b) { return std::abs(a - b) < 1e-6; };
      if (std::equal(last.begin(), last.end(), responses(k).begin(), near)) return true;
    }
    return false;
  }

  void add_discriminant(std::size_t classes, double trust) {
    const std::size_t heads = size();
    matrix<double> means = zeros<double>(classes, heads);
    std::vector<bool> known(classes, false);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const std::size_t c = rows_[r].target.index();
      known[c] = true;
      for (std::size_t k = 0; k < heads; ++k)
        row_of(means, c)[k] += static_cast<double>(rows_[r].weight) * responses(k)[r];
    }
    std::vector<std::size_t> others;
    for (std::size_t c = 0; c < classes; ++c) {
      if (c != class_ && known[c]) others.push_back(c);
    }
    if (!known[class_] || others.empty()) return;
    const auto other_count = static_cast<double>(others.size());
    std::vector<double> rest(heads, 0);
    for (const std::size_t c : others) add_scaled(1 / other_count, row_of(means, c), rest);

    matrix<double> spread = zeros<double>(heads, heads);
    for (std::size_t k = 0; k < heads; ++k) row_of(spread, k)[k] = 0.05;
    std::vector<double> difference(heads);
    const auto add_square = [&](double weight) {
      for (std::size_t k = 0; k < heads; ++k)
        add_scaled(weight * difference[k], difference, row_of(spread, k));
    };
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const auto mean = row_of(means, rows_[r].target.index());
      for (std::size_t k = 0; k < heads; ++k) difference[k] = responses(k)[r] - mean[k];
      add_square(static_cast<double>(rows_[r].weight) / (other_count + 1));
    }
    for (const std::size_t c : others) {
      for (std::size_t k = 0; k < heads; ++k) difference[k] = row_of(means, c)[k] - rest[k];
      add_square(1 / other_count);
    }
    const auto own = row_of(means, class_);
    std::vector<double> separating(heads);
    for (std::size_t k = 0; k < heads; ++k) separating[k] = own[k] - rest[k];
    solve_spd(spread, separating);
    for (std::size_t k = 0; k < heads; ++k) {
      const double theta = trust * std::max(separating[k], 0.0);
      start_[k] += theta;
      start_[heads] -= theta * (own[k] + rest[k]) / 2;
    }
  }

  std::span<const example> rows_;
  std::size_t class_;
  std::vector<std::uint32_t> positions_;
  std::vector<double> responses_;  // [heads, rows]: log(p + 0.003) + log(heads of the model)
  std::vector<double> pooled_;     // [heads]: shares by relevance
  std::vector<double> start_;      // [heads + 1]: coefficients before the fit
  std::vector<double> stiffness_;  // [heads + 1]: factors of the ridge
  std::vector<double> fitted_;     // [heads + 1]
};

}  // namespace mll::detail
