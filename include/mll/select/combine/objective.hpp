// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

namespace mll {

/// What a joint combination is good for: a mean over samples, class-balanced, of a value that depends on the
/// score of the true class and on a summary of its rivals' scores. That is enough to change the score of one
/// class without looking at the others again.
///
/// Valid expressions for an `O`:
/// - `O::no_rivals()`: summary of no score at all
/// - `O::add_rival(summary, score)`: summary with one more score; associative and commutative up to rounding
/// - `O::value(truth, summary)`: what one sample is worth; larger is better
///
/// `add_rival` and `value` may take arrays as well, of one shape, and give an array: that is faster. Faster
/// still if there is
/// - `O::drop_rival(summary, score)`, of arrays: the summary without one of its scores, NaN where rounding
///   would show
///
/// Models: `log_likelihood`, `macro_accuracy`.
template <class O>
concept selection_objective = std::default_initializable<O> && requires(float score) {
  { O::no_rivals() } -> std::same_as<float>;
  { O::add_rival(score, score) } -> std::same_as<float>;
  { O::value(score, score) } -> std::same_as<float>;
};

/// Class-balanced multinomial log-likelihood of the softmax of the class scores, in nats.
struct log_likelihood {
  static constexpr const char* name = "log-likelihood";
  // Finite, so that the difference of two of them is no NaN.
  [[nodiscard]] static float no_rivals() noexcept { return std::numeric_limits<float>::lowest(); }
  [[nodiscard]] static float add_rival(float summary, float score) noexcept {
    return std::max(summary, score) + std::log(1 + std::exp(-std::abs(summary - score)));
  }
  [[nodiscard]] static float value(float truth, float summary) noexcept {
    const float lead = truth - summary;  // log of sigmoid(lead)
    return std::min(lead, 0.0F) - std::log(1 + std::exp(-std::abs(lead)));
  }

  template <class A, class B>
  [[nodiscard]] static Eigen::ArrayX<typename A::Scalar> add_rival(const Eigen::ArrayBase<A>& summary,
                                                                   const Eigen::ArrayBase<B>& score) {
    return summary.max(score) + (1 + (-(summary - score).abs()).exp()).log();
  }
  template <class A, class B>
  [[nodiscard]] static Eigen::ArrayX<typename A::Scalar> drop_rival(const Eigen::ArrayBase<A>& summary,
                                                                    const Eigen::ArrayBase<B>& score) {
    using T = typename A::Scalar;
    const Eigen::ArrayX<T> share = (score - summary).exp();  // of the sum; what is left is 1 - share
    return (share < T{0.9F}).select(summary + (1 - share).log(), std::numeric_limits<T>::quiet_NaN());
  }
  template <class A, class B>
  [[nodiscard]] static Eigen::ArrayX<typename A::Scalar> value(const Eigen::ArrayBase<A>& truth,
                                                               const Eigen::ArrayBase<B>& summary) {
    using T = typename A::Scalar;
    return (truth - summary).min(T{0}) - (1 + (-(truth - summary).abs()).exp()).log();
  }
};

/// Mean over the classes of the share of samples whose true class scores highest; a tie counts half.
struct macro_accuracy {
  static constexpr const char* name = "macro accuracy";
  [[nodiscard]] static float no_rivals() noexcept { return -std::numeric_limits<float>::infinity(); }
  [[nodiscard]] static float add_rival(float summary, float score) noexcept {
    return std::max(summary, score);
  }
  [[nodiscard]] static float value(float truth, float summary) noexcept {
    return truth > summary ? 1.0F : truth == summary ? 0.5F : 0.0F;
  }
};

static_assert(selection_objective<log_likelihood> && selection_objective<macro_accuracy>);

}  // namespace mll
