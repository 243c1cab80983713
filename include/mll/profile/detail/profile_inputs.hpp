// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/source/detail/names_fingerprint.hpp"
#include "mll/match/match_options.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll::detail {

/// What a profile is made from.
struct decoded_hub {
  std::vector<head_meaning> meanings;    // per head
  std::vector<std::size_t> first_head;   // of each model, and the end
  std::vector<std::uint64_t> responses;  // fingerprint of the log-odds of each model
  matrix<float> log_odds;                // [rows of the layout, heads]
  std::shared_ptr<const information_content> content;
  std::uint64_t names = 0;  // fingerprint
};

/// Copies the log-odds of a model to their columns. @return their fingerprint: a change of one of them
/// changes it, another change with probability 1 - 2^-64. Not cryptographic.
template <response_codec Codec>
[[nodiscard]] std::uint64_t decode_label(const basic_model_label<Codec>& label, std::size_t first,
                                         matrix<float>& out) {
  const auto heads = static_cast<std::size_t>(label.responses.cols());
  std::uint64_t sum = heads;
  for (Eigen::Index r = 0; r < out.rows(); ++r) {
    const std::span<const typename Codec::value_type> from{
        label.responses.data() + static_cast<std::size_t>(r) * heads, heads};
    float* const to = out.data() + static_cast<std::size_t>(r * out.cols()) + first;
    for (std::size_t h = 0; h < heads; ++h) to[h] = Codec::log_odds(from[h]);
    for (std::size_t h = 0; h < heads; h += 2) {
      const auto one = std::bit_cast<std::uint32_t>(to[h]);
      const auto next = h + 1 < heads ? std::bit_cast<std::uint32_t>(to[h + 1]) : 0U;
      sum = std::rotl(sum ^ ((static_cast<std::uint64_t>(next) << 32U) | one), 23) * 0x9e3779b97f4a7c15ULL;
    }
  }
  return derive_seed(sum, heads);
}

/// @param[in] known content that is shared, not copied, if it is that of the options
/// Throws: `invalid_argument` for labels or content of another graph.
template <response_codec Codec>
[[nodiscard]] decoded_hub decode_hub(exec::backend_ref backend, const basic_model_labels<Codec>& labels,
                                     const semantic_nodes& graph, match_options matching,
                                     const std::shared_ptr<const information_content>& known) {
  labels.samples().require_graph("labels", graph);
  if (matching.content != nullptr && matching.content->graph() != graph.fingerprint())
    throw invalid_argument{"options.matching.content", "the content of this graph", "that of another graph"};
  decoded_hub out;
  if (matching.content == nullptr) {
    out.content = std::make_shared<const information_content>(graph);
  } else if (matching.content == known.get()) {
    out.content = known;
  } else {
    out.content = std::make_shared<const information_content>(*matching.content);
  }
  matching.content = out.content.get();
  out.meanings = match_heads(backend, labels, graph, matching);
  out.first_head.push_back(0);
  for (const auto& label : labels.models()) {
    out.first_head.push_back(out.first_head.back() + label.heads.size());
    out.names = names_fingerprint(out.names, label.name, label.heads);
  }
  out.log_odds.resize(static_cast<Eigen::Index>(labels.samples().row_count()),
                      static_cast<Eigen::Index>(out.meanings.size()));
  out.responses.resize(labels.models().size());
  exec::for_each_index(backend, out.responses.size(), [&](std::size_t m) {
    out.responses[m] = decode_label(labels.models()[m], out.first_head[m], out.log_odds);
  });
  return out;
}

/// The parts of an earlier profile, on the same graph, content and samples, that a profile takes over.
struct kept_parts {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  const hub_profile* previous = nullptr;
  std::vector<std::size_t> models = {};  // per model: its place there, or none; empty: none of all
  bool embeddings = false;               // of the general model: the same
  bool texts = false;                    // embeddings and texts of the general model: the same

  [[nodiscard]] std::size_t place(std::size_t model) const { return models.empty() ? none : models[model]; }
};

}  // namespace mll::detail
