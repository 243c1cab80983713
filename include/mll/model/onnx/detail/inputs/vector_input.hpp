// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/random.hpp"
#include "mll/model/onnx/engines/detail/choose_output.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/onnx_description.hpp"
#include "mll/model/onnx/onnx_options.hpp"

namespace mll::detail {

/// The input of a network that takes vectors: one array `[batch, ...]` with a vector per sample, or several,
/// which get the parts of a vector in turn (a data frame of scikit-learn has one per column).
class vector_input {
 public:
  using sample_type = Eigen::VectorXf;
  [[nodiscard]] static onnx_input_kind kind() noexcept { return onnx_input_kind::vector; }

  /// @param[in] options `width`: number of features, for a file that leaves it open
  /// Throws: `model_error` for inputs of other types.
  vector_input(const std::string& file, const onnx_header& header, const onnx_options& options)
      : parts_{header.inputs} {
    if (parts_.empty()) throw model_error{file, "expected an input, found none"};
    for (const auto& each : parts_) {
      const auto type = static_cast<onnx_element>(each.element_type);
      if (!is_number(type))
        throw model_error{file, "expected inputs of numbers (vectors), found " + to_string(type) + " for '" +
                                    each.name + "'"};
      if (each.shape.empty())
        throw model_error{file,
                          "expected an input [batch, ...], found a single number for '" + each.name + "'"};
      check_extents(file, "input", each.shape);
      std::size_t width = 1;
      for (std::size_t d = 1; d < each.shape.size(); ++d) width *= each.shape[d];
      if (width == 0 && parts_.size() > 1)
        throw model_error{file, "expected inputs of declared width, found an open one: '" + each.name + "'"};
      if (width == 0 && each.shape.size() != 2)
        throw model_error{file, "expected an input [batch, features], found more than one open dimension"};
      if (width == 0) width = options.width;
      widths_.push_back(width);
      width_ += width;
      if (each.shape.front() != 0) fixed_batch_ = each.shape.front();
    }
  }

  [[nodiscard]] std::size_t fixed_batch() const noexcept { return fixed_batch_; }
  [[nodiscard]] static std::size_t usual_batch() noexcept { return usual_onnx_batch; }
  [[nodiscard]] std::size_t max_batch() const noexcept { return std::numeric_limits<std::size_t>::max(); }

  /// As `image_input`. Throws: `invalid_argument` naming a sample of another length.
  void write(std::span<const Eigen::VectorXf> samples, std::size_t first, std::size_t rows,
             std::vector<onnx_array>& out) const {
    const std::size_t length =
        width_ != 0 || samples.empty() ? width_ : static_cast<std::size_t>(samples.front().size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (samples[i].size() == static_cast<Eigen::Index>(length)) continue;
      throw invalid_argument{"batch[" + std::to_string(first + i) + "]",
                             "a vector of length " + std::to_string(length),
                             "one of length " + std::to_string(samples[i].size())};
    }
    out.resize(parts_.size());
    std::size_t begin = 0;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const std::size_t width = width_ == 0 ? length : widths_[p];
      std::vector<std::size_t> shape = parts_[p].shape;
      shape.front() = rows;
      if (shape.back() == 0) shape.back() = width;
      out[p].name = parts_[p].name;
      out[p].reset(static_cast<onnx_element>(parts_[p].element_type), std::move(shape));
      for (std::size_t i = 0; i < samples.size(); ++i)
        out[p].write<float>(i * width, std::span{samples[i].data() + begin, width});
      begin += width;
    }
  }

  /// Whether the number of features is known.
  [[nodiscard]] bool has_probe() const noexcept { return width_ != 0; }
  /// Vectors of different lengths and directions.
  [[nodiscard]] std::vector<Eigen::VectorXf> probe_samples(std::size_t count) const {
    random_engine engine{1};
    std::vector<Eigen::VectorXf> out;
    for (std::size_t i = 0; i < count; ++i) {
      out.emplace_back(static_cast<Eigen::Index>(width_));
      const float scale = i % 3 == 0 ? 1.0F : i % 3 == 1 ? 10.0F : 0.1F;
      for (float& value : out.back()) value = scale * (static_cast<float>(engine() % 2001) / 500.0F - 2);
    }
    return out;
  }

 private:
  std::vector<onnx_tensor> parts_;
  std::vector<std::size_t> widths_;
  std::size_t width_ = 0;  // of a vector; 0: open
  std::size_t fixed_batch_ = 0;
};

}  // namespace mll::detail
