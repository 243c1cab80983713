// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// The general head of a class as its score: `slope x + intercept`, with x on the scale of the profile.
struct stand_in {
  double slope = 1;
  double intercept = 0;
};

/// Per class, whether the evidence has samples of it.
MLL_LOCAL std::vector<bool> has_rows(const task_evidence& evidence) {
  std::vector<bool> out(evidence.class_count(), false);
  for (const example& row : evidence.rows()) out[row.target.index()] = true;
  return out;
}

/// Lets the general head of a class vote for it, alone.
MLL_LOCAL void add_stand_in(const task_evidence& evidence, std::size_t y, const stand_in& general,
                            ensemble_builder& builder) {
  const double log_width = std::log(static_cast<double>(evidence.class_count()));
  builder.add(y, evidence.general_position(y),
              {.weight = 1,
               .slope = static_cast<float>(general.slope),
               .intercept = static_cast<float>(general.slope * log_width + general.intercept)});
}

/// Responses of the general head of a class to the rows, `log(p + 0.003) + log(classes)`.
MLL_LOCAL std::vector<double> general_responses(const task_evidence& evidence, std::size_t y) {
  std::vector<float> x;
  for (const example& row : evidence.rows())
    x.push_back(evidence.general_response(evidence.general_position(y), row.sample));
  numerics::to_log_probability(std::span{x});
  std::vector<double> out;
  const double log_width = std::log(static_cast<double>(evidence.class_count()));
  for (const float value : x) out.push_back(static_cast<double>(value) + log_width);
  return out;
}

/// Fits the general heads as scores of classes without samples: where each class with samples has its score
/// replaced by `slope x + intercept` of its general head, with one slope and one intercept for all, the
/// samples are to be as likely as possible (logistic regression, with a weak prior at slope 1 and intercept
/// 0). So a class without samples competes like a class that only the general model knows.
///
/// @param[in] scores      `[classes, rows]`: of the other classes
/// @param[in] known       per class, whether it has samples
/// @param[in] temperature factor of the scores that makes them log-probabilities
/// Complexity: O(rows classes).
MLL_LOCAL stand_in fit_stand_in(const task_evidence& evidence, const matrix<double>& scores,
                                const std::vector<bool>& known, double temperature) {
  const auto rows = evidence.rows();
  std::vector<std::size_t> classes;
  for (std::size_t y = 0; y < known.size(); ++y) {
    if (known[y]) classes.push_back(y);
  }
  if (classes.size() < 2) return {};
  struct pair {
    double x, rivals, weight;
    bool own;
  };
  std::vector<pair> pairs;
  for (const std::size_t y : classes) {
    const std::vector<double> x = general_responses(evidence, y);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      double top = -std::numeric_limits<double>::infinity();
      for (const std::size_t c : classes) {
        if (c != y) top = std::max(top, temperature * row_of(scores, c)[r]);
      }
      double sum = 0;
      for (const std::size_t c : classes) {
        if (c != y) sum += std::exp(temperature * row_of(scores, c)[r] - top);
      }
      pairs.push_back(
          {x[r], top + std::log(sum), static_cast<double>(rows[r].weight), rows[r].target.index() == y});
    }
  }
  double a = 1;
  double b = 0;
  const auto loss = [&](double slope, double intercept) {
    double out = 0.01 * ((slope - 1) * (slope - 1) + intercept * intercept) / 2;
    for (const pair& one : pairs) {
      const double z = (one.own ? -1 : 1) * (slope * one.x + intercept - one.rivals);
      out += one.weight * (z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)));
    }
    return out;
  };
  double here = loss(a, b);
  for (int step = 0; step < 30; ++step) {  // Newton's method, halving steps that do not help
    double ga = 0.01 * (a - 1);
    double gb = 0.01 * b;
    double haa = 0.01;
    double hab = 0;
    double hbb = 0.01;
    for (const pair& one : pairs) {
      const double p = numerics::sigmoid(a * one.x + b - one.rivals);
      const double g = one.weight * (p - (one.own ? 1 : 0));
      const double h = one.weight * p * (1 - p);
      ga += g * one.x;
      gb += g;
      haa += h * one.x * one.x;
      hab += h * one.x;
      hbb += h;
    }
    const double determinant = haa * hbb - hab * hab;
    double da = (hbb * ga - hab * gb) / determinant;
    double db = (haa * gb - hab * ga) / determinant;
    double next = loss(a - da, b - db);
    for (int half = 0; half < 20 && !(next <= here); ++half) {
      da /= 2;
      db /= 2;
      next = loss(a - da, b - db);
    }
    if (!(next < here - 1e-9)) break;
    a -= da;
    b -= db;
    here = next;
  }
  return {std::max(a, 1e-3) / temperature, b / temperature};
}

}  // namespace mll::detail
