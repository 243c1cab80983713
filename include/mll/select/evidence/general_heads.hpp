// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/detail/product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/model/detail/unit_rows.hpp"
#include "mll/model/general_model.hpp"
#include "mll/select/evidence/detail/scaled_log_odds.hpp"

namespace mll {

/// The heads that a general model provides for one task: one head per class, with responses to all
/// representation samples, so that it competes with the heads of the hub. See `make_general_heads`.
class general_heads {
 public:
  /// @param[in] class_texts `[classes, dim]`, unit rows
  /// @param[in] cosines     `[rows of the layout, classes]`
  /// @param[in] scale       factor of the cosines before the softmax over the classes
  /// @param[in] samples     fingerprint of the layout; 0: unknown
  general_heads(matrix<float> class_texts, const matrix<float>& cosines, float scale,
                std::uint64_t samples = 0)
      : class_texts_{std::move(class_texts)},
        log_odds_{detail::scaled_log_odds(cosines, scale)},
        scale_{scale},
        samples_{samples} {}

  /// `[classes, dim]`, unit rows.
  [[nodiscard]] const matrix<float>& class_texts() const noexcept { return class_texts_; }
  /// Factor of the cosines.
  [[nodiscard]] float scale() const noexcept { return scale_; }
  /// Number of representation samples.
  [[nodiscard]] std::size_t row_count() const noexcept { return static_cast<std::size_t>(log_odds_.rows()); }
  /// Fingerprint of the layout; 0: unknown.
  [[nodiscard]] std::uint64_t samples() const noexcept { return samples_; }
  /// Log-odds of class y for one row of the layout.
  [[nodiscard]] float log_odds(Eigen::Index row, Eigen::Index y) const { return log_odds_(row, y); }

 private:
  matrix<float> class_texts_;
  matrix<float> log_odds_;
  float scale_;
  std::uint64_t samples_;
};

/// Builds the general heads of a task: embeds one text per class (its name, and its caption if it has one)
/// and compares it with the embeddings of the representation samples.
///
/// The scale of the cosines is the power of two in [1, 256] with the greatest class-balanced log-likelihood
/// on the representation samples of the task (the smallest of equals); 16 if no class has samples.
///
/// @code
/// auto labels_of_general = mll::label_general_model(general, samples, labels.samples());  // once
/// auto heads = mll::make_general_heads(general, labels_of_general, labels.samples(), match);  // per task
/// auto chosen = mll::select(backend, labels, match, {.general = &heads});
/// @endcode
///
/// @param[in] general the general model; embeds the class texts
/// @param[in] label   its embeddings of the representation samples (`label_general_model`)
/// @param[in] layout  the samples that the hub was labelled on
/// @param[in] match   the matched task
///
/// Throws: `invalid_argument` if the embeddings are those of another layout; `model_error` if class texts and
/// samples differ in dimension or an embedding is not finite. Complexity: O(rows x dim x classes).
template <general_model General>
[[nodiscard]] general_heads make_general_heads(const General& general, const general_model_labels& label,
                                               const sample_layout& layout, const task_match& match) {
  const std::uint64_t samples = layout.fingerprint();
  if (label.embeddings.rows() != static_cast<Eigen::Index>(layout.row_count()) ||
      (label.samples != 0 && label.samples != samples)) {
    throw invalid_argument{
        "label", "embeddings of the " + std::to_string(layout.row_count()) + " samples of the layout",
        label.embeddings.rows() == static_cast<Eigen::Index>(layout.row_count())
            ? "embeddings of as many others"
            : std::to_string(label.embeddings.rows()) + " embeddings"};
  }
  std::vector<std::string> texts;
  for (const auto& [name, caption] : match.task.classes())
    texts.push_back(caption.empty() ? name : name + ": " + caption);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  matrix<float> class_texts =
      detail::unit_rows<float>(general.embed_texts(std::span<const std::string_view>{views}), "class text");
  if (label.embeddings.rows() != 0 && class_texts.cols() != label.embeddings.cols()) {
    throw model_error{"general model", "expected class texts of dimension " +
                                           std::to_string(label.embeddings.cols()) +
                                           ", as the samples; found " + std::to_string(class_texts.cols())};
  }
  matrix<float> cosines(label.embeddings.rows(), class_texts.rows());
  if (cosines.rows() != 0)
    cosines = detail::product<float>(label.embeddings,
                                     class_texts.transpose());  // without rows the dimension is unknown

  float best_scale = 16;
  double best = -std::numeric_limits<double>::infinity();
  for (float scale = 1; scale <= 256; scale *= 2) {
    double total = 0;
    bool any = false;
    std::vector<float> row(texts.size());
    for (std::size_t y = 0; y < texts.size(); ++y) {
      double sum = 0;
      double count = 0;
      for (const weighted_node& one : match.classes[y].evidence) {
        const auto rows = layout.rows(one.node);
        for (std::size_t r = rows.first; r < rows.first + rows.count; ++r) {
          for (std::size_t c = 0; c < row.size(); ++c)
            row[c] = scale * cosines(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c));
          sum += row[y] - numerics::log_sum_exp(std::span<const float>{row});
          ++count;
        }
      }
      if (count > 0) {
        total += sum / count;
        any = true;
      }
    }
    if (any && total > best) {
      best = total;
      best_scale = scale;
    }
  }
  return general_heads{std::move(class_texts), cosines, best_scale, samples};
}

}  // namespace mll
