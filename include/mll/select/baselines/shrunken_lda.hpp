// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/profile/detail/scatter.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: linear discriminant analysis over all heads of the hub, on `log(p + 0.003)`, from the samples of
/// the task alone, with the covariance shrunk towards a multiple of the identity. Every expert has to run.
struct shrunken_lda {
  double shrinkage = 1.2;  ///< times `sqrt(heads / rows)`, at most 0.9, is the share of the identity

  [[nodiscard]] static std::string name() { return "lda"; }

  /// Throws: `invalid_argument` if the shrinkage is not positive. Complexity: O(heads^2 (rows + heads)).
  template <exec::execution_backend Backend, std::floating_point Real = double>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    if (!(shrinkage > 0)) throw invalid_argument{"shrinkage", "a positive number", std::to_string(shrinkage)};
    const auto rows = evidence.rows();
    const auto heads = static_cast<Eigen::Index>(evidence.heads().size());
    const auto classes = static_cast<Eigen::Index>(evidence.class_count());
    std::vector<std::uint32_t> all(evidence.heads().size());
    std::iota(all.begin(), all.end(), 0U);
    matrix<float> features = numerics::to_log_probability(evidence.log_odds(backend, all)).matrix();

    Eigen::MatrixX<Real> means = Eigen::MatrixX<Real>::Zero(classes, heads);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      means.row(static_cast<Eigen::Index>(rows[r].target.index())) +=
          static_cast<Real>(rows[r].weight) *
          features.row(static_cast<Eigen::Index>(r)).template cast<Real>();
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {  // every class counts alike
      auto row = features.row(static_cast<Eigen::Index>(r));
      row -= means.row(static_cast<Eigen::Index>(rows[r].target.index())).template cast<float>();
      row *= std::sqrt(rows[r].weight);
    }
    Eigen::MatrixX<Real> covariance =
        detail::scatter(backend, features, static_cast<double>(classes)).template cast<Real>();
    const auto share = static_cast<Real>(
        std::min(0.9, shrinkage * std::sqrt(static_cast<double>(heads) /
                                            static_cast<double>(std::max<std::size_t>(1, rows.size())))));
    const Real spread = std::max(Real{1e-3}, covariance.trace() / static_cast<Real>(heads));
    covariance *= 1 - share;
    covariance.diagonal().array() += share * spread;

    const Eigen::MatrixX<Real> weights =
        Eigen::LLT<Eigen::MatrixX<Real>>{covariance}.solve(Eigen::MatrixX<Real>{means.transpose()});
    ensemble out;
    out.heads.assign(evidence.heads().begin(), evidence.heads().end());
    out.votes.resize(evidence.class_count());
    linear_correction fitted;
    fitted.mean = Eigen::VectorXf::Zero(heads);
    fitted.scale = Eigen::VectorXf::Ones(heads);
    fitted.weights = weights.template cast<float>();
    fitted.bias.resize(classes);
    for (Eigen::Index y = 0; y < classes; ++y)
      fitted.bias[y] = static_cast<float>(Real{-0.5} * means.row(y).dot(weights.col(y)));
    out.correction = std::move(fitted);
    return out;
  }
};

static_assert(selection_method<shrunken_lda>);

}  // namespace mll
