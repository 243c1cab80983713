// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// How far class means are shrunk to what the graph says: an estimate from n samples keeps the share
/// `n / ((1 + spread) n + noise)`.
struct discriminant_options {
  double noise = 10;    ///< variance of a response around its class mean over that of class means: in samples
  double spread = 0.5;  ///< what representation data say less, because a task's samples come from elsewhere
};

/// A linear discriminant of the classes of a task over the responses of some heads: means of the classes from
/// their samples, shrunk to what the graph lets expect of them (empirical Bayes), and the covariance of the
/// whole hub. With a general model that the profile knows, its embedding is part of the responses.
///
/// @param[in] backend   where to run
/// @param[in] evidence  the task, with a profile
/// @param[in] positions heads of hub models, increasing
/// @tparam Real     precision of the fit
/// @return a correction of strength 1
///
/// Throws: `invalid_argument` without a profile. Complexity: O(heads^2 (heads + classes) + rows heads).
template <exec::execution_backend Backend, std::floating_point Real = double>
[[nodiscard]] linear_correction fit_discriminant(const Backend& backend, const task_evidence& evidence,
                                                 std::span<const std::uint32_t> positions,
                                                 const discriminant_options& options = {}) {
  if (evidence.profile() == nullptr) {
    throw invalid_argument{"profile", "a profile of the hub (mll::profile), in the options of select",
                           "none"};
  }
  const hub_profile& hub = *evidence.profile();
  const auto heads = static_cast<Eigen::Index>(positions.size());
  const Eigen::Index dim = evidence.has_embeddings() ? hub.general.embeddings.cols() : 0;
  const std::size_t classes = evidence.class_count();
  std::vector<std::uint32_t> dimensions(positions.begin(), positions.end());
  for (Eigen::Index d = 0; d < dim; ++d) {
    dimensions.push_back(static_cast<std::uint32_t>(hub.head_count() + static_cast<std::size_t>(d)));
  }
  Eigen::RowVectorX<Real> log_width(heads);
  for (Eigen::Index h = 0; h < heads; ++h)
    log_width[h] = hub.log_width[positions[static_cast<std::size_t>(h)]];

  // What the graph lets expect.
  Eigen::MatrixX<Real> means(static_cast<Eigen::Index>(classes), heads + dim);
  exec::for_each_index(backend, classes, [&](std::size_t y) {
    auto row = means.row(static_cast<Eigen::Index>(y));
    const Eigen::RowVectorX<Real> expected =
        hub.template expected_response<Real>(evidence.match().classes[y].node);
    for (Eigen::Index h = 0; h < heads; ++h) row[h] = expected[positions[static_cast<std::size_t>(h)]];
    if (dim == 0) return;
    const Eigen::RowVectorX<Real> text =
        evidence.general()->class_texts().row(static_cast<Eigen::Index>(y)).template cast<Real>() -
        hub.general.text_mean;
    row.tail(dim) = static_cast<Real>(hub.general.scale) *
                    (hub.general.mean + text.lazyProduct(hub.general.text_to_image));
  });

  // What the samples say, as far as they can be trusted.
  const auto rows = evidence.rows();
  const auto answers = evidence.log_odds(backend, positions);
  const matrix<float> embeddings = dim > 0 ? evidence.embeddings() : matrix<float>{};
  Eigen::MatrixX<Real> measured = Eigen::MatrixX<Real>::Zero(static_cast<Eigen::Index>(classes), heads + dim);
  exec::for_each_index(backend, positions.size(), [&](std::size_t h) {
    const auto column = static_cast<Eigen::Index>(h);
    const auto responses = numerics::to_log_probability(answers.col(column));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      measured(static_cast<Eigen::Index>(rows[r].target.index()), column) +=
          static_cast<Real>(rows[r].weight) *
          (static_cast<Real>(responses(static_cast<Eigen::Index>(r), 0)) + log_width[column]);
    }
  });
  if (dim > 0) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      measured.row(static_cast<Eigen::Index>(rows[r].target.index())).tail(dim) +=
          static_cast<Real>(rows[r].weight * hub.general.scale) *
          embeddings.row(static_cast<Eigen::Index>(r)).template cast<Real>();
    }
  }
  const std::vector<double> samples = effective_samples(evidence);
  for (Eigen::Index y = 0; y < means.rows(); ++y) {
    const Real count = samples[static_cast<std::size_t>(y)];
    if (count == 0) continue;
    const auto trust = static_cast<Real>(count / ((1 + options.spread) * count + options.noise));
    means.row(y) += trust * (measured.row(y) - means.row(y));
  }

  const Eigen::LLT<Eigen::MatrixX<Real>> covariance{hub.template shrunk_covariance<Real>(dimensions)};
  const Eigen::MatrixX<Real> weights = covariance.solve(Eigen::MatrixX<Real>{means.transpose()});
  linear_correction out;
  out.mean = Eigen::VectorXf::Zero(heads);
  out.scale = Eigen::VectorXf::Ones(heads);
  out.weights = weights.topRows(heads).template cast<float>();
  out.bias.resize(static_cast<Eigen::Index>(classes));
  for (Eigen::Index y = 0; y < means.rows(); ++y) {
    out.bias[y] = static_cast<float>(log_width.dot(weights.col(y).head(heads)) -
                                     Real{0.5} * means.row(y).dot(weights.col(y)));
  }
  if (dim > 0)
    out.embedding_weights = (hub.general.scale * weights.bottomRows(dim).template cast<float>()).eval();
  return out;
}

}  // namespace mll
