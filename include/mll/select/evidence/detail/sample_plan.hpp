// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/label/responses/response_source.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll::detail {

/// Which samples are examples of each class of a task, and what each of them counts; a class has weight 1.
struct sample_plan {
  struct part {
    node_samples samples;
    float weight = 0;  // of each sample
  };
  std::vector<std::vector<part>> classes;

  /// The samples of some classes in order, for `response_source::read`.
  [[nodiscard]] std::vector<node_samples> samples(std::size_t first, std::size_t last) const {
    std::vector<node_samples> out;
    for (std::size_t y = first; y < last; ++y) {
      for (const part& one : classes[y]) out.push_back(one.samples);
    }
    return out;
  }
  [[nodiscard]] std::vector<node_samples> samples() const { return samples(0, classes.size()); }

  /// One row a sample, in the same order.
  [[nodiscard]] std::vector<example> rows() const {
    std::vector<example> out;
    for (std::size_t y = 0; y < classes.size(); ++y) {
      for (const part& one : classes[y]) {
        for (std::size_t i = 0; i < one.samples.count; ++i)
          out.push_back({out.size(), class_id{y}, one.weight});
      }
    }
    return out;
  }
};

/// Plans at most `limit` samples a class, but at least one of each of its nodes; nodes give the same share of
/// theirs, and the first ones, so that the plan depends on nothing else.
///
/// Throws: `invalid_argument` if a class has no samples.
template <response_source Source>
[[nodiscard]] sample_plan plan_samples(const class_evidence& sources, const Source& source,
                                       std::size_t limit = std::numeric_limits<std::size_t>::max()) {
  sample_plan out;
  for (std::size_t y = 0; y < sources.size(); ++y) {
    std::size_t all = 0;
    double total = 0;
    for (const weighted_position& from : sources[y]) {
      const std::size_t here = source.sample_count(from.node);
      all += here;
      total += here == 0 ? 0 : from.weight;
    }
    if (all == 0)
      throw invalid_argument{"sources", "samples for every class", "none for class " + std::to_string(y)};
    auto& parts = out.classes.emplace_back();
    for (const weighted_position& from : sources[y]) {
      const std::size_t here = source.sample_count(from.node);
      if (here == 0) continue;
      std::size_t taken = all <= limit ? here : std::max<std::size_t>(1, here * limit / all);
      if (taken < here && taken > 4) taken = taken / 4 * 4;  // as `packed_rows` likes it
      parts.push_back({{from.node, static_cast<std::uint32_t>(taken)},
                       static_cast<float>(from.weight / total / static_cast<double>(taken))});
    }
  }
  return out;
}

}  // namespace mll::detail
