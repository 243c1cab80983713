// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/store/content_hash.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/tables/catalog.hpp"

/// Conversion between labels over nodes of a graph and chunks over nodes of a store.
namespace mll::detail {

/// Hash of a node's id, words and gloss: labels of a node stay valid while these do not change.
[[nodiscard]] inline std::string meaning_of(const synset& node) {
  content_hash out;
  out.add(node.id);
  for (const lemma& word : node.lemmas) out.add(word.text);
  return out.add("gloss").add(node.gloss).text();
}

template <semantic_graph Graph>
[[nodiscard]] std::string fingerprint(const semantic_dag<Graph>& graph) {
  content_hash out;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const node_id v{i};
    out.add(meaning_of(graph[v]));
    for (const node_id parent : graph.parents(v)) out.add(graph[parent].id);
  }
  return out.text();
}

/// A node of a store and its id in the graph.
struct placed_node {
  node_id in_graph;
  node_row row;
};

/// The nodes of a store, by increasing id in the graph.
/// Throws: `invalid_argument` if the graph lacks one.
template <semantic_graph Graph>
[[nodiscard]] std::vector<placed_node> place(const std::vector<node_row>& nodes,
                                             const semantic_dag<Graph>& graph) {
  std::vector<placed_node> out;
  for (const node_row& row : nodes) {
    const auto found = graph.find(row.node.synset);
    if (!found)
      throw invalid_argument{"graph", "a graph with node '" + row.node.synset + "' of the store",
                             "one without it"};
    out.push_back({*found, row});
  }
  std::sort(out.begin(), out.end(),
            [](const placed_node& a, const placed_node& b) { return a.in_graph < b.in_graph; });
  return out;
}

/// The nodes with these ids, in their order. Throws: `invalid_argument` if one is not among them.
[[nodiscard]] inline std::vector<placed_node> only(std::vector<placed_node> nodes,
                                                   std::span<const node_id> wanted) {
  std::vector<node_id> ids{wanted.begin(), wanted.end()};
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::erase_if(nodes, [&](const placed_node& each) {
    return !std::binary_search(ids.begin(), ids.end(), each.in_graph);
  });
  if (nodes.size() != ids.size())
    throw invalid_argument{"nodes", "nodes with samples in the store",
                           std::to_string(ids.size() - nodes.size()) + " others"};
  return nodes;
}

/// @param[in] graph fingerprint of the graph; 0: unknown
[[nodiscard]] inline sample_layout layout_of(const std::vector<placed_node>& nodes, std::uint64_t graph = 0) {
  std::vector<node_id> ids;
  std::vector<std::size_t> counts;
  for (const placed_node& each : nodes) {
    ids.push_back(each.in_graph);
    counts.push_back(each.row.node.sample_count);
  }
  return sample_layout{std::move(ids), counts, graph};
}

/// Splits a label into chunks, each with the id of its node in the store.
/// @param[in] whole_nodes_only leaves out nodes on which the label has fewer samples than the store
template <response_codec Codec>
[[nodiscard]] std::vector<std::pair<std::int64_t, chunk_data>> chunks_of(
    const basic_model_label<Codec>& label, const sample_layout& samples,
    const std::vector<placed_node>& nodes, bool whole_nodes_only = false) {
  std::vector<std::pair<std::int64_t, chunk_data>> out;
  const std::size_t heads = label.heads.size();
  for (std::size_t p = 0; p < samples.nodes().size(); ++p) {
    const auto found = std::lower_bound(nodes.begin(), nodes.end(), samples.nodes()[p],
                                        [](const placed_node& each, node_id v) { return each.in_graph < v; });
    const auto rows = samples.rows_at(p);
    const bool is_node = found != nodes.end() && found->in_graph == samples.nodes()[p];
    if (whole_nodes_only && is_node && rows.count < found->row.node.sample_count) continue;
    if (!is_node || found->row.node.sample_count != rows.count)
      throw invalid_argument{
          "samples", "nodes of the store with the same number of samples",
          "node " + std::to_string(samples.nodes()[p].value()) + " with " + std::to_string(rows.count)};
    out.emplace_back(
        found->row.id,
        chunk_data{encode_means(std::span{label.mean.data() + p * heads, heads}),
                   encode_responses<typename Codec::value_type>(label.responses.middleRows(
                       static_cast<Eigen::Index>(rows.first), static_cast<Eigen::Index>(rows.count)))});
  }
  return out;
}

/// Reads the label of a model at some nodes, in a transaction.
/// Throws: `store_error` naming model and node if the data are damaged.
template <response_codec Codec>
[[nodiscard]] basic_model_label<Codec> read_label(database& db, const stored_model& model,
                                                  const std::vector<placed_node>& nodes,
                                                  const sample_layout& layout) {
  using value_type = typename Codec::value_type;
  const auto heads = static_cast<Eigen::Index>(model.heads.size());
  const auto count = static_cast<Eigen::Index>(nodes.size());
  basic_model_label<Codec> out{model.id, model.name, model.heads, {}, {}, model.fingerprint};
  out.responses.resize(static_cast<Eigen::Index>(layout.row_count()), heads);
  out.mean.resize(count, heads);
  for (std::size_t p = 0; p < nodes.size(); ++p) {
    const auto mean = read_means(db, model, nodes[p].row);
    std::copy(mean.begin(), mean.end(), out.mean.row(static_cast<Eigen::Index>(p)).data());
    read_responses(db, model, nodes[p].row, sizeof(value_type), [&](std::span<const std::byte> bytes) {
      std::memcpy(
          static_cast<void*>(out.responses.row(static_cast<Eigen::Index>(layout.rows_at(p).first)).data()),
          bytes.data(), bytes.size());
    });
  }
  return out;
}

}  // namespace mll::detail
