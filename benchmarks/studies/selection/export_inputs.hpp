// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Writes the inputs and the choice of a selection as .npy files, for baselines in other languages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "../../support/wide_hub.hpp"
#include "../../support/write_npy.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/calibrate/shortlist.hpp"

namespace mll::benchmark {

/// Writes, for a task of C classes:
/// - `rows.npy` `[matched nodes, heads]` uint16: statistics of the matched nodes
/// - `weights.npy` `[C, matched nodes]` float32: shares of the nodes of each class
/// - `screened.npy` `[heads of any screening list]` uint32: their positions, and their responses to the
///   samples of calibration, `calibration.npy` `[these, samples]` uint8, with `calibration_label.npy` and
///   `calibration_weight.npy` `[samples]`
/// - `joint.npy` `[these, samples]` uint8 with `joint_label.npy` and `joint_weight.npy`: those of the joint
///   combination, which must hold all samples of calibration of each class's own
/// - `grid.npy` `[256]` float32: log-odds of the codes
/// - `chosen.npy` `[C, heads per class]` int64: positions chosen by mll, padded with -1
template <class Method, class Source>
void export_inputs(const std::filesystem::path& folder, const wide_size& size, const wide_hub& hub,
                   const class_evidence& sources, const Source& source, const Method& method,
                   std::size_t joint_samples, const std::vector<std::vector<screened_head>>& screened,
                   const std::vector<std::vector<head_pick>>& picks,
                   const std::vector<std::vector<shortlisted_head>>& lists) {
  std::filesystem::create_directories(folder);
  std::vector<float> grid;
  for (int code = 0; code < 256; ++code)
    grid.push_back(Source::codec_type::log_odds(static_cast<std::uint8_t>(code)));
  write_npy(folder / "grid.npy", grid, {grid.size()});
  std::vector<std::uint32_t> nodes;
  for (const auto& of_class : sources) {
    for (const weighted_position& from : of_class) nodes.push_back(from.node);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  const auto place = [&](std::uint32_t node) {
    return static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin());
  };
  std::vector<std::uint16_t> rows(nodes.size() * size.heads, 0);
  const auto excesses = hub.excesses();
  for (std::size_t h = 0; h < size.heads; ++h) {
    for (const node_excess& here : excesses[h]) {
      if (std::binary_search(nodes.begin(), nodes.end(), here.node))
        rows[place(here.node) * size.heads + h] = here.excess;
    }
  }
  write_npy(folder / "rows.npy", rows, {nodes.size(), size.heads});
  std::vector<float> weights(sources.size() * nodes.size(), 0);
  for (std::size_t y = 0; y < sources.size(); ++y) {
    for (const weighted_position& from : sources[y])
      weights[y * nodes.size() + place(from.node)] += static_cast<float>(from.weight) / 256;
  }
  write_npy(folder / "weights.npy", weights, {sources.size(), nodes.size()});

  std::vector<std::uint32_t> heads;
  for (const auto& list : screened) {
    for (const screened_head& head : list) heads.push_back(head.position);
  }
  std::sort(heads.begin(), heads.end());
  heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
  write_npy(folder / "screened.npy", heads, {heads.size()});
  const auto dump = [&](const std::string& name, const detail::sample_plan& plan) {
    const auto samples = plan.samples();
    const auto evidence = plan.rows();
    std::vector<std::uint8_t> codes(heads.size() * evidence.size());
    for (std::size_t i = 0; i < heads.size(); ++i)
      source.read(heads[i], samples, std::span{codes}.subspan(i * evidence.size(), evidence.size()));
    write_npy(folder / (name + ".npy"), codes, {heads.size(), evidence.size()});
    std::vector<std::uint32_t> label;
    std::vector<float> weight;
    for (const example& row : evidence) {
      label.push_back(static_cast<std::uint32_t>(row.target.index()));
      weight.push_back(row.weight);
    }
    write_npy(folder / (name + "_label.npy"), label, {label.size()});
    write_npy(folder / (name + "_weight.npy"), weight, {weight.size()});
  };
  const auto share = [&](std::size_t samples) { return std::max<std::size_t>(1, samples / sources.size()); };
  dump("calibration", detail::plan_samples(sources, source, share(method.shortlisting.all_samples)));
  dump("joint", detail::plan_samples(sources, source, share(joint_samples)));

  std::vector<std::int64_t> chosen(picks.size() * size.heads_per_class, -1);
  for (std::size_t y = 0; y < picks.size(); ++y) {
    for (std::size_t i = 0; i < picks[y].size(); ++i)
      chosen[y * size.heads_per_class + i] = lists[y][picks[y][i].candidate].position;
  }
  write_npy(folder / "chosen.npy", chosen, {picks.size(), size.heads_per_class});
}

}  // namespace mll::benchmark
