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
#include <span>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/experts/head_relevance.hpp"

namespace mll {

/// Options of `fit_heads`.
struct head_fit_options {
  std::size_t count = 3;    ///< heads per class
  double ridge = 15;        ///< pull towards the start, over the `evidence_strength`
  std::size_t sweeps = 15;  ///< rounds of the fit
  relevance_options relevance = {};
};

namespace detail {

/// The heads of one class, their responses to all rows, and their coefficients.
template <std::floating_point Real>
struct class_heads {
  std::vector<std::uint32_t> positions;
  Eigen::MatrixX<Real> responses;  // [rows, heads + 1], the last column 1
  Eigen::VectorX<Real> start;      // [heads + 1]: where names and labels put the coefficients
  Eigen::VectorX<Real> fitted;
  Eigen::VectorX<Real> stiffness;  // [heads + 1]: of the pull towards the start
};

/// The best heads by worth; of heads that answer the same, the first.
template <std::floating_point Real, exec::execution_backend Backend>
void choose_by_relevance(const Backend& backend, const task_evidence& evidence,
                         const matrix<float>& relevance, std::size_t y, std::size_t count,
                         class_heads<Real>& out) {
  std::vector<std::uint32_t> order(evidence.heads().size());
  std::iota(order.begin(), order.end(), 0U);
  const auto row = relevance.row(static_cast<Eigen::Index>(y));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return row[a] > row[b]; });
  out.responses.resize(static_cast<Eigen::Index>(evidence.rows().size()), 0);
  for (const std::uint32_t candidate : order) {
    if (out.positions.size() == count) break;
    const std::vector<std::uint32_t> position{candidate};
    Eigen::VectorX<Real> x = numerics::to_log_probability(evidence.log_odds(backend, position))
                                 .col(0)
                                 .matrix()
                                 .template cast<Real>();
    x.array() += std::log(static_cast<Real>(evidence.model_width(candidate)));
    bool repeated = false;
    for (Eigen::Index k = 0; k < out.responses.cols() && !repeated; ++k) {
      repeated = x.size() != 0 && (out.responses.col(k) - x).cwiseAbs().maxCoeff() < 1e-6;
    }
    if (repeated) continue;
    out.positions.push_back(candidate);
    out.responses.conservativeResize(Eigen::NoChange, out.responses.cols() + 1);
    out.responses.rightCols(1) = x;
  }
  out.responses.conservativeResize(Eigen::NoChange, out.responses.cols() + 1);
  out.responses.rightCols(1).setOnes();
}

/// Coefficients before the fit: the pool of the heads by worth, plus, as far as the samples can be trusted,
/// the non-negative discriminant of the class against the rest.
template <std::floating_point Real>
void start_from_relevance(std::span<const example> rows, std::size_t classes, const matrix<float>& relevance,
                          std::size_t y, Real trust, class_heads<Real>& out) {
  const Eigen::Index heads = out.responses.cols() - 1;
  Eigen::VectorX<Real> pooled(heads);
  for (Eigen::Index k = 0; k < heads; ++k) {
    pooled[k] = static_cast<Real>(
                    relevance(static_cast<Eigen::Index>(y), out.positions[static_cast<std::size_t>(k)])) +
                0.02;
  }
  pooled /= pooled.sum();
  Eigen::MatrixX<Real> means = Eigen::MatrixX<Real>::Zero(static_cast<Eigen::Index>(classes), heads);
  std::vector<bool> known(classes, false);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    known[rows[r].target.index()] = true;
    means.row(static_cast<Eigen::Index>(rows[r].target.index())) +=
        static_cast<Real>(rows[r].weight) * out.responses.row(static_cast<Eigen::Index>(r)).head(heads);
  }
  Real others = 0;
  Eigen::RowVectorX<Real> rest = Eigen::RowVectorX<Real>::Zero(heads);
  for (std::size_t c = 0; c < classes; ++c) {
    if (c == y || !known[c]) continue;
    rest += means.row(static_cast<Eigen::Index>(c));
    ++others;
  }
  out.start = Eigen::VectorX<Real>::Zero(heads + 1);
  out.start.head(heads) = pooled;
  out.stiffness = Eigen::VectorX<Real>::Ones(heads + 1);
  if (rows.empty()) return;
  const Eigen::MatrixX<Real> plain = out.responses.leftCols(heads);
  const Eigen::RowVectorX<Real> mean = plain.colwise().mean();
  out.stiffness.head(heads) =
      ((plain.rowwise() - mean).colwise().squaredNorm() / static_cast<Real>(rows.size())).transpose();
  out.stiffness.head(heads).array() += 0.3;
  if (!known[y] || others == 0) return;
  rest /= others;
  Eigen::MatrixX<Real> spread = Eigen::MatrixX<Real>::Identity(heads, heads) * 0.05;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto label = static_cast<Eigen::Index>(rows[r].target.index());
    const Eigen::VectorX<Real> within =
        (out.responses.row(static_cast<Eigen::Index>(r)).head(heads) - means.row(label)).transpose();
    spread += static_cast<Real>(rows[r].weight) * within * within.transpose() / static_cast<Real>(others + 1);
  }
  for (std::size_t c = 0; c < classes; ++c) {
    if (c == y || !known[c]) continue;
    const Eigen::VectorX<Real> between = (means.row(static_cast<Eigen::Index>(c)) - rest).transpose();
    spread += between * between.transpose() / others;
  }
  const Eigen::RowVectorX<Real> own = means.row(static_cast<Eigen::Index>(y));
  const Eigen::VectorX<Real> separating = spread.ldlt().solve((own - rest).transpose()).cwiseMax(0.0);
  out.start.head(heads) += trust * separating;
  out.start[heads] = -trust * separating.dot((own + rest).transpose()) / 2;
}

}  // namespace detail

/// A combination of at most so many heads per class: for every class its best heads by `head_relevance`,
/// different ones, in `F_y = sum_h theta_h x_h + b_y` with non-negative coefficients. They are fitted
/// together to the samples (class-balanced multinomial logistic regression), pulled towards what worth and a
/// discriminant of each class alone suggest, the harder the fewer samples the classes have. So names decide
/// where there are no samples, and samples where there are many. The general model's pseudo-heads compete
/// with all others.
///
/// @tparam Real precision of the fit
///
/// Throws: `invalid_argument` for a count of 0. Complexity: that of `head_relevance`, plus O(sweeps rows
/// classes count^2). Determinism: the same on every backend.
template <exec::execution_backend Backend, std::floating_point Real = double>
[[nodiscard]] ensemble fit_heads(const Backend& backend, const task_evidence& evidence,
                                 const head_fit_options& options = {}) {
  if (options.count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
  const std::size_t classes = evidence.class_count();
  const auto rows = evidence.rows();
  const matrix<float> relevance = head_relevance(backend, evidence, options.relevance);
  const Real trust = evidence_reliability(evidence.match());
  std::vector<detail::class_heads<Real>> heads(classes);
  exec::for_each_index(backend, classes, [&](std::size_t y) {
    detail::choose_by_relevance(exec::sequential{}, evidence, relevance, y, options.count, heads[y]);
    detail::start_from_relevance(rows, classes, relevance, y, trust, heads[y]);
    heads[y].fitted = heads[y].start;
  });

  if (!rows.empty()) {
    const Real pull =
        options.ridge / (std::max(1e-3, evidence_strength(evidence)) * static_cast<Real>(classes));
    matrix<Real> scores(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(classes));
    for (std::size_t sweep = 0; sweep < options.sweeps; ++sweep) {
      exec::for_each_index(backend, classes, [&](std::size_t y) {
        scores.col(static_cast<Eigen::Index>(y)) = heads[y].responses.lazyProduct(heads[y].fitted);
      });
      detail::log_softmax_rows(scores);
      exec::for_each_index(backend, classes, [&](std::size_t y) {
        detail::class_heads<Real>& of = heads[y];
        Eigen::VectorX<Real> gradient = pull * of.stiffness.cwiseProduct(of.fitted - of.start);
        Eigen::MatrixX<Real> curvature = (pull * of.stiffness).asDiagonal();
        const Real share = Real{1} / static_cast<Real>(classes);
        for (std::size_t r = 0; r < rows.size(); ++r) {
          const auto i = static_cast<Eigen::Index>(r);
          const Real p = std::exp(scores(i, static_cast<Eigen::Index>(y)));
          const Real weight = share * static_cast<Real>(rows[r].weight);
          const auto x = of.responses.row(i).transpose();
          gradient += weight * (p - (rows[r].target.index() == y ? 1 : 0)) * x;
          curvature += weight * p * (1 - p) * x * x.transpose();
        }
        of.fitted -= 0.6 * curvature.ldlt().solve(gradient);
        of.fitted.head(of.fitted.size() - 1) = of.fitted.head(of.fitted.size() - 1).cwiseMax(0.0);
      });
    }
  }

  detail::ensemble_builder used;
  for (std::size_t y = 0; y < classes; ++y) {
    const detail::class_heads<Real>& of = heads[y];
    const Eigen::Index count = of.fitted.size() - 1;
    const Real total = of.fitted.head(count).sum();
    for (Eigen::Index k = 0; k < count; ++k) {
      const std::uint32_t position = of.positions[static_cast<std::size_t>(k)];
      const Real width = std::log(static_cast<Real>(evidence.model_width(position)));
      if (total > 0 && of.fitted[k] == 0) continue;
      // weight (slope x + intercept), summed over heads whose weights sum to 1
      used.add(
          y, position,
          {.weight = static_cast<float>(total > 0 ? of.fitted[k] / total : 1.0 / static_cast<Real>(count)),
           .slope = static_cast<float>(total),
           .intercept = static_cast<float>(total * width + of.fitted[count])});
    }
  }
  ensemble out = used.finish(evidence);
  out.scale = vote_scale::log_probability;
  return out;
}

}  // namespace mll
