// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/classifier.hpp"

namespace mll {

namespace detail {

template <class Signature>
struct batch_sample;
template <class Result, class Sample>
struct batch_sample<std::function<Result(std::span<const Sample>)>> {
  using type = Sample;
};

}  // namespace detail

/// A callable that returns scores `[batch, heads]` as a `matrix<float>`.
template <class Function, class Sample>
concept returns_a_score_matrix =
    std::is_invocable_r_v<matrix<float>, const Function&, std::span<const Sample>>;

/// A callable as a classifier: the shortest way to add a model of your own.
///
/// @code
/// hub.add("length", mll::callable_classifier{{"long text"}, [](std::span<const std::string> batch) {
///   mll::matrix<float> scores(static_cast<Eigen::Index>(batch.size()), 1);
///   for (std::size_t r = 0; r < batch.size(); ++r)
///     scores(static_cast<Eigen::Index>(r), 0) = batch[r].size() > 60 ? 1.0F : 0.0F;
///   return scores;
/// }});
/// @endcode
///
/// @tparam Sample   what the callable takes
/// @tparam Function callable as `(std::span<const Sample>) -> matrix<float>` `[batch, heads]`. Both are
///                  deduced from a callable that is not a template: `callable_classifier{names, function}`.
template <class Sample, class Function = std::function<matrix<float>(std::span<const Sample>)>>
  requires std::copy_constructible<Function> && returns_a_score_matrix<Function, Sample>
class callable_classifier {
 public:
  using sample_type = Sample;

  /// @param[in] head_names one per head, at least one
  /// @param[in] function   the model; a row of its result depends on its sample only. Not called for an empty
  ///                       batch
  /// Throws: `invalid_argument` if there is no head name.
  callable_classifier(std::vector<std::string> head_names, Function function)
      : head_names_{std::move(head_names)}, function_{std::move(function)} {
    if (head_names_.empty()) throw invalid_argument{"head_names", "at least one name", "none"};
  }

  [[nodiscard]] std::size_t head_count() const noexcept { return head_names_.size(); }
  [[nodiscard]] const std::string& head_name(std::size_t head) const { return head_names_[head]; }
  /// Throws: `invalid_argument` if the result is not of shape `[batch, heads]`; what the callable throws.
  void predict(std::span<const Sample> batch, matrix_ref<float> scores) const {
    if (batch.empty()) return;
    const matrix<float> result = std::invoke(function_, batch);
    const auto shape = [](std::size_t rows, std::size_t columns) {
      return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
    };
    const auto rows = static_cast<std::size_t>(result.rows());
    const auto columns = static_cast<std::size_t>(result.cols());
    if (rows != batch.size() || columns != head_count()) {
      throw invalid_argument{"function", "scores of shape " + shape(batch.size(), head_count()),
                             shape(rows, columns)};
    }
    scores = result;
  }

 private:
  std::vector<std::string> head_names_;
  Function function_;
};

template <class Function>
callable_classifier(std::vector<std::string>, Function) -> callable_classifier<
    typename detail::batch_sample<decltype(std::function{std::declval<Function>()})>::type, Function>;

static_assert(classifier<callable_classifier<std::string>>);

}  // namespace mll
