// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/calibrate/calibration.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll {

/// A combination of at most so many heads per class, as a funnel: screening of the whole hub by node
/// statistics, calibration of the shortlist on the representation samples, joint combination of calibrated
/// heads.
///
/// The score of a class is the mean of the calibrated log-odds of its heads (slopes are positive: a head
/// never speaks for a class by saying no), times one temperature for all classes. With a patch the general
/// model is one more head for every class; a class without samples gets that head alone, calibrated on the
/// classes that have some.
///
/// @tparam Objective models `selection_objective`
/// @tparam Search    models `head_search`
template <selection_objective Objective = log_likelihood, head_search Search = greedy_search>
struct head_funnel {
  std::size_t count = 3;         ///< heads per class
  std::size_t screened = 64;     ///< heads per class that screening passes on
  std::size_t shortlisted = 24;  ///< of these, heads per class that the joint combination chooses from
  calibration_prior prior = {};  ///< of the calibration of each head
  Search search = {};

  /// Throws: `invalid_argument` if a count of the options is 0.
  /// Complexity: that of `screen`, plus O(classes screened rows) for calibration, plus that of the search.
  template <exec::execution_backend Backend, class Labels>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence<Labels>& evidence) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head a class", "0"};
    if (shortlisted == 0) throw invalid_argument{"shortlisted", "at least 1 head a class", "0"};
    std::vector<class_shortlist> lists(evidence.class_count());
    const auto screened_heads = screen(backend, evidence, screened);
    exec::for_each_index(backend, lists.size(), [&](std::size_t y) {
      lists[y] = shortlist(evidence, class_id{y}, screened_heads[y]);
    });
    for (std::size_t y = 0; y < lists.size(); ++y) {
      if (lists[y].heads.empty()) lists[y] = general_head_only(evidence, class_id{y});
    }

    head_pool pool;
    pool.rows = evidence.rows();
    pool.heads_per_class = count;
    for (auto& list : lists) pool.logits.push_back(list.logits);
    const auto picks = search(backend, pool, Objective{});

    detail::ensemble_builder used;
    for (std::size_t y = 0; y < picks.size(); ++y) {
      for (const head_pick& pick : picks[y]) {
        const calibrated& head = lists[y].heads[pick.candidate];
        used.add(
            y, head.position,
            {0, 1.0F / static_cast<float>(picks[y].size()), head.fit.slope, head.fit.intercept, pick.gain});
      }
    }
    ensemble out = used.finish(evidence);
    detail::fit_temperature(backend, evidence, out);
    return out;
  }

 private:
  struct calibrated {
    std::uint32_t position = 0;
    calibration fit;
  };
  struct class_shortlist {
    std::vector<calibrated> heads;
    Eigen::ArrayXXf logits;  // [rows, heads], calibrated
  };

  /// The best of the screened heads, by balanced one-vs-rest log-loss; empty for a class without samples.
  template <class Labels>
  [[nodiscard]] class_shortlist shortlist(const task_evidence<Labels>& evidence, class_id y,
                                          const std::vector<screened_head>& candidates) const {
    class_shortlist out;
    const auto rows = evidence.rows();
    if (std::none_of(rows.begin(), rows.end(), [&](const example& row) { return row.target == y; }))
      return out;
    if (std::all_of(rows.begin(), rows.end(), [&](const example& row) { return row.target == y; }))
      return out;
    std::vector<std::uint32_t> positions;
    for (const screened_head& head : candidates) positions.push_back(head.position);
    const Eigen::ArrayXXf answers = evidence.log_odds(exec::sequential{}, positions);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const calibration fit = calibrate(answers.col(static_cast<Eigen::Index>(i)), rows, y, prior);
      if (fit.slope > 0)
        out.heads.push_back({static_cast<std::uint32_t>(i), fit});  // for now: column of `answers`
    }
    if (out.heads.empty()) {  // nobody speaks for the class; the best screened head, at the least slope, is
                              // all there is
      out.heads.push_back({0, {1e-3F, 0, static_cast<float>(std::log(2.0))}});
    }
    std::sort(out.heads.begin(), out.heads.end(), [&](const calibrated& a, const calibrated& b) {
      if (a.fit.loss != b.fit.loss) return a.fit.loss < b.fit.loss;
      return positions[a.position] < positions[b.position];
    });
    if (out.heads.size() > shortlisted) out.heads.resize(shortlisted);
    out.logits.resize(answers.rows(), static_cast<Eigen::Index>(out.heads.size()));
    for (std::size_t i = 0; i < out.heads.size(); ++i) {
      auto& head = out.heads[i];
      out.logits.col(static_cast<Eigen::Index>(i)) =
          head.fit.slope * answers.col(static_cast<Eigen::Index>(head.position)) + head.fit.intercept;
      head.position = positions[head.position];
    }
    return out;
  }

  /// A class that only the general model can speak for: its pseudo-head, with the mean calibration of those
  /// of the classes that have samples.
  template <class Labels>
  [[nodiscard]] class_shortlist general_head_only(const task_evidence<Labels>& evidence,
                                                  class_id target) const {
    const auto position_of = [&](std::size_t y) {
      return static_cast<std::uint32_t>(evidence.position({model_id{}, static_cast<std::uint32_t>(y)}));
    };
    calibration pooled{0, 0, 0};
    float fitted = 0;
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      const auto rows = evidence.rows();
      const auto own = [&](const example& row) { return row.target.index() == y; };
      if (std::none_of(rows.begin(), rows.end(), own) || std::all_of(rows.begin(), rows.end(), own)) continue;
      const std::vector<std::uint32_t> position{position_of(y)};
      const calibration fit =
          calibrate(evidence.log_odds(exec::sequential{}, position).col(0), rows, class_id{y}, prior);
      pooled.slope += fit.slope;
      pooled.intercept += fit.intercept;
      ++fitted;
    }
    if (fitted > 0) {
      pooled.slope = std::max(pooled.slope / fitted, 1e-3F);
      pooled.intercept /= fitted;
    } else {
      pooled.slope = 1;
    }
    class_shortlist out;
    out.heads.push_back({position_of(target.index()), pooled});
    const std::vector<std::uint32_t> position{out.heads[0].position};
    out.logits = pooled.slope * evidence.log_odds(exec::sequential{}, position) + pooled.intercept;
    return out;
  }
};

}  // namespace mll
