// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A model that measures its own time, to separate it from the cost of everything around the models.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mll/core/matrix.hpp>
#include <mll/model/classifier.hpp>
#include <span>
#include <string>
#include <utility>

namespace mll::benchmark {

/// Runs a model and adds its seconds to a sum. For one thread.
template <classifier Model>
class timed_classifier {
 public:
  using sample_type = typename Model::sample_type;

  timed_classifier(Model model, std::shared_ptr<double> seconds)
      : model_{std::move(model)}, seconds_{std::move(seconds)} {}

  [[nodiscard]] std::size_t head_count() const { return model_.head_count(); }
  [[nodiscard]] std::string head_name(std::size_t i) const { return model_.head_name(i); }
  void predict(std::span<const sample_type> batch, matrix_ref<float> scores) const {
    const auto begin = std::chrono::steady_clock::now();
    model_.predict(batch, scores);
    *seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  Model model_;
  std::shared_ptr<double> seconds_;
};

}  // namespace mll::benchmark
