// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/io/label_origin.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/store/detail/labels/inspection.hpp"
#include "mll/store/detail/labels/label_parts.hpp"
#include "mll/store/detail/labels/operations.hpp"
#include "mll/store/detail/labels/origin.hpp"
#include "mll/store/detail/labels/salvage.hpp"
#include "mll/store/detail/sqlite/connection_pool.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/detail/tables/selections.hpp"
#include "mll/store/label_basis.hpp"
#include "mll/store/store_entries.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_options.hpp"
#include "mll/store/store_report.hpp"

namespace mll {

/// A hub in one SQLite file: its models, the nodes and samples that they were labelled on, and their labels.
/// Component `mll::sqlite`.
///
/// @code
/// auto store = mll::hub_store::create("hub.mll");
/// store.set_samples(graph, std::vector<mll::stored_node>{{.synset = "n02084071", .sample_count = 20}});
/// store.add_model({.name = "birds", .fingerprint = "1", .heads = {"crane", "goose"}});
/// mll::update_store(backend, store, hub, samples, graph);  // labels what is missing
/// const mll::model_labels labels = store.labels(graph, mll::nodes_of(match));
/// @endcode
///
/// - Changes are atomic, however the program ends, and durable once a function returns (`store_durability`).
///   A label is visible when it is complete.
/// - All data are verified by checksums when they are read. Damaged data are never returned: a `store_error`
///   names model and node.
/// - Reading a task's labels reads the rows of its nodes only.
/// - Labels are valid for the samples, nodes and models that they were made with. When samples or nodes
///   change, exactly their labels are dropped; when a model changes, its label is stale until the model is
///   labelled again or is restored.
///
/// The file is an ordinary SQLite database in WAL mode: copy or move it when no program has it open, or
/// together with its `-wal` file. Read-only access creates and changes no file.
///
/// Thread-safety: all member functions may be called concurrently, from any number of threads and processes.
/// Readers never wait; writers wait for each other, for at most `store_options::busy_timeout`.
///
/// @tparam Codec `named_codec`: how responses are stored; must be the codec that the store was created with
template <named_codec Codec = log_odds_8bit>
class basic_hub_store {
 public:
  using codec_type = Codec;
  using label_type = basic_model_label<Codec>;
  using labels_type = basic_model_labels<Codec>;

  /// Creates an empty store.
  /// Throws: `store_error` if the file exists or cannot be written; no file is left behind.
  [[nodiscard]] static basic_hub_store create(const std::filesystem::path& file,
                                              const store_options& options = {}) {
    detail::create_store(file, options, [](detail::database& db) { detail::fill_catalog(db, Codec::name); });
    return open(file, options);
  }

  /// Opens a store; upgrades a store of an earlier version.
  /// Throws: `store_error` if the file is missing, not a store, of a later version, locked, or not writable
  /// although `options.access` is `read_write`; the file is unchanged. `invalid_argument` if the codec
  /// differs.
  [[nodiscard]] static basic_hub_store open(const std::filesystem::path& file,
                                            const store_options& options = {}) {
    basic_hub_store out{std::make_shared<detail::connection_pool>(file, options)};
    const std::string codec = out.read([](detail::database& db) { return detail::meta_text(db, "codec"); });
    if (codec != Codec::name)
      throw invalid_argument{"Codec", "'" + codec + "', the codec of the store",
                             "'" + std::string{Codec::name} + "'"};
    return out;
  }

  /// Removes the damaged data of a store: single chunks of labels, which `update_store` then computes again,
  /// or a model whose entry is damaged. The rest is verified. Other programs must not write to the store
  /// meanwhile.
  ///
  /// @return the damage that was found; the file is unchanged if there is none
  /// Throws: `store_error` if the file cannot be opened as a store, or cannot be written.
  static store_report repair(const std::filesystem::path& file, const store_options& options = {}) {
    detail::check_header(file);
    detail::database db{
        file, options.access == store_access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE,
        options.busy_timeout};
    detail::open_for_repair(db, options);
    store_report found = detail::inspect(db, sizeof(typename Codec::value_type));
    if (!found.clean() || detail::version_of(db) != detail::schema_version)
      detail::replace_by_salvage(db, options, Codec::name, sizeof(typename Codec::value_type));
    return found;
  }

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return pool_->file(); }

  /// Sets the nodes and samples that labels are made on. Drops the labels on nodes whose samples have changed
  /// (count or fingerprint) or whose meaning has changed (words or gloss); keeps all others.
  ///
  /// @param[in] graph   the SDAG of the nodes
  /// @param[in] nodes   all nodes with samples, in any order
  /// @param[in] missing what happens to nodes of the store that are not among them
  /// Throws: `invalid_argument` if a node is missing and not to be dropped, is not in the graph, is listed
  /// twice or has no samples; `store_error`. The store is then unchanged.
  template <semantic_graph Graph>
  store_change set_samples(const semantic_dag<Graph>& graph, std::span<const stored_node> nodes,
                           missing_nodes missing = missing_nodes::refuse) {
    std::vector<detail::node_row> rows;
    std::vector<bool> seen(graph.size(), false);
    for (const stored_node& node : nodes) {
      const node_id v = graph.at(node.synset);
      if (seen[v.index()]) throw invalid_argument{"nodes", "every node once", "'" + node.synset + "' twice"};
      if (node.sample_count == 0)
        throw invalid_argument{"nodes", "at least 1 sample per node", "0 for '" + node.synset + "'"};
      seen[v.index()] = true;
      rows.push_back({0, detail::meaning_of(graph[v]), node});
    }
    return write([&](detail::database& db) {
      detail::set_meta(db, "graph", std::string_view{detail::fingerprint(graph)});
      return detail::set_nodes(db, std::move(rows), missing);
    });
  }

  /// The nodes that `set_samples` was last given.
  [[nodiscard]] std::vector<stored_node> nodes() const {
    std::vector<stored_node> out;
    for (auto& row : node_rows()) out.push_back(row.node);
    return out;
  }
  /// Whether this is the graph that `set_samples` was last given.
  template <semantic_graph Graph>
  [[nodiscard]] bool matches_graph(const semantic_dag<Graph>& graph) const {
    const std::string known = read([](detail::database& db) { return detail::meta_text(db, "graph"); });
    return known == detail::fingerprint(graph);
  }
  /// The sample layout of the labels, for a graph.
  /// Throws: `invalid_argument` if the graph lacks one of the nodes.
  template <semantic_graph Graph>
  [[nodiscard]] sample_layout layout(const semantic_dag<Graph>& graph) const {
    return detail::layout_of(detail::place(node_rows(), graph), graph.fingerprint());
  }

  /// Adds a model without a label.
  /// Throws: `invalid_argument` if the name is taken or a field is invalid; `store_error`.
  model_id add_model(const stored_model& model) {
    return write([&](detail::database& db) { return detail::add_model(db, model); });
  }
  /// Replaces the entry of a model, possibly with a new name; its id stays. Its label becomes stale if
  /// fingerprint or heads differ. Throws: as `add_model`, and `invalid_argument` if there is no such model.
  model_id update_model(std::string_view name, const stored_model& model) {
    return write([&](detail::database& db) { return detail::update_model(db, name, model); });
  }
  /// Removes a model and its label. Throws: `invalid_argument` if there is no such model; `store_error`.
  void remove_model(std::string_view name) {
    write([&](detail::database& db) { return detail::remove_model(db, name), true; });
  }
  /// All models, by increasing id.
  [[nodiscard]] std::vector<stored_model> models() const {
    return read([](detail::database& db) { return detail::read_catalog(db).models; });
  }

  /// Saves a selection under its name; replaces an earlier one. Throws: `invalid_argument` if name, models or
  /// basis are empty (a label is incomplete), or as `write_selection`.
  void save_selection(const stored_selection& selection) {
    write([&](detail::database& db) { return detail::write_selection(db, selection), true; });
  }
  /// All selections, by name.
  [[nodiscard]] std::vector<stored_selection> selections() const {
    return read([](detail::database& db) { return detail::read_selections(db); });
  }
  /// The selection of a name, if there is one.
  [[nodiscard]] std::optional<stored_selection> find_selection(std::string_view name) const {
    for (stored_selection& each : selections()) {
      if (each.name == name) return std::move(each);
    }
    return std::nullopt;
  }

  /// Saves a text of the caller under a key; replaces an earlier one.
  void save_note(std::string_view key, std::string_view text) {
    write([&](detail::database& db) { return detail::write_note(db, key, text), true; });
  }
  /// The text of a key, if there is one.
  [[nodiscard]] std::optional<std::string> note(std::string_view key) const {
    return read([&](detail::database& db) { return detail::read_note(db, key); });
  }

  /// What labels in this store are made from.
  [[nodiscard]] label_origin origin() const {
    return read([](detail::database& db) { return detail::read_origin(db); });
  }
  /// The present complete labels, for a selection made from them: call this before reading the labels.
  [[nodiscard]] label_basis basis() const {
    return read([](detail::database& db) { return detail::basis_of(detail::read_catalog(db)); });
  }

  /// Writes the complete label of a model, which is found by its name.
  /// @param[in] samples layout of the label; must be that of the store
  /// @param[in] graph   the SDAG that it was made with
  /// @param[in] origin  what it was made from: `origin()` before labelling, or that of an export. Without it,
  ///                    labels of other samples, or of another model with the same heads, are not detected
  /// Throws: `invalid_argument` if the store lacks the model or has other heads, samples or content;
  /// `store_error`.
  template <semantic_graph Graph>
  void write_label(const label_type& label, const sample_layout& samples, const semantic_dag<Graph>& graph,
                   const std::optional<label_origin>& origin) {
    write([&](detail::database& db) { return detail::write_label(db, label, samples, graph, origin), true; });
  }

  /// Reads the complete labels of all models, on all nodes or on some.
  ///
  /// @param[in] graph an SDAG with the nodes of the store
  /// @param[in] nodes nodes with samples, such as those of a task; all if absent
  /// @return labels on these nodes, with the model ids of the store, from one state of the store
  ///
  /// Throws: `store_error` naming model and node if data are damaged; `invalid_argument` if a node has no
  /// samples in the store or the graph lacks a node. Complexity: O(models + size of the result).
  template <semantic_graph Graph>
  [[nodiscard]] labels_type labels(const semantic_dag<Graph>& graph, std::span<const node_id> nodes) const {
    return read_labels(graph, &nodes);
  }
  template <semantic_graph Graph>
  [[nodiscard]] labels_type labels(const semantic_dag<Graph>& graph) const {
    return read_labels(graph, nullptr);
  }

  /// Reads and verifies everything.
  [[nodiscard]] store_report verify() const {
    return read([](detail::database& db) { return detail::inspect(db, sizeof(typename Codec::value_type)); });
  }

  /// Returns the space of removed data to the disk. Needs as much space again while it runs.
  void compact() {
    const detail::connection_pool::lease db{*pool_};
    (*db).execute("VACUUM");
    (*db).execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /// For other parts of the library.
  [[nodiscard]] const std::shared_ptr<detail::connection_pool>& connections() const noexcept { return pool_; }

 private:
  explicit basic_hub_store(std::shared_ptr<detail::connection_pool> pool) : pool_{std::move(pool)} {}

  template <class Work>
  auto read(const Work& work) const {
    return pool_->read(work);
  }
  template <class Work>
  auto write(const Work& work) {
    const detail::connection_pool::lease db{*pool_};
    detail::transaction writing{*db, detail::transaction::kind::write};
    auto out = work(*db);
    writing.commit();
    return out;
  }
  [[nodiscard]] std::vector<detail::node_row> node_rows() const {
    return read([](detail::database& db) { return detail::read_nodes(db); });
  }

  template <semantic_graph Graph>
  [[nodiscard]] labels_type read_labels(const semantic_dag<Graph>& graph,
                                        const std::span<const node_id>* wanted) const {
    return read([&](detail::database& db) {
      const detail::catalog known = detail::read_catalog(db);
      auto nodes = detail::place(known.nodes, graph);
      if (wanted != nullptr) nodes = detail::only(std::move(nodes), *wanted);
      labels_type out{detail::layout_of(nodes, graph.fingerprint())};
      for (const stored_model& model : known.models) {
        if (model.state == label_state::complete)
          out.insert(detail::read_label<Codec>(db, model, nodes, out.samples()));
      }
      return out;
    });
  }

  std::shared_ptr<detail::connection_pool> pool_;
};

/// A store with one byte per response.
using hub_store = basic_hub_store<>;

}  // namespace mll
