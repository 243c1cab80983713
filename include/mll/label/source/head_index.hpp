// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"

namespace mll {

/// Numbers the heads of a hub, by increasing model id and column. All stages use this position of a head.
class head_index {
 public:
  head_index() = default;

  /// Appends a model with some heads.
  /// Throws: `invalid_argument` if the id is invalid or not greater than the last one.
  void add(model_id model, std::size_t heads) {
    if (!model.valid() || (!models_.empty() && !(models_.back() < model))) {
      throw invalid_argument{
          "model", models_.empty() ? "a valid id" : "an id above " + std::to_string(models_.back().value()),
          model.valid() ? std::to_string(model.value()) : "an invalid id"};
    }
    models_.push_back(model);
    first_.push_back(first_.back() + heads);
  }

  [[nodiscard]] std::size_t model_count() const noexcept { return models_.size(); }
  [[nodiscard]] std::size_t head_count() const noexcept { return first_.back(); }
  /// Id of the m-th model.
  [[nodiscard]] model_id model(std::size_t m) const { return models_[m]; }
  /// Position of the first head of the m-th model; `head_count()` for m = model_count().
  [[nodiscard]] std::size_t first(std::size_t m) const { return first_[m]; }
  /// Number of heads of the m-th model.
  [[nodiscard]] std::size_t width(std::size_t m) const { return first_[m + 1] - first_[m]; }

  /// The model of the head at a position. Complexity: O(log models).
  [[nodiscard]] std::size_t model_of(std::size_t position) const {
    return static_cast<std::size_t>(std::upper_bound(first_.begin(), first_.end(), position) -
                                    first_.begin()) -
           1;
  }
  /// The head at a position below `head_count()`. Complexity: O(log models).
  [[nodiscard]] head_id head(std::size_t position) const {
    const std::size_t m = model_of(position);
    return {models_[m], static_cast<std::uint32_t>(position - first_[m])};
  }
  /// Position of a head; `head_count()` if there is no such head. Complexity: O(log models).
  [[nodiscard]] std::size_t position(head_id head) const {
    const auto found = std::lower_bound(models_.begin(), models_.end(), head.model);
    if (found == models_.end() || *found != head.model) return head_count();
    const auto m = static_cast<std::size_t>(found - models_.begin());
    return head.index < width(m) ? first_[m] + head.index : head_count();
  }

  friend bool operator==(const head_index&, const head_index&) = default;

 private:
  std::vector<model_id> models_;
  std::vector<std::size_t> first_{0};
};

}  // namespace mll
