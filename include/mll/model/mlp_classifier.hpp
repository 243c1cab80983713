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

/// One layer of a network: `W x + b`.
struct mlp_layer {
  matrix<float> weights;  ///< `[outputs, inputs]`
  Eigen::VectorXf bias;   ///< `[outputs]`
};

/// A multilayer perceptron: fully connected layers with rectifiers, `max(0, x)`, between them.
///
/// @code
/// std::vector<mll::mlp_layer> layers(2);  // 3 features, 8 hidden units, 2 heads
/// layers[0] = {mll::matrix<float>::Random(8, 3), Eigen::VectorXf::Zero(8)};
/// layers[1] = {mll::matrix<float>::Random(2, 8), Eigen::VectorXf::Zero(2)};
/// mll::hub<Eigen::VectorXf> experts;
/// experts.add("cats and dogs", mll::mlp_classifier{{"cat", "dog"}, layers});
/// @endcode
///
/// @tparam Features how a sample becomes a row of numbers
template <feature_map Features = vector_features>
class mlp_classifier {
 public:
  using sample_type = typename Features::sample_type;

  /// @param[in] head_names one per output of the last layer
  /// @param[in] layers     from input to output, at least one
  /// @param[in] output     the activation of the last layer
  /// @param[in] features   turns samples into the input of the first layer
  /// Throws: `invalid_argument` if the shapes do not match or an entry is not finite.
  mlp_classifier(std::vector<std::string> head_names, std::span<const mlp_layer> layers, activation output,
                 Features features)
      : head_names_{std::move(head_names)}, output_{output}, features_{std::move(features)} {
    if (layers.empty()) throw invalid_argument{"layers", "at least one layer", "none"};
    std::size_t width = features_.dimension();
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::string where = "layers[" + std::to_string(i) + "].";
      layers_.emplace_back(layers[i].weights, layers[i].bias, where);
      if (layers_.back().inputs() != width) {
        throw invalid_argument{where + "weights", std::to_string(width) + " columns",
                               std::to_string(layers_.back().inputs())};
      }
      width = layers_.back().outputs();
    }
    detail::check_head_names(head_names_, width);
  }

  /// For samples that are vectors as long as the input of the first layer.
  mlp_classifier(std::vector<std::string> head_names, std::span<const mlp_layer> layers,
                 activation output = activation::softmax)
    requires std::same_as<Features, vector_features>
      : mlp_classifier{
            std::move(head_names), layers, output,
            vector_features{layers.empty() ? 0 : static_cast<std::size_t>(layers.front().weights.cols())}} {}

  [[nodiscard]] std::size_t head_count() const noexcept { return head_names_.size(); }
  [[nodiscard]] const std::string& head_name(std::size_t head) const { return head_names_[head]; }
  void predict(std::span<const sample_type> batch, matrix_ref<float> scores) const {
    if (batch.empty()) return;
    matrix<float> values = layers_.front()(features_.transform(batch));
    for (std::size_t i = 1; i < layers_.size(); ++i) {
      // By element, so that NaN stays NaN.
      for (float& x : std::span{values.data(), static_cast<std::size_t>(values.size())}) x = x < 0 ? 0.0F : x;
      values = layers_[i](values);
    }
    scores = values;
    activate(output_, scores);
  }

 private:
  std::vector<std::string> head_names_;
  std::vector<detail::affine> layers_;
  activation output_;
  Features features_;
};

static_assert(classifier<mlp_classifier<>>);

}  // namespace mll
