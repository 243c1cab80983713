// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/model/hub.hpp"
#include "mll/store/detail/labels/store_labelling.hpp"
#include "mll/store/hub_store.hpp"

namespace mll {

/// How to label into a store; see `update_store`.
struct update_store_options {
  /// As for `label`; failures are saved in the store. The observer is called after each batch of each model
  /// and counts samples, once per model.
  label_options labelling = {};
  /// Samples per transaction, at least 1: the most work that a crash can lose. Nodes are not split, so a
  /// transaction may hold more.
  std::size_t chunk_samples = 4096;
  /// Models that are labelled together, at least 1: samples are read once for each such group.
  std::size_t models_at_a_time = 16;
  /// Called with the name of each model whose label has been completed, after the transaction is committed.
  std::function<void(const std::string&)> finished = {};
};

/// Result of `update_store`.
struct update_store_result {
  std::vector<std::string> labelled;    ///< names of the models whose labels were completed
  std::size_t chunks = 0;               ///< new chunks: labels of one model on one node
  std::vector<label_failure> failures;  ///< models that could not be labelled, with their ids in the store
};

namespace detail {

inline void check_options(const update_store_options& options) {
  if (options.chunk_samples == 0) throw invalid_argument{"chunk_samples", "at least 1", "0"};
  if (options.models_at_a_time == 0) throw invalid_argument{"models_at_a_time", "at least 1", "0"};
}

}  // namespace detail

/// **Labelling** into a store: runs the models of a hub on the samples that their labels in the store miss.
/// What an interrupted call has written is not computed again.
///
/// A label in the store is bit for bit what `label` returns for the same samples.
///
/// @code
/// auto store = mll::hub_store::open("hub.mll");
/// const auto result = mll::update_store(backend, store, hub, samples, graph);  // runs what is missing
/// @endcode
///
/// @param[in]     backend models run in parallel over it
/// @param[in,out] store   has the models under their names in the hub, and the samples (`set_samples`);
///                        models that only the store or only the hub has are ignored
/// @param[in]     models  the hub
/// @param[in]     samples representation data
/// @param[in]     graph   the SDAG that the nodes of the samples belong to
/// @param[in]     options see `update_store_options`
///
/// Throws: `invalid_argument` if an option is 0, the samples are not those of the store, or a model has other
/// heads in the store; `store_error`, with `store_errc::changed` if models or nodes change meanwhile;
/// `cancelled`, `model_error` and others as `label`. Committed chunks stay, and `cancelled` first commits the
/// nodes that were reached. Complexity: runs each missing (model, sample) pair once. Memory: the labels of
/// `models_at_a_time` models on `chunk_samples` samples.
template <named_codec Codec, exec::execution_backend Backend, class Sample, representation R,
          semantic_graph Graph>
update_store_result update_store(const Backend& backend, basic_hub_store<Codec>& store,
                                 const hub<Sample>& models, const R& samples,
                                 const semantic_dag<Graph>& graph, const update_store_options& options = {}) {
  detail::check_options(options);
  return detail::store_labelling<Codec, Backend, Sample, R, Graph, update_store_options, update_store_result>{
      backend, store, models, samples, graph, options}
      .run();
}

}  // namespace mll
