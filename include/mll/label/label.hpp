// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>

#include "mll/exec/backend.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/detail/labelling_run.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/model/hub.hpp"

namespace mll {

/// Brings the labels of a hub up to date: what `label` would give, but only what is new is run.
///
/// - A model without a label is run on all samples; so is one whose head names have changed.
/// - Labels of models that are no longer in the hub are dropped; a renamed model keeps its label.
/// - On samples of new nodes, and on samples that a node has gained, every model is run. Data of nodes that
/// are
///   gone are dropped. A node that has lost samples is labelled anew.
///
/// That samples were exchanged for others, or that a model changed its answers, cannot be seen from here:
/// start from empty labels then (`label`), or `erase` the label of that model.
///
/// A model fails if it throws, changes its number of heads, or answers anything but a number in [0, 1] (what
/// rounding adds, up to 1e-4, is clamped). It gets no label; `labels.failures()` names model, batch (counted
/// from 1), sample and head. The labels of the other models are not affected.
///
/// @tparam Codec how responses are stored
/// @param[in]     backend models run in parallel over it, each in one thread at a time
/// @param[in,out] labels  labels of this hub over an earlier state of these samples; may be empty
/// @param[in]     models  the hub
/// @param[in]     samples representation data; read on the calling thread, each sample at most once
/// @param[in]     graph   the SDAG that the nodes of the samples belong to
/// @param[in]     options see `label_options`
///
/// Throws: `invalid_argument` if the hub is empty, there is no sample, a node with samples is not in the
/// graph or `batch_size` is 0; then the labels are untouched. `cancelled` if `options.stop` asks for it;
/// `model_error` if a model fails under `label_failure_policy::stop`; what reading a sample or the observer
/// throws. In these cases the labels hold what was finished, as labels over fewer samples: of a batch either
/// every model's answers or none, and no label of a model that was still catching up with the others. A later
/// call goes on from there.
///
/// Complexity: every missing (model, sample) pair is run once. Memory: the labels, twice while the samples
/// change, plus one batch of samples and of scores.
/// Determinism: responses are the same for every backend, thread count, batch size and way of getting here,
/// provided that each model's answer to a sample does not depend on its batch; statistics are so to 1e-6
/// relative.
template <response_codec Codec, exec::execution_backend Backend, class Sample, representation R,
          semantic_graph Graph>
  requires std::convertible_to<typename R::sample_type, Sample>
void update_labels(const Backend& backend, basic_model_labels<Codec>& labels, const hub<Sample>& models,
                   const R& samples, const semantic_dag<Graph>& graph, const label_options& options = {}) {
  detail::labelling_run<Backend, Sample, R, Graph, Codec> run{backend, models, samples, graph, options};
  run.bring_up_to_date(labels);
}

/// **Labelling**: runs every model of a hub on every representation sample and keeps what its heads answer.
///
/// The same as `update_labels` on empty labels, except that nothing is left of a run that ends with an
/// exception: whoever wants to resume keeps labels and calls `update_labels`.
template <response_codec Codec = log_odds_8bit, exec::execution_backend Backend, class Sample,
          representation R, semantic_graph Graph>
  requires std::convertible_to<typename R::sample_type, Sample>
[[nodiscard]] basic_model_labels<Codec> label(const Backend& backend, const hub<Sample>& models,
                                              const R& samples, const semantic_dag<Graph>& graph,
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

}  // namespace mll
