// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/product.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/profile/detail/shrink_covariance.hpp"
#include "mll/profile/detail/text_to_image.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/evidence/detail/kept_means.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// The profile of a hub for some heads, as if the samples that a subset of the evidence leaves out had never
/// been labelled: covariance, means of the nodes and regression of embeddings on texts are downdated. (The
/// six coefficients of the graph's regression and the scale of the embeddings stay those of all nodes.)
///
/// Dimensions are the heads, then those of the general model's embedding, scaled, where the evidence has
/// them.
template <class = void>  // compiled where it is used
class kept_profile {
 public:
  kept_profile(exec::backend_ref backend, const task_evidence& evidence,
               std::span<const std::uint32_t> positions)
      : evidence_{&evidence},
        hub_{evidence.profile()},
        positions_{positions},
        dim_{evidence.has_embeddings() ? static_cast<std::size_t>(hub_->general.embeddings.cols()) : 0},
        degrees_of_freedom_{hub_->degrees_of_freedom} {
    if (!evidence.left_out().empty()) leave_out(backend);
  }

  [[nodiscard]] std::size_t heads() const noexcept { return positions_.size(); }
  [[nodiscard]] std::size_t dim() const noexcept { return dim_; }
  [[nodiscard]] double degrees_of_freedom() const noexcept { return degrees_of_freedom_; }

  /// What the graph predicts for a node, `[heads]`.
  [[nodiscard]] std::vector<double> expected_response(node_id v) const {
    const graph_regressors& regressors = regressors_ ? *regressors_ : hub_->regressors;
    const Eigen::RowVectorXd all = regressors.predict(*hub_->content, hub_->meanings, v);
    std::vector<double> out;
    out.reserve(heads());
    for (const std::uint32_t p : positions_) out.push_back(all[p]);
    return out;
  }

  /// What a text predicts for the scaled embedding, `[dim]`.
  [[nodiscard]] std::vector<double> expected_embedding(std::span<const float> text) const {
    const hub_profile::general_model_part& general = general_ ? *general_ : hub_->general;
    std::vector<double> centred(dim_);
    for (std::size_t d = 0; d < dim_; ++d)
      centred[d] = static_cast<double>(text[d]) - general.text_mean[static_cast<Eigen::Index>(d)];
    std::vector<double> out(dim_);
    for (std::size_t d = 0; d < dim_; ++d) {
      const std::span<const double> column{general.text_to_image.data() + d * dim_, dim_};
      out[d] = static_cast<double>(hub_->general.scale) *
               (general.mean[static_cast<Eigen::Index>(d)] + dot(centred, column));
    }
    return out;
  }

  /// Covariance of the dimensions [first, last) within nodes, shrunk with the given share of the identity.
  [[nodiscard]] Eigen::MatrixXd shrunk_covariance(std::size_t first, std::size_t last, double share) const {
    Eigen::MatrixXd out = hub_->covariance_of(dimensions(first, last));
    for (std::size_t j = first; removed_.size() != 0 && j < last; ++j) {
      const std::span<double> column{out.data() + (j - first) * (last - first), last - first};
      for (std::size_t i = first; i < last; ++i) {
        double& value = column[i - first];
        value = std::max(1.0, hub_->degrees_of_freedom) * value - static_cast<double>(row_of(removed_, j)[i]);
        value /= std::max(1.0, degrees_of_freedom_);
      }
    }
    shrink_covariance(out, share);
    return out;
  }

 private:
  // Columns [first, last) as those of the covariance of the hub.
  [[nodiscard]] std::vector<std::uint32_t> dimensions(std::size_t first, std::size_t last) const {
    std::vector<std::uint32_t> out;
    for (std::size_t i = first; i < last; ++i)
      out.push_back(i < heads() ? positions_[i]
                                : static_cast<std::uint32_t>(hub_->head_count() + i - heads()));
    return out;
  }

  void leave_out(exec::backend_ref backend) {
    const sample_layout& layout = evidence_->samples();
    const auto rows = evidence_->left_out();
    const std::size_t nodes = layout.nodes().size();
    struct change {
      std::size_t node, count, left_out, first_row;  // first_row: in `deviations`
    };
    std::vector<change> changes;
    std::vector<node_samples> which;
    for (std::size_t at = 0; at < rows.size();) {
      const std::size_t v = layout.position_of_row(rows[at]);
      const std::size_t out = left_out_of_node(*evidence_, v).size();
      changes.push_back({v, layout.rows_at(v).count, out, at});
      which.push_back({static_cast<std::uint32_t>(v), static_cast<std::uint32_t>(layout.rows_at(v).count)});
      at += out;
    }

    // Deviations from the means of the nodes: of the rows that are left out, then their sums per node.
    matrix<double> sums = zeros<double>(changes.size(), heads() + dim_);
    matrix<float> deviations = zeros<float>(rows.size() + changes.size(), heads() + dim_);
    const graph_regressors& of_hub = hub_->regressors;
    exec::for_each_index(backend, heads(), [&](std::size_t h) {
      const std::uint32_t p = positions_[h];
      std::vector<float> x(sample_total(which));
      evidence_->source().read_log_odds(p, which, x);
      numerics::to_log_probability(std::span{x});
      std::size_t from = 0;
      for (std::size_t c = 0; c < changes.size(); ++c) {
        const double mean = of_hub.mean[p] + row_of(of_hub.deviations, changes[c].node)[p];
        const std::size_t first = layout.rows_at(changes[c].node).first;
        for (std::size_t i = 0; i < changes[c].left_out; ++i) {
          const std::size_t at = changes[c].first_row + i;
          const double d = static_cast<double>(x[from + rows[at] - first]) + hub_->log_width[p] - mean;
          row_of(deviations, at)[h] = static_cast<float>(d);
          row_of(sums, c)[h] += d;
        }
        from += changes[c].count;
      }
    });
    matrix<double> means;
    if (dim_ != 0) {
      means = embedding_means(backend);
      for (std::size_t c = 0; c < changes.size(); ++c) {
        const auto mean = row_of(means, changes[c].node);
        for (std::size_t i = 0; i < changes[c].left_out; ++i) {
          const std::size_t at = changes[c].first_row + i;
          const auto embedding = row_of(hub_->general.embeddings, rows[at]);
          for (std::size_t d = 0; d < dim_; ++d) {
            const double value =
                static_cast<double>(hub_->general.scale) * (static_cast<double>(embedding[d]) - mean[d]);
            row_of(deviations, at)[heads() + d] = static_cast<float>(value);
            row_of(sums, c)[heads() + d] += value;
          }
        }
      }
    }

    std::vector<std::size_t> counts(nodes);
    for (std::size_t v = 0; v < nodes; ++v) counts[v] = layout.rows_at(v).count;
    for (std::size_t c = 0; c < changes.size(); ++c) {
      const auto& [v, count, out, first_row] = changes[c];
      counts[v] = count - out;
      degrees_of_freedom_ -= static_cast<double>(counts[v] == 0 ? count - 1 : out);
      if (counts[v] == 0) continue;
      const auto kept = static_cast<double>(counts[v]);
      for (std::size_t i = 0; i < heads() + dim_; ++i)
        row_of(deviations, rows.size() + c)[i] = static_cast<float>(row_of(sums, c)[i] / std::sqrt(kept));
      if (dim_ == 0) continue;
      for (std::size_t d = 0; d < dim_; ++d)
        row_of(means, v)[d] -= row_of(sums, c)[heads() + d] / kept / static_cast<double>(hub_->general.scale);
    }
    removed_ = hub_->algebra->scatter(backend, deviations, 1);
    if (!hub_->factor.empty()) {
      matrix<float> left_out = zeros<float>(rows.size() + changes.size(),
                                            static_cast<std::size_t>(hub_->factor.coordinates.cols()));
      for (std::size_t c = 0; c < changes.size(); ++c) {
        const auto of_node = row_of(left_out, rows.size() + c);
        const auto kept = static_cast<float>(counts[changes[c].node]);
        for (std::size_t i = changes[c].first_row; i < changes[c].first_row + changes[c].left_out; ++i) {
          const auto row = row_of(hub_->factor.coordinates, rows[i]);
          std::copy(row.begin(), row.end(), row_of(left_out, i).begin());
          for (std::size_t k = 0; kept != 0 && k < row.size(); ++k) of_node[k] += row[k] / std::sqrt(kept);
        }
      }
      remove_from_factor(backend, left_out);
    }
    if (heads() != 0) {
      regressors_ = of_hub;
      matrix<double>& of_nodes = regressors_->deviations;
      for (std::size_t c = 0; c < changes.size(); ++c) {
        const std::size_t v = changes[c].node;
        if (counts[v] == 0) continue;
        for (std::size_t h = 0; h < heads(); ++h)
          row_of(of_nodes, v)[positions_[h]] -= row_of(sums, c)[h] / static_cast<double>(counts[v]);
      }
      centre(counts);
    }
    if (hub_->general.node_texts.size() == 0) return;  // a profile from a file without them
    general_.emplace();
    general_->node_texts = hub_->general.node_texts;
    fit_text_to_image(counts, means, *hub_->algebra, *general_);
  }

  // Beside a factor, what is left out is what the factor tells of it, so that the rest stays positive
  // semidefinite; but for variances, as long as these do, and the embeddings' own covariance.
  // @param[in] left_out coordinates of the rows that are left out
  void remove_from_factor(exec::backend_ref backend, const matrix<float>& left_out) {
    const covariance_factor& factor = hub_->factor;
    const auto all = dimensions(0, heads() + dim_);
    const double freedom = std::max(1.0, hub_->degrees_of_freedom);
    matrix<float> loadings(factor.loadings.cols(), static_cast<Eigen::Index>(all.size()));
    std::vector<double> beside(all.size());  // of the variance, what the factor does not tell
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto row = row_of(factor.loadings, all[i]);
      double told = 0;
      for (std::size_t k = 0; k < row.size(); ++k) {
        row_of(loadings, k)[i] = static_cast<float>(std::sqrt(freedom)) * row[k];
        told += static_cast<double>(row[k]) * static_cast<double>(row[k]);
      }
      beside[i] = std::max(0.0, freedom * (static_cast<double>(factor.variances[all[i]]) - told));
    }
    const matrix<float> told = hub_->algebra->scatter(backend, product<float>(left_out, loadings), 1);
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t j = 0; j < all.size(); ++j) {
        float& value = row_of(removed_, i)[j];
        if (i >= heads() && j >= heads()) continue;
        const float by_factor = row_of(told, i)[j];
        value = i == j ? std::min(value, static_cast<float>(beside[i]) + by_factor) : by_factor;
      }
    }
  }

  // Makes deviations of the nodes with samples sum to 0 again, with the weights of the profile, and drops the
  // other nodes.
  void centre(std::span<const std::size_t> counts) {
    graph_regressors& out = *regressors_;
    double total = 0;
    for (const std::size_t n : counts) total += node_weight(n);
    std::vector<double> mean(heads(), 0);
    for (std::size_t v = 0; v < counts.size(); ++v) {
      const auto row = row_of(out.deviations, v);
      for (std::size_t h = 0; h < heads(); ++h)
        mean[h] += node_weight(counts[v]) / std::max(1e-12, total) * row[positions_[h]];
    }
    std::size_t kept = 0;
    for (std::size_t v = 0; v < counts.size(); ++v) {
      if (counts[v] == 0) continue;
      const auto row = row_of(out.deviations, v);
      for (std::size_t h = 0; h < heads(); ++h) row[positions_[h]] -= mean[h];
      if (kept != v) {
        std::copy(row.begin(), row.end(), row_of(out.deviations, kept).begin());
        out.nodes[kept] = out.nodes[v];
      }
      ++kept;
    }
    out.nodes.resize(kept);
    out.deviations.conservativeResize(static_cast<Eigen::Index>(kept), Eigen::NoChange);
    for (std::size_t h = 0; h < heads(); ++h) out.mean[positions_[h]] += mean[h];
  }

  // Mean embedding of each node, `[nodes, dim]`.
  [[nodiscard]] matrix<double> embedding_means(exec::backend_ref backend) const {
    const sample_layout& layout = evidence_->samples();
    matrix<double> out = zeros<double>(layout.nodes().size(), dim_);
    exec::for_each_index(backend, layout.nodes().size(), [&](std::size_t v) {
      const auto rows = layout.rows_at(v);
      const auto mean = row_of(out, v);
      for (std::size_t r = rows.first; r < rows.first + rows.count; ++r) {
        const auto embedding = row_of(hub_->general.embeddings, r);
        for (std::size_t d = 0; d < dim_; ++d)
          mean[d] += static_cast<double>(embedding[d]) / static_cast<double>(rows.count);
      }
    });
    return out;
  }

  const task_evidence* evidence_;
  const hub_profile* hub_;
  std::span<const std::uint32_t> positions_;
  std::size_t dim_;
  double degrees_of_freedom_;
  matrix<float> removed_;                       // `[dimensions, dimensions]`: scatter that is left out
  std::optional<graph_regressors> regressors_;  // without what is left out
  std::optional<hub_profile::general_model_part> general_;
};

}  // namespace mll::detail
