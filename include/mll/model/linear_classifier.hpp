// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/detail/layer.hpp"
#include "mll/model/feature_map.hpp"

namespace mll {

/// A linear model: `scores = activation(features(x) W^T + b)`. See `classifier` for its members.
///
/// @code
/// mll::matrix<float> weights(2, 3);  // [heads, features]
/// weights << 1, 0, -1, 0, 2, 0.5F;
/// const Eigen::VectorXf bias = Eigen::VectorXf::Zero(2);
/// mll::hub<Eigen::VectorXf> experts;
/// experts.add("cats and dogs", mll::linear_classifier{{"cat", "dog"}, weights, bias});
/// @endcode
///
/// @tparam Features how a sample becomes a row of numbers
template <feature_map Features = vector_features>
class linear_classifier {
 public:
  using sample_type = typename Features::sample_type;

  /// @param[in] head_names one per head
  /// @param[in] weights    `[heads, features]`
  /// @param[in] bias       `[heads]`
  /// @param[in] output     the activation; a softmax over one head is always 1
  /// @param[in] features   turns samples into rows of `features` numbers
  /// Throws: `invalid_argument` if the shapes do not match or an entry is not finite.
  linear_classifier(std::vector<std::string> head_names, const const_matrix_ref<float>& weights,
                    const Eigen::Ref<const Eigen::VectorXf>& bias, activation output, Features features)
      : head_names_{std::move(head_names)},
        layer_{weights, bias},
        output_{output},
        features_{std::move(features)} {
    detail::check_head_names(head_names_, layer_.outputs());
    if (const std::size_t width = features_.dimension(); width != layer_.inputs()) {
      throw invalid_argument{"weights", std::to_string(width) + " columns, one per feature",
                             std::to_string(layer_.inputs())};
    }
  }

  /// For samples that are vectors of length `weights.cols()`.
  linear_classifier(std::vector<std::string> head_names, const const_matrix_ref<float>& weights,
                    const Eigen::Ref<const Eigen::VectorXf>& bias, activation output = activation::softmax)
    requires std::same_as<Features, vector_features>
      : linear_classifier{std::move(head_names), weights, bias, output,
                          vector_features{static_cast<std::size_t>(weights.cols())}} {}

  [[nodiscard]] std::size_t head_count() const noexcept { return head_names_.size(); }
  [[nodiscard]] const std::string& head_name(std::size_t head) const { return head_names_[head]; }
  void predict(std::span<const sample_type> batch, matrix_ref<float> scores) const {
    if (batch.empty()) return;
    scores = layer_(features_.transform(batch));
    activate(output_, scores);
  }

 private:
  std::vector<std::string> head_names_;
  detail::affine layer_;
  activation output_;
  Features features_;
};

static_assert(classifier<linear_classifier<>>);

}  // namespace mll
