// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/profile/detail/fit_models.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/detail/steps/profile_steps.hpp"
#include "mll/profile/detail/steps/row_basis.hpp"
#include "mll/profile/profile.hpp"

namespace mll {

namespace detail {

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
  const bool has_previous = kept.previous != nullptr && kept.previous->factor.empty();
  for (std::size_t m = 0; has_previous && m + 1 < first.size(); ++m) {
    if (kept.place(m) == kept_parts::none) continue;
    for (std::size_t h = first[m]; h < first[m + 1]; ++h)
      earlier[h] = kept.previous->regressors.first_head[kept.place(m)] + h - first[m];
  }
  if (has_previous && kept.embeddings) {
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

}  // namespace detail

MLL_DEFINE hub_profile detail::profile_responses(exec::backend_ref backend, const sample_layout& samples,
                                                 decoded_hub hub, const profile_options& options,
                                                 const kept_parts& kept) {
  if (hub.responses.empty()) throw invalid_argument{"labels", "labels of at least one model", "none"};
  if (samples.row_count() == 0) throw invalid_argument{"labels", "at least one sample", "none"};
  if (options.general != nullptr) check_general(*options.general, samples);
  hub_profile out = begin_profile(samples, hub, options.general, options.algebra);
  std::vector<std::size_t> made;  // models
  for (std::size_t m = 0; m < hub.responses.size(); ++m) {
    if (kept.place(m) == kept_parts::none) made.push_back(m);
  }
  centred_share all{.responses = profiled_responses(backend, hub.log_odds, out)};
  hub.log_odds.resize(0, 0);
  const matrix<double> means = centre_by_node(backend, samples, all.responses);
  const std::size_t heads = out.head_count();
  const std::vector<double> squares = squares_of(backend, all.responses);
  const std::span<const double> of_heads = std::span{squares}.first(heads);
  if (out.has_general()) {
    out.general.scale = scale_of_embeddings(of_heads, std::span{squares}.subspan(heads));
    if (kept.texts) {
      out.general.mean = kept.previous->general.mean;
      out.general.text_mean = kept.previous->general.text_mean;
      out.general.text_to_image = kept.previous->general.text_to_image;
    } else {
      fit_texts(samples, means, out);
    }
  }
  if (options.covariance_rank == 0) {
    set_covariance(covariance_of(backend, all.responses, out, kept), out);
  } else {
    all.counted = squares.size();
    all.positions.resize(squares.size());
    std::iota(all.positions.begin(), all.positions.end(), std::size_t{0});
    out.factor.loadings = fit_factor(backend, samples, all, of_heads, options.covariance_rank, {}, out);
  }
  all.responses.resize(0, 0);
  graph_regressors of_made = fit_models(backend, hub, made, samples, means);
  out.regressors = join_regressors(std::move(of_made), kept, std::move(hub.first_head));
  return out;
}

}  // namespace mll
