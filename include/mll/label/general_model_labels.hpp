// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/synset.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/model/detail/unit_rows.hpp"
#include "mll/model/general_model.hpp"

namespace mll {

/// The label of a general model: its embeddings of the representation samples. For a task, only the class
/// texts remain to be embedded.
struct general_model_labels {
  matrix<float> embeddings;       ///< `[rows of the layout, dim]`, unit rows; zero rows stay
  matrix<float> node_texts = {};  ///< `[nodes of the layout, dim]`: words and glosses; may be empty
  std::uint64_t samples = 0;      ///< fingerprint of the layout; 0: unknown
};

/// Labels a general model: embeds the representation samples.
///
/// @code
/// const auto general_labels = mll::label_general_model(general, samples, labels.samples());  // once per hub
/// @endcode
///
/// @param[in] general    the model
/// @param[in] samples    representation data
/// @param[in] layout     sample layout of the hub's labels
/// @param[in] batch_size samples held in memory at a time; fewer if they exceed `label_options::batch_bytes`
///
/// Throws: `invalid_argument` if the data lack samples of the layout or `batch_size` is 0; `model_error` if
/// an embedding is not finite, or their number is not that of the samples.
template <general_model General, representation Samples>
[[nodiscard]] general_model_labels label_general_model(const General& general, const Samples& samples,
                                                       const sample_layout& layout,
                                                       std::size_t batch_size = 256) {
  using sample_type = typename General::sample_type;
  if (batch_size == 0) throw invalid_argument{"batch_size", "at least 1", "0"};
  batch_size = detail::bounded_batch_size({.batch_size = batch_size}, samples);
  general_model_labels out;
  out.samples = layout.fingerprint();
  std::vector<sample_type> batch;
  Eigen::Index done = 0;
  const auto flush = [&] {
    if (batch.empty()) return;
    const auto rows = static_cast<Eigen::Index>(batch.size());
    const matrix<float> embedded =
        detail::unit_rows<float>(general.embed_samples(std::span<const sample_type>{batch}), "sample");
    if (embedded.rows() != rows || (done > 0 && embedded.cols() != out.embeddings.cols())) {
      throw model_error{"general model",
                        "embed_samples: expected " + std::to_string(rows) + " rows" +
                            (done > 0 ? " and " + std::to_string(out.embeddings.cols()) + " columns" : "") +
                            ", found shape [" + std::to_string(embedded.rows()) + ", " +
                            std::to_string(embedded.cols()) + "]"};
    }
    if (done == 0) out.embeddings.resize(static_cast<Eigen::Index>(layout.row_count()), embedded.cols());
    out.embeddings.middleRows(done, rows) = embedded;
    done += rows;
    batch.clear();
  };
  for (std::size_t at = 0; at < layout.nodes().size(); ++at) {
    const node_id v = layout.nodes()[at];
    const std::size_t wanted = layout.rows_at(at).count;
    if (samples.sample_count(v) < wanted) {
      throw invalid_argument{"samples",
                             std::to_string(wanted) + " samples of node " + std::to_string(v.value()),
                             std::to_string(samples.sample_count(v))};
    }
    for (std::size_t i = 0; i < wanted; ++i) {
      batch.push_back(samples.sample(v, i));
      if (batch.size() == batch_size) flush();
    }
  }
  flush();
  return out;
}

/// Also embeds a text per node: its first word and its gloss, like a class name with a caption.
template <general_model General, representation Samples>
[[nodiscard]] general_model_labels label_general_model(const General& general, const Samples& samples,
                                                       const sample_layout& layout,
                                                       const semantic_nodes& graph,
                                                       std::size_t batch_size = 256) {
  layout.require_graph("layout", graph);
  general_model_labels out = label_general_model(general, samples, layout, batch_size);
  std::vector<std::string> texts;
  for (const node_id v : layout.nodes()) {
    const synset& node = graph[v];
    const std::string word = node.lemmas.empty() ? node.id : lexicon::normalize(node.lemmas.front().text);
    texts.push_back(node.gloss.empty() ? word : word + ": " + node.gloss);
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  out.node_texts =
      detail::unit_rows<float>(general.embed_texts(std::span<const std::string_view>{views}), "node text");
  if (out.node_texts.rows() != static_cast<Eigen::Index>(texts.size())) {
    throw model_error{"general model", "embed_texts: expected " + std::to_string(texts.size()) +
                                           " rows, found " + std::to_string(out.node_texts.rows())};
  }
  return out;
}

}  // namespace mll
