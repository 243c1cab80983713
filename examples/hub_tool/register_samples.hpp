// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/error.hpp>
#include <mll/graph/semantic_dag.hpp>
#include <mll/store/hub_store.hpp>
#include <mll/store/update_store.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {

/// Reads the samples of a store; lists what is not one.
template <class Hub>
typename Hub::samples_type read_samples(const mll::hub_store& store, const mll::semantic_dag<>& graph,
                                        const output& out, std::vector<example::skipped_sample>& skipped) {
  auto samples = Hub::read_samples(read_representation(store), graph, skipped);
  for (const auto& each : skipped) {
    const std::string path = each.path.string();
    out.warn("skipped: " + (each.reason.starts_with(path) ? each.reason : path + ": " + each.reason));
  }
  if (const std::string remark = Hub::remark(samples); !remark.empty()) out.warn(remark);
  return samples;
}

/// Reads the samples of a store and registers them, unless labels would be lost without `--drop-missing`.
template <class Hub>
std::pair<typename Hub::samples_type, mll::store_change> register_samples(mll::hub_store& store,
                                                                          const mll::semantic_dag<>& graph,
                                                                          const arguments& given,
                                                                          const output& out) {
  std::vector<example::skipped_sample> skipped;
  auto samples = read_samples<Hub>(store, graph, out, skipped);
  const auto nodes = example::node_entries<Hub>(samples, graph);
  if (!given.drop_missing) example::check_samples(store.nodes(), nodes, skipped);
  if (nodes.empty())
    throw mll::invalid_argument{
        "samples", "samples of at least one node in '" + read_representation(store).string() + "'", "none"};
  auto change = store.set_samples(graph, nodes,
                                  given.drop_missing ? mll::missing_nodes::drop : mll::missing_nodes::refuse);
  return {std::move(samples), std::move(change)};
}

/// How the experts of a hub are run.
inline mll::update_store_options labelling_options(const arguments& given, const output& out) {
  // Networks run fewer images at a time: more of them in memory make nothing faster.
  constexpr std::size_t batch_bytes = std::size_t{64} << 20U;
  return {.labelling = {.batch_size = given.batch,
                        .batch_bytes = batch_bytes,
                        .observer = out.progress(),
                        .stop = stop.get_token()}};
}

}  // namespace hub_tool
