// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
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
#include "mll/select/evidence/example.hpp"

namespace mll {

namespace detail {

/// The power of two in [1, 256] with the greatest weighted log-likelihood of examples; 16 without examples.
/// @param[in] cosines `[rows of the layout, classes]`
[[nodiscard]] inline float best_cosine_scale(const matrix<float>& cosines, std::span<const example> rows) {
  float best_scale = 16;
  double best = -std::numeric_limits<double>::infinity();
  std::vector<float> row(static_cast<std::size_t>(cosines.cols()));
  for (float scale = 1; scale <= 256 && !rows.empty(); scale *= 2) {
    double total = 0;
    for (const example& one : rows) {
      for (std::size_t c = 0; c < row.size(); ++c)
        row[c] = scale * cosines(static_cast<Eigen::Index>(one.sample), static_cast<Eigen::Index>(c));
      total +=
          static_cast<double>(one.weight) *
          static_cast<double>(row[one.target.index()] - numerics::log_sum_exp(std::span<const float>{row}));
    }
    if (total > best) {
      best = total;
      best_scale = scale;
    }
  }
  return best_scale;
}

}  // namespace detail

/// The heads that a general model provides for one task: one head per class, with responses to all
/// representation samples, so that it competes with the heads of the hub. See `make_general_heads`.
class general_heads {
 public:
  /// @param[in] class_texts `[classes, dim]`, unit rows
  /// @param[in] cosines     `[rows of the layout, classes]`
  /// @param[in] scale       factor of the cosines before the softmax over the classes
  /// @param[in] samples     fingerprint of the layout; 0: unknown
  /// @param[in] is_fitted   whether the scale was chosen by the examples of the task, as `best_scale`
  general_heads(matrix<float> class_texts, const matrix<float>& cosines, float scale,
                std::uint64_t samples = 0, bool is_fitted = false)
      : class_texts_{std::move(class_texts)},
        cosines_{cosines},
        log_odds_{detail::scaled_log_odds(cosines, scale)},
        scale_{scale},
        samples_{samples},
        is_fitted_{is_fitted} {}

  /// Whether the scale was chosen by the examples of the task, so that cross-validation must choose it anew.
  [[nodiscard]] bool is_fitted() const noexcept { return is_fitted_; }
  /// The power of two in [1, 256] that, as the scale, gives examples the greatest log-likelihood, by their
  /// weights (the smallest of equals); 16 without examples. Complexity: O(examples classes).
  [[nodiscard]] float best_scale(std::span<const example> rows) const {
    return detail::best_cosine_scale(cosines_, rows);
  }
  /// The same heads with another scale.
  [[nodiscard]] general_heads with_scale(float scale) const {
    return general_heads{class_texts_, cosines_, scale, samples_, is_fitted_};
  }

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
  matrix<float> cosines_;
  matrix<float> log_odds_;
  float scale_;
  std::uint64_t samples_;
  bool is_fitted_;
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
            ? "embeddings of other samples"
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

  std::vector<example> rows;  // the samples of a class weigh the same
  for (std::size_t y = 0; y < texts.size(); ++y) {
    const std::size_t first = rows.size();
    for (const weighted_node& one : match.classes[y].evidence) {
      const auto of_node = layout.rows(one.node);
      for (std::size_t r = of_node.first; r < of_node.first + of_node.count; ++r)
        rows.push_back({r, class_id{y}, 1});
    }
    for (std::size_t i = first; i < rows.size(); ++i)
      rows[i].weight = 1 / static_cast<float>(rows.size() - first);
  }
  const float best_scale = detail::best_cosine_scale(cosines, rows);
  return general_heads{std::move(class_texts), cosines, best_scale, samples, true};
}

}  // namespace mll
