// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/transform.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/select/ensemble/detail/ensemble_parts.hpp"
#include "mll/select/ensemble/detail/sample_scores.hpp"

namespace mll::detail {

/// Combination of the responses at reuse, `combine`, as Thrust algorithms: `transform` of the responses to
/// the scale of the votes, `transform` over classes and samples (votes), the same for the linear correction,
/// and `for_each` over samples (softmax). Log-probabilities are those of `combine` within 1e-5 of their size
/// (its exponentials are vectorised), and bitwise the same on every policy of the host.
///
/// Samples are processed in chunks. Memory: the ensemble, and `4 (3 classes + 2 heads + dim)` bytes per
/// sample of a chunk. Complexity: as `combine`.
///
/// @tparam Grid see `exec::detail::thrust_host`
template <class Grid>
class thrust_combination {
 public:
  static constexpr std::size_t default_chunk = std::size_t{1} << 14U;  ///< samples

  /// Uploads the ensemble.
  thrust_combination(const Grid& grid, const ensemble_parts& parts, std::size_t chunk = default_chunk)
      : grid_{grid}, parts_{parts}, chunk_{std::max<std::size_t>(1, chunk)} {
    put(parts.votes, votes_);
    put(parts.first_vote, first_vote_);
    put(parts.mean, mean_);
    put(parts.inverse_scale, inverse_scale_);
    put(parts.weights, weights_);
    put(parts.bias, bias_);
  }

  /// @param[in] log_odds       `[heads, samples]`: of the responses
  /// @param[in] embeddings     `[samples, dim]`: where the ensemble uses them
  /// @param[in] as_probability whether to return probabilities
  /// @return log-probabilities or probabilities, `[samples, classes]`
  ///
  /// Throws: `invalid_argument` if the inputs are of another size.
  [[nodiscard]] std::vector<float> run(std::span<const float> log_odds, std::span<const float> embeddings,
                                       std::size_t samples, bool as_probability) {
    require("log_odds", log_odds.size(), parts_.heads * samples);
    if (parts_.dim != 0) require("embeddings", embeddings.size(), parts_.dim * samples);
    std::vector<float> out(samples * parts_.classes);
    for (std::size_t first = 0; first < samples; first += chunk_) {
      const std::size_t count = std::min(chunk_, samples - first);
      put(inputs_of(log_odds, embeddings, samples, first, count), inputs_);
      reserve(count);
      grid_.run([&](const auto& policy) { combine(policy, count, as_probability); });
      grid_.download(result_, std::span{out}.subspan(first * parts_.classes, count * parts_.classes));
    }
    return out;
  }

 private:
  template <class T>
  using buffer = typename Grid::template buffer<T>;

  static void require(const char* argument, std::size_t found, std::size_t expected) {
    if (found == expected) return;
    throw invalid_argument{argument, std::to_string(expected) + " values", std::to_string(found)};
  }
  template <class T>
  void put(const std::vector<T>& from, buffer<T>& to) const {
    if (to.size() < from.size()) to = grid_.template allocate<T>(from.size());
    grid_.upload(std::span{from}, to);
  }
  void reserve(std::size_t samples) {
    const std::size_t scores = samples * parts_.classes;
    if (scores_.size() >= scores) return;
    responses_ = grid_.template allocate<float>(samples * parts_.heads);
    scores_ = grid_.template allocate<float>(scores);
    result_ = grid_.template allocate<float>(scores);
    if (has_correction()) corrected_ = grid_.template allocate<float>(scores);
  }
  [[nodiscard]] bool has_correction() const noexcept { return !parts_.bias.empty(); }

  // `[heads + dim, samples of the chunk]`
  [[nodiscard]] std::vector<float> inputs_of(std::span<const float> log_odds,
                                             std::span<const float> embeddings, std::size_t samples,
                                             std::size_t first, std::size_t count) const {
    std::vector<float> out;
    out.reserve((parts_.heads + parts_.dim) * count);
    for (std::size_t h = 0; h < parts_.heads; ++h) {
      const auto column = log_odds.subspan(h * samples + first, count);
      out.insert(out.end(), column.begin(), column.end());
    }
    for (std::size_t d = 0; d < parts_.dim; ++d) {
      for (std::size_t i = 0; i < count; ++i) out.push_back(embeddings[(first + i) * parts_.dim + d]);
    }
    return out;
  }

  template <class Policy>
  void combine(const Policy& policy, std::size_t samples, bool as_probability) {
    const thrust::counting_iterator<std::size_t> at{0};
    const auto end = at + static_cast<std::ptrdiff_t>(parts_.classes * samples);
    float* const inputs = inputs_.data();
    thrust::transform(policy, inputs, inputs + parts_.heads * samples, responses_.data(),
                      to_vote_scale{parts_.scale, parts_.probability_floor});
    thrust::transform(policy, at, end, scores_.data(),
                      sum_of_votes{votes_.data(), first_vote_.data(), responses_.data(), samples,
                                   parts_.scale == vote_scale::probability, parts_.temperature});
    if (has_correction()) {
      // The responses are no longer needed on their own scale.
      thrust::transform(
          policy, at, at + static_cast<std::ptrdiff_t>(parts_.heads * samples), inputs,
          standardised{inputs, mean_.data(), inverse_scale_.data(), samples, parts_.probability_floor});
      thrust::transform(policy, at, end, corrected_.data(),
                        linear_score{inputs, weights_.data(), bias_.data(), parts_.heads + parts_.dim,
                                     parts_.classes, samples});
      thrust::for_each_n(policy, at, samples,
                         softmax_of_sample{corrected_.data(), parts_.classes, samples, false});
      thrust::transform(policy, scores_.data(), scores_.data() + parts_.classes * samples, corrected_.data(),
                        scores_.data(), plus_scaled{parts_.strength});
    }
    thrust::for_each_n(policy, at, samples,
                       softmax_of_sample{scores_.data(), parts_.classes, samples, as_probability});
    thrust::transform(policy, at, end, result_.data(), transposed{scores_.data(), parts_.classes, samples});
  }

  Grid grid_;
  ensemble_parts parts_;
  std::size_t chunk_;
  buffer<vote> votes_;
  buffer<std::uint32_t> first_vote_;
  buffer<float> mean_;
  buffer<float> inverse_scale_;
  buffer<float> weights_;
  buffer<float> bias_;
  buffer<float> inputs_;
  buffer<float> responses_;
  buffer<float> scores_;
  buffer<float> corrected_;
  buffer<float> result_;
};

}  // namespace mll::detail
