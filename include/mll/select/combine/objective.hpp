// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

namespace mll {

/// `O::no_rivals()` returns a `float`.
template <class O>
concept has_no_rivals = requires {
  { O::no_rivals() } -> std::same_as<float>;
};

/// `O::add_rival(summary, score)` returns a `float`.
template <class O>
concept has_add_rival = requires(float summary, float score) {
  { O::add_rival(summary, score) } -> std::same_as<float>;
};

/// `O::value(truth, summary)` returns a `float`.
template <class O>
concept has_value = requires(float truth, float summary) {
  { O::value(truth, summary) } -> std::same_as<float>;
};

/// An objective of the joint combination, to be maximised: the class-balanced mean over samples of a function
/// of the true class's score and a summary of its rivals' scores. Because of the summary, a change of one
/// class's scores does not need a pass over the other classes.
///
/// An objective is a type without state, default constructible and copyable. Valid expressions, with `float`
/// arguments:
/// - `O::no_rivals()`: the summary of an empty set of scores
/// - `O::add_rival(summary, score)`: the summary with one more score; associative and commutative up to
///   rounding
/// - `O::value(truth, summary)`: value of one sample; larger is better
///
/// Optional, for speed:
/// - `add_rival` and `value` on Eigen arrays of equal shape, which return an array
/// - `O::drop_rival(summary, score)` on arrays: the summary without one of its scores; NaN where rounding
///   would make it inaccurate
///
/// Optional, for reports: `O::name`, the name of the type.
///
/// @code
/// struct lead {  // distance between the true class and its best rival
///   static float no_rivals() { return -1e3F; }
///   static float add_rival(float summary, float score) { return std::max(summary, score); }
///   static float value(float truth, float summary) { return truth - summary; }
/// };
/// static_assert(mll::selection_objective<lead>);
/// @endcode
///
/// Models: `log_likelihood`, `macro_accuracy`.
template <class O>
concept selection_objective = std::semiregular<O> && has_no_rivals<O> && has_add_rival<O> && has_value<O>;

/// Class-balanced multinomial log-likelihood of the softmax of the class scores, in nats.
struct log_likelihood {
  static constexpr const char* name = "log_likelihood";
  // Finite, so that the difference of two of them is not NaN.
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
    const Eigen::ArrayX<T> share = (score - summary).exp();  // of the sum; 1 - share remains
    return (share < T{0.9F}).select(summary + (1 - share).log(), std::numeric_limits<T>::quiet_NaN());
  }
  template <class A, class B>
  [[nodiscard]] static Eigen::ArrayX<typename A::Scalar> value(const Eigen::ArrayBase<A>& truth,
                                                               const Eigen::ArrayBase<B>& summary) {
    using T = typename A::Scalar;
    return (truth - summary).min(T{0}) - (1 + (-(truth - summary).abs()).exp()).log();
  }
};

/// Mean over the classes of the fraction of samples whose true class scores highest; a tie counts half.
struct macro_accuracy {
  static constexpr const char* name = "macro_accuracy";
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
