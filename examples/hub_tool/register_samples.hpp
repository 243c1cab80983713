// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/error.hpp>
#include <mll/graph/semantic_dag.hpp>
#include <mll/model/hub.hpp>
#include <mll/store/hub_store.hpp>
#include <mll/store/update_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "store_settings.hpp"
#if MLL_TEST_ONNXRUNTIME
#include <mll/model/onnx/onnx_classifier.hpp>
#include <mll/model/onnx/onnx_session_cache.hpp>
#endif

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

/// How many models read each image together: as many as half of the memory for loaded networks takes, since
/// one that is released has to be loaded again for every batch.
template <class Sample>
std::size_t models_at_a_time(const mll::hub<Sample>& models, std::size_t fewest, std::size_t most) {
#if MLL_TEST_ONNXRUNTIME
  using cache = mll::onnx_session_cache;
  std::uintmax_t largest = 0;
  for (const mll::model_id id : models.ids()) {
    const auto* network = models.model(id).template get_if<mll::onnx_classifier<Sample>>();
    std::error_code unknown;
    const auto bytes = network == nullptr ? 0 : std::filesystem::file_size(network->file(), unknown);
    if (!unknown) largest = std::max(largest, bytes);
  }
  return std::clamp(cache::default_budget / 2 / cache::estimated_bytes(largest), fewest, most);
#else
  static_cast<void>(models);
  static_cast<void>(most);
  return fewest;
#endif
}

/// How the experts of a hub are run.
template <class Hub>
mll::update_store_options labelling_options(const mll::hub<typename Hub::sample_type>& models,
                                            const arguments& given, const output& out) {
  // Networks run fewer images at a time: more of them in memory make nothing faster.
  constexpr std::size_t batch_bytes = std::size_t{64} << 20U;
  mll::update_store_options options{.labelling = {.batch_size = given.batch,
                                                  .batch_bytes = batch_bytes,
                                                  .observer = out.progress(),
                                                  .stop = stop.get_token()}};
  if constexpr (requires { Hub::decoded_side(models); }) {
    // To decode an image takes longer than to run a small network on it. What a crash can lose stays the
    // same.
    const std::size_t usual =
        std::exchange(options.models_at_a_time, models_at_a_time(models, options.models_at_a_time, 128));
    options.chunk_samples = options.chunk_samples * usual / options.models_at_a_time;
  }
  return options;
}

}  // namespace hub_tool
