// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll::detail {

/// A regression of how a head answers to a node on what the graph says about the two. It supplies the prior
/// means of an empirical-Bayes estimate: what is expected before any sample of the node is seen.
///
/// Regressors of head h and node v, s being Lin's similarity: for kappa = 3, 8, 20 what a softmax over
/// `kappa s(named node, v)` among the heads of the model would answer; whether the head is named after the
/// node; and for kappa = 6, 20 the mean of how h answers to the other nodes, weighed by `exp(kappa s)`, less
/// the plain mean. Weighted least squares over all nodes with samples and heads with a named node.
struct graph_regressors {
  static constexpr std::array<double, 3> name_sharpness{3, 8, 20};
  static constexpr std::array<double, 2> neighbour_sharpness{6, 20};
  static constexpr int by_name = static_cast<int>(name_sharpness.size()) + 1;
  static constexpr int count = by_name + static_cast<int>(neighbour_sharpness.size());

  std::vector<std::size_t> first_head;  // of each model, and the end
  std::vector<node_id> nodes;           // with samples
  matrix<double> deviations;            // [nodes, heads]: mean response less its mean over the nodes
  Eigen::RowVectorXd mean;              // [heads]
  Eigen::Matrix<double, by_name, Eigen::Dynamic> centre;  // [regressors by name, heads]: their means
  Eigen::Matrix<double, count, 1> coefficients;

  /// The regressors by name of every head, not centred.
  template <std::floating_point Real = double>
  [[nodiscard]] Eigen::Matrix<Real, by_name, Eigen::Dynamic> names(const information_content& content,
                                                                   std::span<const head_meaning> meanings,
                                                                   node_id v) const {
    Eigen::Matrix<Real, by_name, Eigen::Dynamic> out;
    out.setZero(by_name, static_cast<Eigen::Index>(meanings.size()));
    if (!v.valid()) return out;
    std::vector<double> similarity(meanings.size(), 0);
    std::vector<double> answer;
    for (std::size_t m = 0; m + 1 < first_head.size(); ++m) {
      bool all_named = true;
      for (std::size_t h = first_head[m]; h < first_head[m + 1]; ++h) {
        if (!meanings[h].node.valid()) {
          all_named = false;
          continue;
        }
        similarity[h] = lin_similarity(content, meanings[h].node, v);
        out(by_name - 1, static_cast<Eigen::Index>(h)) = similarity[h] >= 0.999 ? 1 : 0;
      }
      if (!all_named) continue;
      const std::size_t width = first_head[m + 1] - first_head[m];
      for (std::size_t k = 0; k < name_sharpness.size(); ++k) {
        answer.assign(similarity.begin() + static_cast<std::ptrdiff_t>(first_head[m]),
                      similarity.begin() + static_cast<std::ptrdiff_t>(first_head[m + 1]));
        for (double& s : answer) s *= name_sharpness[k];
        const double all = numerics::log_sum_exp(std::span<const double>{answer});
        for (std::size_t i = 0; i < width; ++i) {
          out(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(first_head[m] + i)) =
              answer[i] - all + std::log(static_cast<double>(width));
        }
      }
    }
    return out;
  }

  /// All regressors of every head. A node with samples does not count among its own neighbours.
  template <std::floating_point Real = double>
  [[nodiscard]] Eigen::Matrix<Real, count, Eigen::Dynamic> operator()(const information_content& content,
                                                                      std::span<const head_meaning> meanings,
                                                                      node_id v) const {
    Eigen::Matrix<Real, count, Eigen::Dynamic> out(count, static_cast<Eigen::Index>(meanings.size()));
    out.topRows(by_name) = names<Real>(content, meanings, v) - centre;
    std::vector<double> similarity;
    for (const node_id u : nodes) similarity.push_back(u == v ? -1 : lin_similarity(content, u, v));
    for (std::size_t k = 0; k < neighbour_sharpness.size(); ++k) {
      Eigen::RowVectorX<Real> weight(static_cast<Eigen::Index>(nodes.size()));
      for (std::size_t u = 0; u < nodes.size(); ++u) {
        weight[static_cast<Eigen::Index>(u)] =
            similarity[u] < 0 ? 0 : std::exp(neighbour_sharpness[k] * similarity[u]);
      }
      const Real total = weight.sum();
      auto row = out.row(by_name + static_cast<Eigen::Index>(k));
      if (total > 0) {
        // Less the plain mean of the same nodes: deviations sum to 0, so that the mean of all others would
        // give the node itself away.
        const Eigen::RowVectorX<Real> plain = (weight.array() > 0).template cast<Real>().matrix();
        row = (weight / total - plain / plain.sum()).lazyProduct(deviations);
      } else {
        row.setZero();
      }
    }
    return out;
  }

  template <std::floating_point Real = double>
  [[nodiscard]] Eigen::RowVectorX<Real> predict(const information_content& content,
                                                std::span<const head_meaning> meanings, node_id v) const {
    if (!v.valid()) return mean;
    return mean + coefficients.transpose().lazyProduct(operator()<Real>(content, meanings, v));
  }
};

}  // namespace mll::detail
