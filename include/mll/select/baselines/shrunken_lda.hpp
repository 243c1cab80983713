// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/number_text.hpp"
#include "mll/core/detail/solve_large_spd.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/profile/detail/scatter.hpp"
#include "mll/profile/detail/shrink_covariance.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: linear discriminant analysis over all heads of the hub, on the scale `log(p + 0.003)`, from the
/// samples of the task alone, with the covariance shrunk towards a multiple of the identity. Every expert has
/// to run.
struct shrunken_lda {
  double shrinkage = 1.2;  ///< weight of the identity: this times `sqrt(heads / rows)`, at most 0.9

  [[nodiscard]] static std::string name() { return "shrunken_lda"; }

  /// Throws: `invalid_argument` if the shrinkage is not positive. Complexity: O(heads^2 (rows + heads)).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    if (!(shrinkage > 0))
      throw invalid_argument{"shrinkage", "a positive number", detail::number_text(shrinkage)};
    const auto rows = evidence.rows();
    const std::size_t heads = evidence.heads().size();
    const std::size_t classes = evidence.class_count();
    std::vector<std::uint32_t> all(heads);
    std::iota(all.begin(), all.end(), 0U);
    Eigen::ArrayXXf responses = evidence.log_odds(backend, all);
    numerics::to_log_probability({responses.data(), static_cast<std::size_t>(responses.size())});
    matrix<double> means = detail::zeros<double>(classes, heads);
    for (std::size_t h = 0; h < heads; ++h) {
      for (std::size_t r = 0; r < rows.size(); ++r) {
        detail::row_of(means, rows[r].target.index())[h] +=
            static_cast<double>(rows[r].weight) * static_cast<double>(responses.data()[h * rows.size() + r]);
      }
    }
    matrix<float> centred(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(heads));
    for (std::size_t r = 0; r < rows.size(); ++r) {  // classes are weighted equally
      const auto row = detail::row_of(centred, r);
      const auto mean = detail::row_of(means, rows[r].target.index());
      for (std::size_t h = 0; h < heads; ++h) {
        row[h] =
            (responses.data()[h * rows.size() + r] - static_cast<float>(mean[h])) * std::sqrt(rows[r].weight);
      }
    }
    const matrix<float> scatter = detail::scatter(backend, centred, static_cast<double>(classes));
    Eigen::MatrixXd covariance(scatter.rows(), scatter.cols());
    std::transform(scatter.data(), scatter.data() + scatter.size(), covariance.data(),
                   [](float x) { return static_cast<double>(x); });  // symmetric
    const auto row_count = static_cast<double>(std::max<std::size_t>(1, rows.size()));
    detail::shrink_covariance(covariance, shrinkage * std::sqrt(static_cast<double>(heads) / row_count));
    // Row-major [classes, heads] is column-major [heads, classes].
    Eigen::MatrixXd weights(means.cols(), means.rows());
    std::copy_n(means.data(), means.size(), weights.data());
    detail::solve_large_spd(std::move(covariance), weights);

    ensemble out;
    out.heads.assign(evidence.heads().begin(), evidence.heads().end());
    out.votes.resize(classes);
    linear_correction fitted;
    fitted.mean = Eigen::VectorXf::Zero(means.cols());
    fitted.scale = Eigen::VectorXf::Ones(means.cols());
    fitted.weights = weights.cast<float>();
    fitted.bias.resize(means.rows());
    for (std::size_t y = 0; y < classes; ++y) {
      const std::span<const double> w{weights.data() + y * heads, heads};
      fitted.bias[static_cast<Eigen::Index>(y)] =
          static_cast<float>(-0.5 * detail::dot(detail::row_of(means, y), w));
    }
    out.correction = std::move(fitted);
    return out;
  }
};

static_assert(selection_method<shrunken_lda>);

}  // namespace mll
