// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
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
#include "mll/model/general_model.hpp"

namespace mll {

namespace detail {

/// Log-odds of `softmax_y(scale cosine_y)`, one column a class.
template <class T>
matrix<T> scaled_log_odds(const matrix<T>& cosines, T scale) {
  matrix<T> out(cosines.rows(), cosines.cols());
  std::vector<T> row(static_cast<std::size_t>(cosines.cols()));
  for (Eigen::Index i = 0; i < cosines.rows(); ++i) {
    for (std::size_t y = 0; y < row.size(); ++y) row[y] = scale * cosines(i, static_cast<Eigen::Index>(y));
    numerics::softmax(std::span{row});
    for (std::size_t y = 0; y < row.size(); ++y)
      out(i, static_cast<Eigen::Index>(y)) = numerics::logit(row[y]);
  }
  return out;
}

}  // namespace detail

/// A general model conditioned on the classes of one task: for every class one more head, with responses on
/// the representation samples like any other.
class general_heads {
 public:
  /// @param[in] class_texts `[classes, dim]`, unit rows
  /// @param[in] cosines     `[rows of the layout, classes]`
  /// @param[in] scale       cosines are multiplied by it before the softmax over the classes
  general_heads(matrix<float> class_texts, const matrix<float>& cosines, float scale)
      : class_texts_{std::move(class_texts)},
        log_odds_{detail::scaled_log_odds(cosines, scale)},
        scale_{scale} {}

  [[nodiscard]] const matrix<float>& class_texts() const noexcept { return class_texts_; }
  [[nodiscard]] float scale() const noexcept { return scale_; }
  /// Number of samples that there are responses to.
  [[nodiscard]] std::size_t row_count() const noexcept { return static_cast<std::size_t>(log_odds_.rows()); }
  /// Log-odds that the general model gives class y for a row of the labels.
  [[nodiscard]] float log_odds(Eigen::Index row, Eigen::Index y) const { return log_odds_(row, y); }

 private:
  matrix<float> class_texts_;
  matrix<float> log_odds_;
  float scale_;
};

/// Conditions a labelled general model on a task.
///
/// A class's text is its name, with the caption if there is one. The scale of the cosines is the power of two
/// from 1 to 256 with the greatest class-balanced log-likelihood on the representation samples of the task,
/// the least of equals; 16 if no class has any.
///
/// Throws: `model_error` if the texts get another dimension than the samples.
/// Complexity: O(rows dim classes).
template <general_model General>
[[nodiscard]] general_heads make_general_heads(const General& general, const general_model_labels& label,
                                               const sample_layout& layout, const task_match& match) {
  std::vector<std::string> texts;
  for (const auto& [name, caption] : match.task.classes())
    texts.push_back(caption.empty() ? name : name + ": " + caption);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  matrix<float> class_texts =
      detail::unit_rows<float>(general.embed_texts(std::span<const std::string_view>{views}), "class text");
  if (label.embeddings.rows() != 0 && class_texts.cols() != label.embeddings.cols()) {
    throw model_error{"general model", "texts have " + std::to_string(class_texts.cols()) +
                                           " dimensions, samples " + std::to_string(label.embeddings.cols())};
  }
  matrix<float> cosines(label.embeddings.rows(), class_texts.rows());
  if (cosines.rows() != 0)
    cosines =
        detail::product<float>(label.embeddings, class_texts.transpose());  // no rows: no dimension either

  float best_scale = 16;
  double best = -std::numeric_limits<double>::infinity();
  for (float scale = 1; scale <= 256; scale *= 2) {
    double total = 0;
    bool any = false;
    std::vector<float> row(texts.size());
    for (std::size_t y = 0; y < texts.size(); ++y) {
      double sum = 0;
      double count = 0;
      for (const weighted_node& source : match.classes[y].evidence) {
        const auto rows = layout.rows(source.node);
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
  return general_heads{std::move(class_texts), cosines, best_scale};
}

}  // namespace mll
