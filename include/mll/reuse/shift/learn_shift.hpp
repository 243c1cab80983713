// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "mll/exec/backend_ref.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/label.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/hub.hpp"
#include "mll/reuse/shift/distorted_labels.hpp"
#include "mll/reuse/shift/distortion.hpp"
#include "mll/reuse/shift/fit_shift.hpp"
#include "mll/reuse/shift/label_distorted.hpp"
#include "mll/reuse/shift/learn_shift_options.hpp"
#include "mll/reuse/shift/observe_pseudo_tasks.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll {

/// Learns how the accuracy of this hub falls where samples differ from the representation samples: runs the
/// hub over distorted representation samples, makes tasks of them, and fits what a batch shows to the
/// accuracy. Done once per hub; `select_options::shift` takes the result, and the selection keeps it for
/// `estimate_on_batch`.
///
/// @code
/// const auto distortions = mll::image_distortions();
/// const mll::shift_fit fit =
///     mll::learn_shift(backend, hub, samples, graph, std::span{distortions}, {.labels = &labels});
/// const auto chosen = mll::select(backend, labels, match, {.profile = &profile, .shift = fit});
/// const auto seen = mll::estimate_on_batch(chosen, classifier.respond(backend, std::span{photos}));
/// @endcode
///
/// @param[in] backend     where to run
/// @param[in] models      the hub
/// @param[in] samples     representation data; the first samples of each node are distorted
/// @param[in] graph       the SDAG of the nodes
/// @param[in] distortions at least one, of different names
/// @param[in] options     with `kept`, a call that was cancelled or failed is continued by the next one
///
/// Throws: as `label_distorted` and `observe_pseudo_tasks`; `invalid_argument` if too few pseudo-tasks could
/// be judged. Complexity: runs every model on `per_node` samples per node and distortion; then a profile per
/// round and a selection per task. Deterministic; the same on every backend.
template <class Sample, representation R>
[[nodiscard]] shift_fit learn_shift(exec::backend_ref backend, const hub<Sample>& models, const R& samples,
                                    const semantic_nodes& graph,
                                    std::span<const distortion<Sample>> distortions,
                                    const learn_shift_options& options = {}) {
  std::optional<model_labels> labels;
  if (options.labels == nullptr) labels = label(backend, models, samples, graph, options.labelling);
  distorted_labels made;
  distorted_labels& distorted = options.kept != nullptr ? *options.kept : made;
  label_distorted(backend, distorted, models, samples, graph, distortions, options.per_node, options.seed,
                  options.labelling);
  return fit_shift(
      observe_pseudo_tasks(backend, labels ? *labels : *options.labels, distorted, graph, options),
      options.prior);
}

/// The same with a general model.
template <class Sample, general_model General, representation R>
[[nodiscard]] shift_fit learn_shift(exec::backend_ref backend, const hub<Sample>& models,
                                    const General& general, const R& samples, const semantic_nodes& graph,
                                    std::span<const distortion<Sample>> distortions,
                                    learn_shift_options options = {}) {
  std::optional<model_labels> labels;
  if (options.labels == nullptr)
    options.labels = &labels.emplace(label(backend, models, samples, graph, options.labelling));
  std::optional<general_model_labels> embedded;
  if (options.general == nullptr)
    options.general = &embedded.emplace(label_general_model(general, samples, options.labels->samples(),
                                                            graph, options.labelling.batch_size));
  distorted_labels made;
  distorted_labels& distorted = options.kept != nullptr ? *options.kept : made;
  label_distorted(backend, distorted, models, general, samples, graph, distortions, options.per_node,
                  options.seed, options.labelling);
  const embed_texts_function embed = [&](std::span<const std::string_view> texts) {
    return matrix<float>(general.embed_texts(texts));
  };
  return fit_shift(observe_pseudo_tasks(backend, *options.labels, distorted, graph, options, embed),
                   options.prior);
}

}  // namespace mll
