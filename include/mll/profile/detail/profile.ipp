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

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/profile/detail/fit_models.hpp"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/detail/text_to_image.hpp"
#include "mll/profile/profile.hpp"

namespace mll {

namespace detail {

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

/// The factor that brings the embeddings of the general model, the last columns, to the spread of the
/// responses.
MLL_LOCAL float scale_of_embeddings(const matrix<float>& responses, std::size_t heads) {
  double of_heads = 0;
  double of_embeddings = 0;
  const auto rows = static_cast<std::size_t>(responses.rows());
  const std::size_t dim = static_cast<std::size_t>(responses.cols()) - heads;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<const float> row = row_of(responses, r);
    for (std::size_t c = 0; c < row.size(); ++c)
      (c < heads ? of_heads : of_embeddings) += static_cast<double>(row[c]) * static_cast<double>(row[c]);
  }
  if (of_embeddings == 0) return 1;
  return static_cast<float>(
      std::sqrt(of_heads / static_cast<double>(heads) / (of_embeddings / static_cast<double>(dim))));
}

/// The covariance of responses and embeddings before these are scaled, `[heads + dim, heads + dim]`. Only the
/// columns that are not kept are multiplied with all.
/// @param[in] responses `[rows, heads + dim]`, centred
MLL_LOCAL matrix<float> covariance_of(exec::backend_ref backend, const matrix<float>& responses,
                                      const hub_profile& hub, const kept_parts& kept) {
  const double divisor = std::max(1.0, hub.degrees_of_freedom);
  const auto size = static_cast<std::size_t>(responses.cols());
  const std::size_t heads = hub.head_count();
  std::vector<std::size_t> earlier(size, kept_parts::none);  // column there
  const auto& first = hub.regressors.first_head;
  for (std::size_t m = 0; m + 1 < first.size(); ++m) {
    if (kept.place(m) == kept_parts::none) continue;
    for (std::size_t h = first[m]; h < first[m + 1]; ++h)
      earlier[h] = kept.previous->regressors.first_head[kept.place(m)] + h - first[m];
  }
  if (kept.embeddings) {
    for (std::size_t d = heads; d < size; ++d) earlier[d] = kept.previous->head_count() + d - heads;
  }
  std::vector<std::size_t> made;
  for (std::size_t i = 0; i < size; ++i) {
    if (earlier[i] == kept_parts::none) made.push_back(i);
  }
  if (made.size() == size) return hub.algebra->scatter(backend, responses, divisor);

  matrix<float> left(responses.rows(), static_cast<Eigen::Index>(made.size()));
  for (std::size_t r = 0; r < static_cast<std::size_t>(left.rows()); ++r) {
    for (std::size_t k = 0; k < made.size(); ++k) row_of(left, r)[k] = row_of(responses, r)[made[k]];
  }
  const matrix<float> block = made.empty() ? matrix<float>(0, responses.cols())
                                           : hub.algebra->cross_scatter(backend, left, responses, divisor);
  const auto kept_entry = [&](std::size_t i, std::size_t j) {
    if (i < heads && j < heads) return row_of(kept.previous->covariance, earlier[i])[earlier[j]];
    const auto [embedding, other] = i < heads ? std::pair{j, i} : std::pair{i, j};
    return row_of(kept.previous->general.unscaled_covariance, embedding - heads)[earlier[other]];
  };
  matrix<float> out(responses.cols(), responses.cols());
  for (std::size_t i = 0; i < size; ++i) {
    if (earlier[i] == kept_parts::none) continue;
    for (std::size_t j = 0; j < size; ++j) {
      if (earlier[j] != kept_parts::none) row_of(out, i)[j] = kept_entry(i, j);
    }
  }
  for (std::size_t k = 0; k < made.size(); ++k) {
    const std::span<const float> row = row_of(block, k);
    for (std::size_t i = 0; i < size; ++i) row_of(out, made[k])[i] = row_of(out, i)[made[k]] = row[i];
  }
  return out;
}

/// Sets the covariance, and keeps what it was before the embeddings were scaled.
MLL_LOCAL void set_covariance(matrix<float> unscaled, hub_profile& out) {
  const std::size_t heads = out.head_count();
  const auto size = static_cast<std::size_t>(unscaled.cols());
  out.covariance = std::move(unscaled);
  if (!out.has_general()) return;
  out.general.unscaled_covariance.resize(out.general.embeddings.cols(), out.covariance.cols());
  std::copy_n(row_of(out.covariance, heads).data(), out.general.unscaled_covariance.size(),
              out.general.unscaled_covariance.data());
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      const int factors = (i < heads ? 0 : 1) + (j < heads ? 0 : 1);
      for (int f = 0; f < factors; ++f) row_of(out.covariance, i)[j] *= out.general.scale;
    }
  }
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

}  // namespace detail

MLL_DEFINE hub_profile detail::profile_responses(exec::backend_ref backend, const sample_layout& samples,
                                                 decoded_hub hub, const general_model_labels* general,
                                                 std::shared_ptr<const dense_algebra> algebra,
                                                 const kept_parts& kept) {
  if (samples.row_count() == 0) throw invalid_argument{"labels", "at least one sample", "none"};
  if (general != nullptr) check_general(*general, samples);
  hub_profile out;
  out.algebra = algebra != nullptr ? std::move(algebra) : host_algebra::shared();
  out.content = hub.content;
  out.meanings = hub.meanings;
  out.regressors.first_head = hub.first_head;
  out.graph = hub.content->graph();
  out.samples = samples.fingerprint();
  out.names = hub.names;
  out.responses = std::move(hub.responses);
  out.log_width.resize(static_cast<Eigen::Index>(out.head_count()));
  const auto& first = hub.first_head;
  std::vector<std::size_t> made;  // models
  for (std::size_t m = 0; m + 1 < first.size(); ++m) {
    const auto width = static_cast<double>(first[m + 1] - first[m]);
    std::fill(out.log_width.data() + first[m], out.log_width.data() + first[m + 1], std::log(width));
    if (kept.place(m) == kept_parts::none) made.push_back(m);
  }
  if (general != nullptr) out.general.embeddings = general->embeddings;

  matrix<float> responses = profiled_responses(backend, hub.log_odds, out);
  hub.log_odds.resize(0, 0);
  const matrix<double> means = centre_by_node(backend, samples, responses);
  out.degrees_of_freedom = static_cast<double>(samples.row_count() - samples.nodes().size());
  if (out.has_general()) {
    out.general.scale = scale_of_embeddings(responses, out.head_count());
    out.general.node_texts = general->node_texts;
    if (kept.texts) {
      out.general.mean = kept.previous->general.mean;
      out.general.text_mean = kept.previous->general.text_mean;
      out.general.text_to_image = kept.previous->general.text_to_image;
    } else {
      std::vector<std::size_t> counts(samples.nodes().size());
      for (std::size_t v = 0; v < counts.size(); ++v) counts[v] = samples.rows_at(v).count;
      fit_text_to_image(counts, means, *out.algebra, out.general);
    }
  }
  set_covariance(covariance_of(backend, responses, out, kept), out);
  responses.resize(0, 0);
  graph_regressors of_made = fit_models(backend, hub, made, samples, means);
  out.regressors = join_regressors(std::move(of_made), kept, std::move(hub.first_head));
  return out;
}

}  // namespace mll
