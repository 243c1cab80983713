// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "../../support/program.hpp"
#include "evaluation.hpp"
#include "options.hpp"
#include "result.hpp"

namespace accuracy {

/// What was not measured is NaN here and null in a file.
inline nlohmann::ordered_json to_json(const options& asked, std::size_t hub_size, const result& row) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto covered = [&](std::size_t percent) {
    return row.at_coverage.empty() ? nan : row.at_coverage[percent / 5 - 1];
  };
  nlohmann::ordered_json out{{"task", row.task},
                             {"method", row.method},
                             {"tasks_dir", row.tasks_dir},
                             {"hub_size", hub_size},
                             {"seed", asked.seed},
                             {"representation_per_node", nullptr},
                             {"heads_per_class", asked.heads_per_class},
                             {"experts_budget", asked.experts},
                             {"covariance_rank", asked.covariance_rank},
                             {"accuracy", row.accuracy},
                             {"macro_accuracy", row.macro_accuracy},
                             {"experts_run", row.experts_run},
                             {"heads_used", row.heads_used},
                             {"estimate", row.estimate ? row.estimate->accuracy : nan},
                             {"estimate_low", row.estimate ? row.estimate->low : nan},
                             {"estimate_high", row.estimate ? row.estimate->high : nan},
                             {"estimate_elsewhere", row.estimate ? row.estimate->elsewhere.value : nan},
                             {"estimate_elsewhere_low", row.estimate ? row.estimate->elsewhere.low : nan},
                             {"estimate_elsewhere_high", row.estimate ? row.estimate->elsewhere.high : nan},
                             {"estimate_on_batch", row.batch_estimate.accuracy},
                             {"estimate_on_batch_low", row.batch_estimate.low},
                             {"estimate_on_batch_high", row.batch_estimate.high},
                             {"estimate_on_batch_fit", row.batch_estimate.fit},
                             {"calibration_error", row.calibration_error},
                             {"accuracy_at_50", covered(50)},
                             {"accuracy_at_70", covered(70)},
                             {"accuracy_at_90", covered(90)},
                             {"accuracy_at_coverage", row.at_coverage},
                             {"accuracy_at_coverage_by_confidence", row.at_coverage_by_confidence},
                             {"right_by_probability", row.right_by_probability},
                             {"right_by_confidence", row.right_by_confidence},
                             {"outsiders_by_probability", row.outsiders_by_probability},
                             {"outsiders_by_confidence", row.outsiders_by_confidence},
                             {"outsiders_by_belongs", row.outsiders_by_belongs},
                             {"senses_right", row.senses_right},
                             {"seconds_select", row.seconds}};
  if (asked.per_node != std::numeric_limits<std::size_t>::max())
    out["representation_per_node"] = asked.per_node;
  return out;
}

inline nlohmann::ordered_json to_json(const options& asked, const evaluation& run,
                                      const std::vector<result>& results, const std::string& command) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const result& row : results) rows.push_back(to_json(asked, run.hub_size(), row));
  std::string tasks_dirs;
  for (const auto& folder : asked.tasks_dirs) tasks_dirs += (tasks_dirs.empty() ? "" : ",") + folder.string();
  return {{"provenance",
           {{"command", command},
            {"kit", asked.kit.string()},
            {"tasks_dir", tasks_dirs},
            {"compiler", __VERSION__},
            {"threads", std::thread::hardware_concurrency()},
            {"general", asked.general},
            {"seconds_label", run.seconds_label()},
            {"seconds_profile", run.seconds_profile()},
            {"shift", run.shift().name},
            {"seconds_shift", run.seconds_shift()}}},
          {"results", rows}};
}

}  // namespace accuracy
