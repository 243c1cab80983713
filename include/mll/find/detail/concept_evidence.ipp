// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "mll/find/detail/concept_evidence.hpp"

namespace mll::detail {

MLL_DEFINE concept_evidence weigh_evidence(const concept_samples& asked, const sample_layout& samples,
                                           std::span<const std::uint8_t> bins, std::span<const float> means) {
  concept_evidence out;
  out.log_odds = prior_log_odds(asked);
  if (asked.own.empty()) return out;
  std::array<double, 256> above{};  // share of the concept's samples; then of those above each bin
  for (const auto& [node, weight] : asked.own) {
    const auto rows = samples.rows_at(node);
    const double each = weight / static_cast<double>(rows.count);
    for (std::size_t r = rows.first; r < rows.first + rows.count; ++r) above[bins[r]] += each;
    out.response += weight * static_cast<double>(means[node]);
  }
  if (asked.rivals.empty()) return out;
  double sum = 0;
  for (std::size_t bin = above.size(); bin-- > 0;) {
    const double here = above[bin];
    above[bin] = sum + here / 2;
    sum += here;
  }
  double lowest = 2;
  double confusion = 0;
  double total = 0;
  double mean = out.response;
  double square = out.response * out.response;
  for (const std::size_t u : asked.rivals) {
    const auto rows = samples.rows_at(u);
    double higher = 0;
    for (std::size_t r = rows.first; r < rows.first + rows.count; ++r) higher += above[bins[r]];
    higher = std::min(1.0, higher / static_cast<double>(rows.count));
    if (higher < lowest) {
      lowest = higher;
      out.rival = u;
    }
    total += higher;
    const double against = (1.02 - higher) / (higher + 0.02);
    confusion += against * against;
    const auto response = static_cast<double>(means[u]);
    mean += response;
    square += response * response;
  }
  const auto rivals = static_cast<double>(asked.rivals.size());
  out.auc = total / rivals;
  mean /= rivals + 1;
  const double variance = square / (rivals + 1) - mean * mean;
  const double z = variance > 1e-12 ? (out.response - mean) / std::sqrt(variance) : 0;
  out.log_odds += std::log(std::max(z, 0.0) + 0.3) - std::log(confusion / rivals) / 2;
  return out;
}

}  // namespace mll::detail
