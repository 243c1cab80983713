// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/profile/detail/fault_of_profile.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/detail/steps/profile_steps.hpp"
#include "mll/profile/update_profile.hpp"

namespace mll {

namespace detail {

MLL_LOCAL bool is_same_content(const information_content& a, const information_content& b) {
  if (&a == &b) return true;
  if (a.graph() != b.graph() || a.size() != b.size()) return false;
  for (std::size_t v = 0; v < a.size(); ++v) {
    if (a[node_id{v}] != b[node_id{v}]) return false;
  }
  return true;
}

MLL_LOCAL bool is_same_matrix(const matrix<float>& a, const matrix<float>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && std::equal(a.data(), a.data() + a.size(), b.data());
}

/// Finds the models, and the general model, of which an earlier profile has the parts.
MLL_LOCAL kept_parts find_kept(const hub_profile& previous, const sample_layout& samples,
                               const decoded_hub& hub, const general_model_labels* general) {
  kept_parts out;
  if (previous.responses.empty() || previous.graph != hub.content->graph() ||
      previous.samples != samples.fingerprint() || !is_same_content(*previous.content, *hub.content))
    return out;
  const auto heads_of = [](const std::vector<head_meaning>& meanings, const std::vector<std::size_t>& first,
                           std::size_t m) {
    return std::span{meanings}.subspan(first[m], first[m + 1] - first[m]);
  };
  std::multimap<std::uint64_t, std::size_t> known;
  for (std::size_t m = 0; m < previous.responses.size(); ++m) known.emplace(previous.responses[m], m);
  out.previous = &previous;
  for (std::size_t m = 0; m < hub.responses.size(); ++m) {
    const auto wanted = heads_of(hub.meanings, hub.first_head, m);
    const auto [begin, end] = known.equal_range(hub.responses[m]);
    const auto found = std::find_if(begin, end, [&](const auto& each) {
      const auto heads = heads_of(previous.meanings, previous.regressors.first_head, each.second);
      return std::equal(heads.begin(), heads.end(), wanted.begin(), wanted.end(),
                        [](const head_meaning& a, const head_meaning& b) {
                          return a.node == b.node && a.confidence == b.confidence;
                        });
    });
    out.models.push_back(found == end ? kept_parts::none : found->second);
    if (found != end) known.erase(found);  // of equal models, each is taken once
  }
  if (general != nullptr && is_same_matrix(previous.general.embeddings, general->embeddings)) {
    out.embeddings = previous.general.unscaled_covariance.size() != 0 || !previous.factor.empty();
    out.texts = is_same_matrix(previous.general.node_texts, general->node_texts);
  }
  return out;
}

}  // namespace detail

MLL_DEFINE profile_update detail::update_responses(exec::backend_ref backend, hub_profile previous,
                                                   const sample_layout& samples, decoded_hub hub,
                                                   profile_options options) {
  const std::string fault = previous.content == nullptr
                                ? "no information content"
                                : fault_of_profile(previous, previous.content->size());
  if (!fault.empty()) throw invalid_argument{"previous", "a profile whose parts fit together", fault};
  if (options.algebra == nullptr) options.algebra = previous.algebra;
  const general_model_labels* const general = options.general;
  const kept_parts kept = find_kept(previous, samples, hub, general);

  profile_update out;
  const std::size_t models = hub.responses.size();
  bool is_in_order = true;
  for (std::size_t m = 0; m < models; ++m) {
    out.kept += kept.place(m) == kept_parts::none ? 0U : 1U;
    is_in_order = is_in_order && kept.place(m) == m;
  }
  out.made = models - out.kept;
  out.dropped = previous.regressors.first_head.size() - 1 - out.kept;
  const bool has_same_general = general == nullptr ? !previous.has_general() : kept.embeddings && kept.texts;
  const std::size_t dimensions =
      hub.meanings.size() + (general == nullptr ? 0 : static_cast<std::size_t>(general->embeddings.cols()));
  const bool has_same_form =
      options.covariance_rank == 0
          ? previous.factor.empty()
          : !previous.factor.empty() && static_cast<std::size_t>(previous.factor.loadings.cols()) ==
                                            rank_of_factor(options.covariance_rank, samples, dimensions);
  out.changed = !is_in_order || out.dropped != 0 || !has_same_general || !has_same_form;
  if (out.changed) {
    out.profile = profile_responses(backend, samples, std::move(hub), options, kept);
  } else {
    out.profile = std::move(previous);
    out.profile.names = hub.names;
    if (options.algebra != nullptr) out.profile.algebra = std::move(options.algebra);
  }
  return out;
}

}  // namespace mll
