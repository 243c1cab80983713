// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/io/label_origin.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/store/detail/labels/label_parts.hpp"
#include "mll/store/detail/labels/operations.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/store_entries.hpp"

/// What the labels of a store are made from. Every function runs inside a transaction.
namespace mll::detail {

/// Of all models and nodes, labelled or not.
[[nodiscard]] inline label_origin read_origin(database& db) {
  const catalog known = read_catalog(db);
  label_origin out{.graph = known.graph};
  for (const node_row& row : known.nodes) out.nodes.emplace(row.node.synset, row.node.fingerprint);
  for (const stored_model& model : known.models) out.models.emplace(model.name, label_fingerprint(model));
  return out;
}

/// Throws: `invalid_argument` naming graph, node or model if a label was made from other content than the
/// store has.
/// @param[in] graph fingerprint of the graph of the store
inline void check_origin(const label_origin& origin, const std::string& graph,
                         const std::vector<node_row>& nodes, const stored_model& model) {
  const auto refuse = [](const std::string& expected, const std::string& found) {
    throw invalid_argument{"origin", expected, found};
  };
  if (origin.graph != graph) refuse("labels made with the graph of the store", "another graph");
  for (const node_row& row : nodes) {
    const auto found = origin.nodes.find(row.node.synset);
    if (found == origin.nodes.end())
      refuse("labels made with samples of node '" + row.node.synset + "'", "none of this node");
    if (found->second != row.node.fingerprint)
      refuse("labels made with the samples of node '" + row.node.synset + "' in the store", "other samples");
  }
  const auto found = origin.models.find(model.name);
  if (found == origin.models.end())
    refuse("a label made with model '" + model.name + "'", "none of this model");
  if (found->second != label_fingerprint(model))
    refuse("a label made with model '" + model.name + "' as it is in the store",
           "another model of this name");
}

/// Writes the complete label of a model. See `basic_hub_store::write_label`.
template <named_codec Codec, semantic_graph Graph>
void write_label(database& db, const basic_model_label<Codec>& label, const sample_layout& samples,
                 const semantic_dag<Graph>& graph, const std::optional<label_origin>& origin) {
  samples.require_graph("samples", graph);
  const auto rows = read_nodes(db);
  if (rows.empty()) throw invalid_argument{"store", "a store with samples (see set_samples)", "one without"};
  const auto nodes = place(rows, graph);
  const stored_model model = require_model(db, label.name);
  if (model.heads != label.heads)
    throw invalid_argument{"label", "the heads of model '" + label.name + "'", "others"};
  if (samples != layout_of(nodes)) throw invalid_argument{"samples", "the samples of the store", "others"};
  if (origin) check_origin(*origin, meta_text(db, "graph"), rows, model);
  basic_model_labels<Codec> checked{samples};
  basic_model_label<Codec> copy = label;
  copy.model = model.id;
  checked.insert(std::move(copy));
  write_parts(db, rows, meta_number(db, revision_key),
              {{&model, chunks_of(label, samples, nodes), true, model.latency}});
}

}  // namespace mll::detail
