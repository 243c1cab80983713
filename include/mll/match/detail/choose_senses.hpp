// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/numerics.hpp"

namespace mll::detail {

/// What the candidates of one class bring along by themselves.
struct sense_variables {
  std::vector<double> preference;  ///< log-prior of each candidate, up to a constant
};

/// Chooses the senses of all classes together by mean field: the probability of a candidate grows with its
/// own preference and with its affinity to the senses that the other classes probably have. Only the closest
/// `share` of the other classes count, because a task may have classes of several fields.
///
/// @param[in] variables   for each class its candidates
/// @param[in] affinity    `affinity(i, a, j, b)`: how well candidate a of class i goes with candidate b of
/// class
///                        j, in units of log-probability; symmetric
/// @param[in] share       in (0, 1]
/// @param[in] sweeps      rounds of updates; all classes change at once, half way, so that their order does
/// not matter
/// @return for each class the probabilities of its candidates
/// Complexity: O(sweeps P) with P pairs of candidates of different classes; P calls of `affinity`.
template <class Affinity>
std::vector<std::vector<double>> choose_senses(std::span<const sense_variables> variables,
                                               const Affinity& affinity, double share, std::size_t sweeps) {
  const std::size_t classes = variables.size();
  std::vector<std::vector<double>> probability(classes);
  std::vector<std::size_t> first(classes + 1, 0);  // of each class among all candidates
  for (std::size_t i = 0; i < classes; ++i) {
    probability[i] = variables[i].preference;
    numerics::softmax(std::span{probability[i]});
    first[i + 1] = first[i] + variables[i].preference.size();
  }
  const std::size_t all = first[classes];
  std::vector<double> pairs(all * all, 0);
  for (std::size_t i = 0; i < classes; ++i) {
    for (std::size_t j = i + 1; j < classes; ++j) {
      for (std::size_t a = 0; a < variables[i].preference.size(); ++a) {
        for (std::size_t b = 0; b < variables[j].preference.size(); ++b) {
          pairs[(first[i] + a) * all + first[j] + b] = pairs[(first[j] + b) * all + first[i] + a] =
              affinity(i, a, j, b);
        }
      }
    }
  }

  const auto others = static_cast<std::size_t>(
      std::count_if(variables.begin(), variables.end(), [](const auto& v) { return !v.preference.empty(); }));
  const std::size_t counted =
      others < 2 ? 0
                 : std::max<std::size_t>(
                       1, static_cast<std::size_t>(std::ceil(share * static_cast<double>(others - 1))));
  std::vector<double> support;
  for (std::size_t sweep = 0; counted != 0 && sweep < sweeps; ++sweep) {
    auto next = probability;
    for (std::size_t i = 0; i < classes; ++i) {
      std::vector<double>& updated = next[i];
      for (std::size_t a = 0; a < updated.size(); ++a) {
        support.clear();
        for (std::size_t j = 0; j < classes; ++j) {
          if (j == i || probability[j].empty()) continue;
          double expected = 0;
          for (std::size_t b = 0; b < probability[j].size(); ++b) {
            expected += probability[j][b] * pairs[(first[i] + a) * all + first[j] + b];
          }
          support.push_back(expected);
        }
        std::partial_sort(support.begin(), support.begin() + static_cast<std::ptrdiff_t>(counted),
                          support.end(), std::greater<>{});
        const double mean =
            std::accumulate(support.begin(), support.begin() + static_cast<std::ptrdiff_t>(counted), 0.0) /
            static_cast<double>(counted);
        updated[a] = variables[i].preference[a] + mean;
      }
      numerics::softmax(std::span{updated});
      for (std::size_t a = 0; a < updated.size(); ++a) updated[a] = (updated[a] + probability[i][a]) / 2;
    }
    probability = std::move(next);
  }
  return probability;
}

}  // namespace mll::detail
