// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll::detail {

/// Which samples are examples of each class of a task, and their weights. The weights of a class with samples
/// sum to 1.
struct sample_plan {
  struct part {
    node_samples samples;             ///< samples to read: the first ones of a node
    float weight = 0;                 ///< of each kept sample
    std::vector<std::uint32_t> kept;  ///< indices of the kept samples, increasing; empty: all

    [[nodiscard]] std::size_t size() const noexcept { return kept.empty() ? samples.count : kept.size(); }
  };
  std::vector<std::vector<part>> classes;

  /// Samples to read for classes [first, last), in order, as `response_source::read` takes them.
  [[nodiscard]] std::vector<node_samples> samples(std::size_t first, std::size_t last) const {
    std::vector<node_samples> out;
    for (std::size_t y = first; y < last; ++y) {
      for (const part& one : classes[y]) out.push_back(one.samples);
    }
    return out;
  }
  [[nodiscard]] std::vector<node_samples> samples() const { return samples(0, classes.size()); }

  /// Number of kept samples of a class.
  [[nodiscard]] std::size_t size(std::size_t y) const {
    std::size_t out = 0;
    for (const part& one : classes[y]) out += one.size();
    return out;
  }

  /// Reads the kept samples of classes [first, last); `read(which, out)` reads runs of samples.
  template <class T, class Read>
  void read(std::size_t first, std::size_t last, const Read& read, std::vector<T>& out) const {
    const std::vector<node_samples> which = samples(first, last);
    out.resize(sample_total(which));
    read(std::span<const node_samples>{which}, std::span<T>{out});
    std::size_t from = 0;
    std::size_t to = 0;
    for (std::size_t y = first; y < last; ++y) {
      for (const part& one : classes[y]) {
        for (const std::uint32_t i : one.kept) out[to++] = out[from + i];
        if (one.kept.empty()) {
          if (from != to)
            std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(from), one.samples.count,
                        out.begin() + static_cast<std::ptrdiff_t>(to));
          to += one.samples.count;
        }
        from += one.samples.count;
      }
    }
    out.resize(to);
  }

  /// One example per kept sample, in the order of `read`; samples are numbered in this order.
  [[nodiscard]] std::vector<example> rows() const {
    std::vector<example> out;
    for (std::size_t y = 0; y < classes.size(); ++y) {
      for (const part& one : classes[y]) {
        for (std::size_t i = 0; i < one.size(); ++i) out.push_back({out.size(), class_id{y}, one.weight});
      }
    }
    return out;
  }
  /// As `rows`, with samples numbered as in the layout: `first_row(node)` is the row of the first sample of a
  /// node.
  template <class FirstRow>
  [[nodiscard]] std::vector<example> examples(const FirstRow& first_row) const {
    std::vector<example> out;
    for (std::size_t y = 0; y < classes.size(); ++y) {
      for (const part& one : classes[y]) {
        const std::size_t first = first_row(one.samples.node);
        for (std::size_t i = 0; i < one.size(); ++i)
          out.push_back({first + (one.kept.empty() ? i : one.kept[i]), class_id{y}, one.weight});
      }
    }
    return out;
  }
};

/// Plans at most `limit` samples per class, but at least one per node. All nodes of a class give the same
/// share of their samples, the first ones, so that the plan is deterministic. A class without samples has no
/// parts.
///
/// @param[in] nodes        nodes per class: any type with a position `node` and a `weight`
/// @param[in] sample_count `sample_count(position)`: number of samples of a node
template <class Nodes, class SampleCount>
[[nodiscard]] sample_plan plan_samples(const std::vector<Nodes>& nodes, const SampleCount& sample_count,
                                       std::size_t limit) {
  sample_plan out;
  for (const Nodes& of_class : nodes) {
    std::size_t all = 0;
    double total = 0;
    for (const auto& from : of_class) {
      const std::size_t here = sample_count(from.node);
      all += here;
      total += here == 0 ? 0 : static_cast<double>(from.weight);
    }
    auto& parts = out.classes.emplace_back();
    for (const auto& from : of_class) {
      const std::size_t here = sample_count(from.node);
      if (here == 0) continue;
      std::size_t taken = all <= limit ? here : std::max<std::size_t>(1, here * limit / all);
      if (taken < here && taken > 4) taken = taken / 4 * 4;  // whole strips of `packed_rows`
      parts.push_back(
          {{static_cast<std::uint32_t>(from.node), static_cast<std::uint32_t>(taken)},
           static_cast<float>(static_cast<double>(from.weight) / total / static_cast<double>(taken)),
           {}});
    }
  }
  return out;
}

/// As above, with the sample counts of a source.
/// Throws: `invalid_argument` if a class has no samples.
template <response_source Source>
[[nodiscard]] sample_plan plan_samples(const class_evidence& nodes, const Source& source,
                                       std::size_t limit = std::numeric_limits<std::size_t>::max()) {
  sample_plan out = plan_samples(
      nodes, [&](std::size_t node) { return std::size_t{source.sample_count(node)}; }, limit);
  for (std::size_t y = 0; y < out.classes.size(); ++y) {
    if (out.classes[y].empty())
      throw invalid_argument{"nodes", "samples for every class", "none for class " + std::to_string(y)};
  }
  return out;
}

/// Keeps the samples for which `is_kept(class, row)` holds, with rows counted from `first_row(node)`, and
/// normalises the weights of each class to 1 again.
template <class FirstRow, class IsKept>
void keep_samples(sample_plan& plan, const FirstRow& first_row, const IsKept& is_kept) {
  for (std::size_t y = 0; y < plan.classes.size(); ++y) {
    auto& parts = plan.classes[y];
    double total = 0;
    for (auto& one : parts) {
      const std::size_t first = first_row(one.samples.node);
      std::vector<std::uint32_t> kept;
      for (std::size_t i = 0; i < one.size(); ++i) {
        const std::uint32_t at = one.kept.empty() ? static_cast<std::uint32_t>(i) : one.kept[i];
        if (is_kept(y, first + at)) kept.push_back(at);
      }
      const bool all = kept.size() == one.samples.count;
      if (kept.empty()) one.samples.count = 0;
      one.kept = all ? std::vector<std::uint32_t>{} : std::move(kept);
      total += static_cast<double>(one.weight) * static_cast<double>(one.size());
    }
    std::erase_if(parts, [](const sample_plan::part& one) { return one.samples.count == 0; });
    for (auto& one : parts) one.weight = static_cast<float>(one.weight / total);
  }
}

}  // namespace mll::detail
