// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/experts/detail/kept_profile.hpp"
#include "mll/select/experts/discriminant.hpp"

namespace mll {

namespace detail {

/// Means of the classes over the dimensions of a `kept_profile`, `[classes, heads + dim]`: what the graph and
/// the texts predict, and the means of the samples.
struct class_centres {
  matrix<double> predicted;
  matrix<double> measured;

  /// Empirical Bayes: `predicted + k (measured - predicted)`, `k = n / ((1 + spread) n + noise)`.
  /// @param[in] samples effective samples per class
  [[nodiscard]] matrix<double> shrunk(std::span<const double> samples,
                                      const discriminant_options& options) const {
    matrix<double> out = predicted;
    for (std::size_t y = 0; y < samples.size(); ++y) {
      if (samples[y] == 0) continue;
      const double trust = samples[y] / ((1 + options.spread) * samples[y] + options.noise);
      const auto mean = row_of(out, y);
      const auto own = row_of(measured, y);
      for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += trust * (own[d] - mean[d]);
    }
    return out;
  }
};

MLL_LOCAL class_centres centres_of(exec::backend_ref backend, const task_evidence& evidence,
                                   std::span<const std::uint32_t> positions, const kept_profile<>& profile) {
  const std::size_t classes = evidence.class_count();
  const std::size_t heads = positions.size();
  const hub_profile& hub = *evidence.profile();
  const auto rows = evidence.rows();
  class_centres out{zeros<double>(classes, heads + profile.dim()),
                    zeros<double>(classes, heads + profile.dim())};
  exec::for_each_index(backend, classes, [&](std::size_t y) {
    const auto row = row_of(out.predicted, y);
    if (heads != 0) {
      const std::vector<double> expected = profile.expected_response(evidence.match().classes[y].node);
      std::copy(expected.begin(), expected.end(), row.begin());
    }
    if (profile.dim() == 0) return;
    const std::vector<double> embedding =
        profile.expected_embedding(row_of(evidence.general()->class_texts(), y));
    std::copy(embedding.begin(), embedding.end(), row.begin() + static_cast<std::ptrdiff_t>(heads));
  });
  Eigen::ArrayXXf responses = evidence.log_odds(backend, positions);
  exec::for_each_index(backend, heads, [&](std::size_t h) {
    const std::span<float> x{responses.data() + h * rows.size(), rows.size()};
    numerics::to_log_probability(x);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      row_of(out.measured, rows[r].target.index())[h] +=
          static_cast<double>(rows[r].weight) * (static_cast<double>(x[r]) + hub.log_width[positions[h]]);
    }
  });
  if (profile.dim() == 0) return out;
  const matrix<float> embeddings = evidence.embeddings();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto embedding = row_of(embeddings, r);
    const auto row = row_of(out.measured, rows[r].target.index()).subspan(heads);
    const auto weight = static_cast<double>(rows[r].weight * hub.general.scale);
    for (std::size_t d = 0; d < row.size(); ++d) row[d] += weight * static_cast<double>(embedding[d]);
  }
  return out;
}

/// Weights of the linear discriminant of some means, `[dimensions, classes]`.
/// @param[in] means `[classes, dimensions]`
MLL_LOCAL Eigen::MatrixXd discriminant_weights(const hub_profile& hub, const matrix<double>& means,
                                               Eigen::MatrixXd covariance) {
  // Row-major [classes, dimensions] is column-major [dimensions, classes]: the right sides of the equations.
  Eigen::MatrixXd weights(means.cols(), means.rows());
  std::copy_n(means.data(), means.size(), weights.data());
  hub.algebra->solve(std::move(covariance), weights);
  return weights;
}

/// Share of the identity in a covariance: `strength sqrt(dimensions / degrees of freedom)`.
MLL_LOCAL double shrinkage(double strength, std::size_t dimensions, double degrees_of_freedom) {
  return strength * std::sqrt(static_cast<double>(dimensions) / std::max(1.0, degrees_of_freedom));
}

MLL_LOCAL void require_profile(const task_evidence& evidence) {
  if (evidence.profile() == nullptr) {
    throw invalid_argument{"profile", "a profile of the hub (mll::profile), in the options of select",
                           "none"};
  }
}

}  // namespace detail

MLL_DEFINE linear_correction fit_discriminant(exec::backend_ref backend, const task_evidence& evidence,
                                              std::span<const std::uint32_t> positions,
                                              const discriminant_options& options) {
  detail::require_profile(evidence);
  const hub_profile& hub = *evidence.profile();
  const std::size_t heads = positions.size();
  const std::size_t classes = evidence.class_count();
  const detail::kept_profile<> profile{backend, evidence, positions};
  const matrix<double> means =
      detail::centres_of(backend, evidence, positions, profile).shrunk(effective_samples(evidence), options);
  const std::size_t width = heads + profile.dim();
  const Eigen::MatrixXd weights = detail::discriminant_weights(
      hub, means,
      profile.shrunk_covariance(0, width,
                                detail::shrinkage(options.shrinkage, width, profile.degrees_of_freedom())));

  linear_correction out;
  const auto columns = static_cast<Eigen::Index>(heads);
  out.mean.resize(columns);
  out.scale.resize(columns);
  std::fill_n(out.mean.data(), columns, 0.0F);
  std::fill_n(out.scale.data(), columns, 1.0F);
  out.weights.resize(columns, static_cast<Eigen::Index>(classes));
  out.bias.resize(static_cast<Eigen::Index>(classes));
  if (profile.dim() != 0)
    out.embedding_weights.resize(static_cast<Eigen::Index>(profile.dim()),
                                 static_cast<Eigen::Index>(classes));
  for (std::size_t y = 0; y < classes; ++y) {
    const auto at = static_cast<Eigen::Index>(y);
    const std::span<const double> w{weights.data() + y * width, width};
    double bias = -0.5 * detail::dot(detail::row_of(means, y), w);
    for (std::size_t h = 0; h < heads; ++h) {
      bias += hub.log_width[positions[h]] * w[h];
      out.weights(static_cast<Eigen::Index>(h), at) = static_cast<float>(w[h]);
    }
    for (std::size_t d = heads; d < width; ++d)
      out.embedding_weights(static_cast<Eigen::Index>(d - heads), at) =
          hub.general.scale * static_cast<float>(w[d]);
    out.bias[at] = static_cast<float>(bias);
  }
  return out;
}

MLL_DEFINE embedding_discriminant fit_embedding_discriminant(exec::backend_ref backend,
                                                             const task_evidence& evidence,
                                                             const discriminant_options& options) {
  detail::require_profile(evidence);
  if (!evidence.has_embeddings())
    throw invalid_argument{"evidence", "general heads, and a profile with the general model", "none"};
  const hub_profile& hub = *evidence.profile();
  const std::span<const std::uint32_t> none;
  const detail::kept_profile<> profile{backend, evidence, none};
  const matrix<double> means =
      detail::centres_of(backend, evidence, none, profile).shrunk(effective_samples(evidence), options);
  const std::size_t dim = profile.dim();
  const Eigen::MatrixXd weights = detail::discriminant_weights(
      hub, means,
      profile.shrunk_covariance(0, dim,
                                detail::shrinkage(options.shrinkage, dim, profile.degrees_of_freedom())));
  embedding_discriminant out;
  out.weights.resize(weights.rows(), weights.cols());
  out.bias.resize(weights.cols());
  for (Eigen::Index i = 0; i < weights.size(); ++i)
    out.weights.data()[i] = hub.general.scale * static_cast<float>(weights.data()[i]);
  for (std::size_t y = 0; y < evidence.class_count(); ++y) {
    const std::span<const double> w{weights.data() + y * dim, dim};
    out.bias[static_cast<Eigen::Index>(y)] =
        static_cast<float>(-0.5 * detail::dot(detail::row_of(means, y), w));
  }
  return out;
}

MLL_DEFINE ensemble detail::with_general_discriminant(exec::backend_ref backend,
                                                      const task_evidence& evidence, ensemble fitted,
                                                      double strength) {
  if (!evidence.has_embeddings() || !(strength > 0)) return fitted;
  fitted.general = fit_embedding_discriminant(backend, evidence);
  fitted.general->strength = static_cast<float>(strength * evidence_reliability(evidence.match()));
  return fitted;
}

}  // namespace mll
