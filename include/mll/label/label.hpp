// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <string>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/detail/labelling_run.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/model/hub.hpp"

namespace mll {

/// Updates the labels of a hub to what `label` would return, running only what is new:
///
/// - Models without a label, or whose head names or `hub::fingerprint` have changed, run on all samples.
/// - All models run on the samples of new nodes, on samples that were added to a node, and on all samples of
///   a node that lost some.
/// - Labels of models that are no longer in the hub, and rows of nodes that are no longer in the data, are
///   dropped. A renamed model keeps its label.
///
/// Replaced samples, and models without a fingerprint that respond differently, are not detected: start from
/// empty labels then (`label`), or `erase` the label of the model.
///
/// A model fails if it throws, changes its number of heads, or returns a score outside [0, 1] (rounding
/// errors up to 1e-4 are clamped). It gets no label; `labels.failures()` names model, batch (from 1), sample
/// and head. Other models are not affected.
///
/// @code
/// hub.add("another expert", model);
/// mll::update_labels(backend, labels, hub, samples, graph);  // runs the new expert only
/// @endcode
///
/// @tparam Codec `response_codec`: how responses are stored
/// @param[in]     backend models run in parallel over it, each in one thread at a time
/// @param[in,out] labels  labels of this hub on an earlier state of these samples; may be empty
/// @param[in]     models  the hub
/// @param[in]     samples representation data; each sample is read at most once, on the calling thread, or
///                        on those of the backend (`has_concurrent_samples`)
/// @param[in]     graph   the SDAG of the nodes
/// @param[in]     options see `label_options`
///
/// Throws: `invalid_argument` if the hub is empty, there are no samples, a node is not in the graph, the
/// labels were made with another graph (export and import carry labels over) or `batch_size` is 0; the labels
/// are unchanged then. `cancelled` if `options.stop` requests it; `model_error` if a model fails under
/// `label_failure_policy::stop`; what reading a sample or the observer throws. The labels then hold the
/// finished batches, as labels on fewer samples, without models that had not yet reached the samples of the
/// others. A later call continues from there.
///
/// Complexity: runs each missing (model, sample) pair once. Memory: the labels, twice while the samples
/// change, and one batch of samples and scores. Determinism: responses do not depend on backend, threads,
/// batch size or the sequence of updates, provided that a model's response to a sample does not depend on the
/// batch; means are the same to 1e-6 relative.
template <response_codec Codec, class Sample, representation R>
  requires std::convertible_to<typename R::sample_type, Sample>
void update_labels(exec::backend_ref backend, basic_model_labels<Codec>& labels, const hub<Sample>& models,
                   const R& samples, const semantic_nodes& graph, const label_options& options = {}) {
  detail::labelling_run<Sample, R, Codec> run{backend, models, samples, graph, options};
  run.update(labels);
}

/// **Labelling**: runs every model of a hub on every representation sample and stores the responses of its
/// heads.
///
/// The same as `update_labels` on empty labels, but a run that ends with an exception leaves nothing to
/// resume from.
///
/// @code
/// mll::representation_table<std::string> samples;
/// samples.add(graph.at("n01503061"), {"a large wading bird", "a bird that cannot fly"});
/// const auto labels = mll::label(mll::exec::omp{}, hub, samples, graph);
/// for (const auto& failed : labels.failures()) std::cerr << failed.name << ": " << failed.message << '\n';
/// @endcode
template <response_codec Codec = log_odds_8bit, class Sample, representation R>
  requires std::convertible_to<typename R::sample_type, Sample>
[[nodiscard]] basic_model_labels<Codec> label(exec::backend_ref backend, const hub<Sample>& models,
                                              const R& samples, const semantic_nodes& graph,
                                              const label_options& options = {}) {
  basic_model_labels<Codec> labels;
  update_labels(backend, labels, models, samples, graph, options);
  return labels;
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend update_labels(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend label(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

#if MLL_COMPILED
extern template void update_labels(exec::backend_ref, basic_model_labels<log_odds_8bit>&,
                                   const hub<std::string>&, const representation_table<std::string>&,
                                   const semantic_nodes&, const label_options&);
#endif

}  // namespace mll
