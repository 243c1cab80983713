// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Pools of calibrated heads for the tests of the search strategies, and the objective from scratch.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "mll/select/combine/logit_pool.hpp"
#include "mll/select/combine/objective.hpp"
#include "support/planted_labels.hpp"

namespace mll::test {

/// A pool together with the rows that it refers to.
struct owned_pool {
  std::vector<example> rows;
  std::vector<Eigen::ArrayXXf> logits;
  std::size_t heads_per_class = 3;

  [[nodiscard]] logit_pool view() const { return {logits, rows, heads_per_class}; }
};

/// Rows of classes 0, 1, ..., each with its weight of 1 shared by its samples.
inline std::vector<example> rows_of(std::span<const std::size_t> counts) {
  std::vector<example> out;
  for (std::size_t y = 0; y < counts.size(); ++y) {
    for (std::size_t i = 0; i < counts[y]; ++i)
      out.push_back({out.size(), class_id{y}, 1.0F / static_cast<float>(counts[y])});
  }
  return out;
}

/// Random logits that lean towards the truth by `lean`.
inline owned_pool random_pool(const std::vector<std::size_t>& counts,
                              const std::vector<std::size_t>& candidates, std::size_t heads_per_class,
                              double lean, random_engine& engine) {
  owned_pool out{rows_of(counts), {}, heads_per_class};
  for (std::size_t y = 0; y < counts.size(); ++y) {
    Eigen::ArrayXXf logits(static_cast<Eigen::Index>(out.rows.size()),
                           static_cast<Eigen::Index>(candidates[y]));
    for (Eigen::Index c = 0; c < logits.cols(); ++c) {
      for (Eigen::Index i = 0; i < logits.rows(); ++i) {
        const bool own = out.rows[static_cast<std::size_t>(i)].target.index() == y;
        logits(i, c) = static_cast<float>((own ? lean : -lean) + uniform(engine, -3, 3));
      }
    }
    out.logits.push_back(std::move(logits));
  }
  return out;
}

/// The class scores of a choice, in double: `[rows, classes]`.
inline Eigen::ArrayXXd scores_of(const owned_pool& pool,
                                 const std::vector<std::vector<std::size_t>>& chosen) {
  Eigen::ArrayXXd out = Eigen::ArrayXXd::Zero(static_cast<Eigen::Index>(pool.rows.size()),
                                              static_cast<Eigen::Index>(pool.logits.size()));
  for (std::size_t y = 0; y < chosen.size(); ++y) {
    for (const std::size_t c : chosen[y]) {
      out.col(static_cast<Eigen::Index>(y)) +=
          pool.logits[y].col(static_cast<Eigen::Index>(c)).cast<double>() /
          static_cast<double>(chosen[y].size());
    }
  }
  return out;
}

/// Class-balanced log-likelihood of a choice by its definition.
inline double log_likelihood_of(const owned_pool& pool, const std::vector<std::vector<std::size_t>>& chosen) {
  const Eigen::ArrayXXd scores = scores_of(pool, chosen);
  double out = 0;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    const auto row = scores.row(static_cast<Eigen::Index>(i));
    const double total = row.maxCoeff() + std::log((row - row.maxCoeff()).exp().sum());
    out += static_cast<double>(pool.rows[i].weight) *
           (row[static_cast<Eigen::Index>(pool.rows[i].target.index())] - total);
  }
  return out;
}

/// Sum over the classes of the share of samples that lead; a tie counts half.
inline double lead_of(const owned_pool& pool, const std::vector<std::vector<std::size_t>>& chosen) {
  const Eigen::ArrayXXd scores = scores_of(pool, chosen);
  double out = 0;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    const auto truth = static_cast<Eigen::Index>(pool.rows[i].target.index());
    double rival = -std::numeric_limits<double>::infinity();
    for (Eigen::Index c = 0; c < scores.cols(); ++c) {
      if (c != truth) rival = std::max(rival, scores(static_cast<Eigen::Index>(i), c));
    }
    const double lead = scores(static_cast<Eigen::Index>(i), truth) - rival;
    out += static_cast<double>(pool.rows[i].weight) * (lead > 0 ? 1 : lead == 0 ? 0.5 : 0);
  }
  return out;
}

inline std::vector<std::vector<std::size_t>> candidates_of(const std::vector<std::vector<head_pick>>& picks) {
  std::vector<std::vector<std::size_t>> out;
  for (const auto& list : picks) {
    out.emplace_back();
    for (const head_pick& pick : list) out.back().push_back(pick.candidate);
  }
  return out;
}

/// Every choice of 1 to `heads_per_class` heads for each class.
inline std::vector<std::vector<std::vector<std::size_t>>> all_choices(const owned_pool& pool) {
  std::vector<std::vector<std::vector<std::size_t>>> out{{}};
  for (const Eigen::ArrayXXf& logits : pool.logits) {
    std::vector<std::vector<std::vector<std::size_t>>> longer;
    for (std::size_t bits = 1; bits < (std::size_t{1} << static_cast<std::size_t>(logits.cols())); ++bits) {
      std::vector<std::size_t> subset;
      for (std::size_t c = 0; c < static_cast<std::size_t>(logits.cols()); ++c) {
        if ((bits >> c & 1U) != 0) subset.push_back(c);
      }
      if (subset.size() > pool.heads_per_class) continue;
      for (const auto& before : out) {
        longer.push_back(before);
        longer.back().push_back(subset);
      }
    }
    out = std::move(longer);
  }
  return out;
}

}  // namespace mll::test
