// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mll/model/activation.hpp"
#include "mll/model/onnx/onnx_options.hpp"

namespace mll {

/// What is known about an expert besides its file: the names of its heads, how its samples are prepared, how
/// its output becomes scores. Each value is optional and records its source.
///
/// Read by `read_expert_description`; completes `onnx_options`.
struct expert_description {
  /// A value and its source.
  template <class T>
  struct entry : std::optional<T> {
    std::string source = {};  ///< file and key, e.g. `birds/config.json: id2label`

    void set(T value, std::string from) {
      this->emplace(std::move(value));
      source = std::move(from);
    }
    /// Takes the other entry if this one has no value.
    void complete(const entry& other) {
      if (!this->has_value()) *this = other;
    }
  };

  struct input_entries {
    entry<std::string> name = {};
    entry<std::size_t> width = {};   ///< pixels
    entry<std::size_t> height = {};  ///< pixels
    entry<tensor_layout> layout = {};
    entry<channel_order> order = {};
    entry<float> scale = {};
    entry<std::array<float, 3>> mean = {};
    entry<std::array<float, 3>> deviation = {};
    entry<image_preparation> preparation = {};  ///< one decision, read as a whole
  };
  struct output_entries {
    entry<std::string> name = {};
    entry<std::optional<mll::activation>> activation = {};  ///< `std::nullopt`: by graph and probe
  };

  entry<std::vector<std::string>> labels = {};  ///< head names, one per output
  input_entries input = {};
  output_entries output = {};
  entry<std::filesystem::path> tokenizer = {};  ///< relative to the folder of the description
  entry<std::string> licence = {};

  /// Fills missing values from `other`.
  void complete(const expert_description& other) {
    labels.complete(other.labels);
    input.name.complete(other.input.name);
    input.width.complete(other.input.width);
    input.height.complete(other.input.height);
    input.layout.complete(other.input.layout);
    input.order.complete(other.input.order);
    input.scale.complete(other.input.scale);
    input.mean.complete(other.input.mean);
    input.deviation.complete(other.input.deviation);
    input.preparation.complete(other.input.preparation);
    output.name.complete(other.output.name);
    output.activation.complete(other.output.activation);
    tokenizer.complete(other.tokenizer);
    licence.complete(other.licence);
  }

  /// The options of the network: what is described, the rest from `defaults`.
  [[nodiscard]] onnx_options options(onnx_options defaults = {}) const {
    const auto take = [](const auto& from, auto& to) {
      if (from) to = *from;
    };
    take(input.width, defaults.width);
    take(input.height, defaults.height);
    take(input.layout, defaults.layout);
    take(input.order, defaults.order);
    take(input.scale, defaults.scale);
    take(input.mean, defaults.mean);
    take(input.deviation, defaults.deviation);
    take(input.preparation, defaults.preparation);
    take(input.name, defaults.input_name);
    take(output.name, defaults.output_name);
    take(output.activation, defaults.output);
    take(tokenizer, defaults.tokenizer);
    return defaults;
  }
};

}  // namespace mll
