// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/detail/steps/row_basis.hpp"
#include "mll/profile/detail/text_to_image.hpp"
#include "mll/profile/hub_profile.hpp"

// The steps of a profile, for the heads of a whole hub or of one share of it.
namespace mll::detail {

/// What a profile says of its heads and samples before any number is computed.
MLL_LOCAL hub_profile begin_profile(const sample_layout& samples, const decoded_hub& hub,
                                    const general_model_labels* general,
                                    std::shared_ptr<const dense_algebra> algebra) {
  hub_profile out;
  out.algebra = algebra != nullptr ? std::move(algebra) : host_algebra::shared();
  out.content = hub.content;
  out.meanings = hub.meanings;
  out.regressors.first_head = hub.first_head;
  out.graph = hub.content->graph();
  out.samples = samples.fingerprint();
  out.names = hub.names;
  out.responses = hub.responses;
  out.log_width.resize(static_cast<Eigen::Index>(out.head_count()));
  const auto& first = hub.first_head;
  for (std::size_t m = 0; m + 1 < first.size(); ++m) {
    const auto width = static_cast<double>(first[m + 1] - first[m]);
    std::fill(out.log_width.data() + first[m], out.log_width.data() + first[m + 1], std::log(width));
  }
  if (general != nullptr) {
    out.general.embeddings = general->embeddings;
    out.general.node_texts = general->node_texts;
  }
  out.degrees_of_freedom = static_cast<double>(samples.row_count() - samples.nodes().size());
  return out;
}

/// Brings log-odds to the scale of the profile and appends the general model's embeddings: `[rows, heads +
/// dim]`.
MLL_LOCAL matrix<float> profiled_responses(exec::backend_ref backend, const matrix<float>& log_odds,
                                           const hub_profile& hub) {
  const auto heads = static_cast<std::size_t>(log_odds.cols());
  const auto dim = static_cast<std::size_t>(hub.general.embeddings.cols());
  const auto rows = static_cast<std::size_t>(log_odds.rows());
  matrix<float> out(log_odds.rows(), static_cast<Eigen::Index>(heads + dim));
  exec::for_each_index(backend, rows, [&](std::size_t r) {
    const std::span<float> row = row_of(out, r);
    std::copy_n(row_of(log_odds, r).begin(), heads, row.begin());
    numerics::to_log_probability(row.first(heads));
    for (std::size_t h = 0; h < heads; ++h)
      row[h] += static_cast<float>(hub.log_width[static_cast<Eigen::Index>(h)]);
    if (dim != 0)
      std::copy_n(row_of(hub.general.embeddings, r).begin(), dim,
                  row.begin() + static_cast<std::ptrdiff_t>(heads));
  });
  return out;
}

/// Subtracts from each row the mean of its node. @return the means `[nodes, columns]`
MLL_LOCAL matrix<double> centre_by_node(exec::backend_ref backend, const sample_layout& samples,
                                        matrix<float>& rows) {
  matrix<double> means = zeros<double>(samples.nodes().size(), static_cast<std::size_t>(rows.cols()));
  exec::for_each_index(backend, samples.nodes().size(), [&](std::size_t at) {
    const auto range = samples.rows_at(at);
    const std::span<double> mean = row_of(means, at);
    for (std::size_t r = range.first; r < range.first + range.count; ++r) {
      const std::span<const float> row = row_of(rows, r);
      for (std::size_t c = 0; c < row.size(); ++c) mean[c] += static_cast<double>(row[c]);
    }
    for (double& sum : mean) sum /= static_cast<double>(range.count);
    for (std::size_t r = range.first; r < range.first + range.count; ++r) {
      const std::span<float> row = row_of(rows, r);
      for (std::size_t c = 0; c < row.size(); ++c) row[c] -= static_cast<float>(mean[c]);
    }
  });
  return means;
}

/// Sum of squares of each column, in the order of the rows.
MLL_LOCAL std::vector<double> squares_of(exec::backend_ref backend, const matrix<float>& responses) {
  constexpr std::size_t together = 64;
  const auto columns = static_cast<std::size_t>(responses.cols());
  std::vector<double> out(columns, 0);
  exec::for_each_index(backend, (columns + together - 1) / together, [&](std::size_t block) {
    const std::size_t first = block * together;
    const std::size_t width = std::min(together, columns - first);
    for (std::size_t r = 0; r < static_cast<std::size_t>(responses.rows()); ++r) {
      const std::span<const float> row = row_of(responses, r).subspan(first, width);
      for (std::size_t c = 0; c < width; ++c)
        out[first + c] += static_cast<double>(row[c]) * static_cast<double>(row[c]);
    }
  });
  return out;
}

/// The factor that brings the embeddings of the general model to the spread of the responses.
/// @param[in] of_heads, of_embeddings sums of squares of their columns
MLL_LOCAL float scale_of_embeddings(std::span<const double> of_heads, std::span<const double> of_embeddings) {
  const auto mean = [](std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  const double spread = of_embeddings.empty() ? 0 : mean(of_embeddings);
  return spread == 0 ? 1 : static_cast<float>(std::sqrt(mean(of_heads) / spread));
}

/// Fits the regression of embeddings on texts. @param[in] means `[nodes, at least dim]`
MLL_LOCAL void fit_texts(const sample_layout& samples, const matrix<double>& means, hub_profile& out) {
  std::vector<std::size_t> counts(samples.nodes().size());
  for (std::size_t v = 0; v < counts.size(); ++v) counts[v] = samples.rows_at(v).count;
  fit_text_to_image(counts, means, *out.algebra, out.general);
}

/// The rank of a factor of the covariance: at most that of the responses.
[[nodiscard]] inline std::size_t rank_of_factor(std::size_t asked, const sample_layout& samples,
                                                std::size_t dimensions) {
  return std::min({asked, samples.row_count() - samples.nodes().size(), dimensions});
}

/// Sets the covariance in low-rank form, but for the loadings and variances of the heads.
/// @param[in,out] share   of this rank, or of all; its last `dim` columns, the embeddings, are scaled here
/// @param[in]     squares sums of squares of the heads of all shares
/// @return loadings of the columns of the share, `[columns, rank]`
MLL_LOCAL matrix<float> fit_factor(exec::backend_ref backend, const sample_layout& samples,
                                   centred_share& share, std::span<const double> squares, std::size_t rank,
                                   const sum_over_ranks& add, hub_profile& out) {
  const double divisor = std::max(1.0, out.degrees_of_freedom);
  const std::size_t heads = out.head_count();
  const auto dim = static_cast<std::size_t>(out.general.embeddings.cols());
  const std::size_t own = static_cast<std::size_t>(share.responses.cols()) - dim;
  matrix<float> embeddings(share.responses.rows(), static_cast<Eigen::Index>(dim));
  for (std::size_t r = 0; r < static_cast<std::size_t>(share.responses.rows()); ++r) {
    const std::span<float> row = row_of(share.responses, r).subspan(own);
    for (std::size_t d = 0; d < dim; ++d) row_of(embeddings, r)[d] = row[d] *= out.general.scale;
  }
  covariance_factor& factor = out.factor;
  if (dim != 0) factor.of_embeddings = out.algebra->scatter(backend, embeddings, divisor);
  double sum = 0;
  for (const double each : squares) {
    factor.variances.push_back(static_cast<float>(each / divisor));
    sum += each;
  }
  for (std::size_t d = 0; d < dim; ++d) factor.variances.push_back(row_of(factor.of_embeddings, d)[d]);
  const double spread =
      std::sqrt(sum / static_cast<double>(samples.row_count() * std::max<std::size_t>(1, heads)));
  factor.coordinates =
      row_basis(backend, samples, share, spread, rank_of_factor(rank, samples, heads + dim), add);
  const matrix<float> projected =
      cross_scatter(backend, factor.coordinates, share.responses, std::sqrt(divisor));
  return projected.transpose();
}

MLL_LOCAL void check_general(const general_model_labels& general, const sample_layout& samples) {
  if (general.samples != 0 && general.samples != samples.fingerprint())
    throw invalid_argument{"general", "labels on the samples of the hub", "labels on other samples"};
  const auto rows = static_cast<Eigen::Index>(samples.row_count());
  const auto nodes = static_cast<Eigen::Index>(samples.nodes().size());
  if (general.embeddings.rows() == rows && general.node_texts.rows() == nodes &&
      general.node_texts.cols() == general.embeddings.cols()) {
    return;
  }
  const auto shape = [](const matrix<float>& values) {
    return "[" + std::to_string(values.rows()) + ", " + std::to_string(values.cols()) + "]";
  };
  throw invalid_argument{"general",
                         std::to_string(rows) + " embeddings of samples and " + std::to_string(nodes) +
                             " texts of nodes, of one dimension",
                         shape(general.embeddings) + " and " + shape(general.node_texts)};
}

}  // namespace mll::detail
