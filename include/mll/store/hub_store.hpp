// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/store/detail/labels/inspection.hpp"
#include "mll/store/detail/labels/label_parts.hpp"
#include "mll/store/detail/labels/operations.hpp"
#include "mll/store/detail/labels/salvage.hpp"
#include "mll/store/detail/sqlite/connection_pool.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/detail/tables/selections.hpp"
#include "mll/store/store_change.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_options.hpp"
#include "mll/store/store_report.hpp"
#include "mll/store/stored_model.hpp"
#include "mll/store/stored_node.hpp"
#include "mll/store/stored_selection.hpp"

namespace mll {

/// A hub that lasts: which models there are, what samples they were labelled on, and their labels, in one
/// SQLite file. Component `mll::sqlite`.
///
/// - A change is there as a whole or not at all, whatever ends the program; what was acknowledged stays
///   (`store_durability`). A label is visible when all of it is written.
/// - Everything that is read is checked against its checksum. What is not what was written is never
///   returned: a `store_error` names model and node.
/// - Reading takes the rows of the nodes that it is about and no others.
/// - Labels hold for the samples, nodes and models that they were made with. When these change, exactly what
///   was about them is dropped, or, for a model, left aside until it is labelled anew or is as it was.
///
/// The file can be read, copied and moved like any SQLite database (in WAL mode: together with its `-wal`, or
/// when no program has it open).
///
/// Thread-safety: every member function may be called from any thread at any time, and by any number of
/// processes on the same file. Readers wait for nobody; writers wait for each other,
/// `store_options::patience` at most.
///
/// @tparam Codec how responses are stored; a store is opened with the codec that it was created with
template <named_codec Codec = log_odds_8bit>
class basic_hub_store {
 public:
  using codec_type = Codec;
  using label_type = basic_model_label<Codec>;
  using labels_type = basic_model_labels<Codec>;

  /// Makes an empty store.
  /// Throws: `store_error` if there is a file of this name or it cannot be written; then nothing is left
  /// behind.
  [[nodiscard]] static basic_hub_store create(const std::filesystem::path& file,
                                              const store_options& options = {}) {
    detail::create_store(file, options, [](detail::database& db) { detail::fill_catalog(db, Codec::name); });
    return open(file, options);
  }

  /// Opens a store, and brings one of an earlier version up to date.
  /// Throws: `store_error` if the file is missing, no store, of a later version, locked, or not writable
  /// though that was asked for; then it is as it was. `invalid_argument` if it was created with another
  /// codec.
  [[nodiscard]] static basic_hub_store open(const std::filesystem::path& file,
                                            const store_options& options = {}) {
    basic_hub_store out{std::make_shared<detail::connection_pool>(file, options)};
    const std::string codec = out.read([](detail::database& db) { return detail::meta_text(db, "codec"); });
    if (codec != Codec::name)
      throw invalid_argument{"Codec", "'" + codec + "', with which the store was created",
                             "'" + std::string{Codec::name} + "'"};
    return out;
  }

  /// Takes out of a damaged store what is not what was written: single chunks of labels, which labelling then
  /// makes anew, or, where the entry of a model itself is damaged, the model. What is left is verified to be
  /// sound. Other programs should not write to the store meanwhile.
  ///
  /// @return the damage that was there; where it is none, nothing was done
  /// Throws: `store_error` if the file cannot be opened as a store, or not be written.
  static store_report repair(const std::filesystem::path& file, const store_options& options = {}) {
    detail::check_header(file);
    detail::database db{
        file, options.access == store_access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE,
        options.patience};
    detail::open_for_repair(db, options);
    store_report found = detail::inspect(db, sizeof(typename Codec::value_type));
    if (!found.clean() || detail::version_of(db) != detail::schema_version)
      detail::replace_by_salvage(db, options, Codec::name, sizeof(typename Codec::value_type));
    return found;
  }

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return pool_->file(); }

  /// Sets which samples labels are about. Labels at nodes that are gone, whose samples have changed (count or
  /// content) or which mean something else in this graph (words or gloss) are dropped; all others stay.
  ///
  /// @param[in] graph the SDAG that the nodes belong to
  /// @param[in] nodes all nodes with samples, any order
  /// Throws: `invalid_argument` if a node is not in the graph, comes twice or has no sample; `store_error`.
  template <semantic_graph Graph>
  store_change set_samples(const semantic_dag<Graph>& graph, std::span<const stored_node> nodes) {
    std::vector<detail::node_row> rows;
    std::vector<bool> seen(graph.size(), false);
    for (const stored_node& node : nodes) {
      const node_id v = graph.at(node.synset);
      if (seen[v.index()]) throw invalid_argument{"nodes", "every node once", "'" + node.synset + "' twice"};
      if (node.samples == 0)
        throw invalid_argument{"nodes", "at least 1 sample a node", "0 for '" + node.synset + "'"};
      seen[v.index()] = true;
      rows.push_back({0, detail::meaning_of(graph[v]), node});
    }
    return write([&](detail::database& db) {
      detail::set_meta(db, "graph", std::string_view{detail::fingerprint(graph)});
      return detail::set_nodes(db, std::move(rows));
    });
  }

  /// Nodes with samples, as `set_samples` was given them.
  [[nodiscard]] std::vector<stored_node> nodes() const {
    std::vector<stored_node> out;
    for (auto& row : node_rows()) out.push_back(row.node);
    return out;
  }
  /// Whether the graph is the one that `set_samples` was last given.
  template <semantic_graph Graph>
  [[nodiscard]] bool knows(const semantic_dag<Graph>& graph) const {
    const std::string known = read([](detail::database& db) { return detail::meta_text(db, "graph"); });
    return known == detail::fingerprint(graph);
  }
  /// The samples that labels are about, as nodes of a graph.
  /// Throws: `invalid_argument` if the graph does not have one of the nodes.
  template <semantic_graph Graph>
  [[nodiscard]] sample_layout layout(const semantic_dag<Graph>& graph) const {
    return detail::layout_of(detail::place(node_rows(), graph));
  }

  /// Adds a model, unlabelled.
  /// Throws: `invalid_argument` if its name is taken or something in it cannot be stored; `store_error`.
  model_id add(const stored_model& model) {
    return write([&](detail::database& db) { return detail::add_model(db, model); });
  }
  /// Replaces what is known about a model, perhaps its name; its id stays. Where content or heads differ, its
  /// label is stale from then on.
  /// Throws: as `add`, and `invalid_argument` if there is no such model.
  model_id update(std::string_view name, const stored_model& model) {
    return write([&](detail::database& db) { return detail::update_model(db, name, model); });
  }
  /// Removes a model with its label. Throws: `invalid_argument` if there is none of this name; `store_error`.
  void remove(std::string_view name) {
    write([&](detail::database& db) {
      detail::remove_model(db, name);
      return true;
    });
  }
  /// All models, by increasing id.
  [[nodiscard]] std::vector<stored_model> models() const {
    return read([](detail::database& db) { return detail::read_catalog(db).models; });
  }

  /// Keeps a selection under its name, in place of an earlier one.
  /// Throws: `invalid_argument` if it has no name, or a model that it uses has no complete label.
  void keep(const stored_selection& selection) {
    write([&](detail::database& db) { return detail::keep_selection(db, selection), true; });
  }
  /// All selections, by name.
  [[nodiscard]] std::vector<stored_selection> selections() const {
    return read([](detail::database& db) { return detail::read_selections(db); });
  }
  /// A short text that a program keeps with the store, under a key of its own.
  void set_note(std::string_view key, std::string_view text) {
    write([&](detail::database& db) { return detail::set_note(db, key, text), true; });
  }
  /// What was set last, if anything was.
  [[nodiscard]] std::optional<std::string> note(std::string_view key) const {
    return read([&](detail::database& db) { return detail::read_note(db, key); });
  }

  /// Writes the whole label of a model; its id does not matter, its name does.
  /// @param[in] graph   the SDAG that it was made with
  /// @param[in] samples what it is about: the samples of the store
  /// Throws: `invalid_argument` if the store has no such model, or one with other heads, or knows other
  /// samples; `store_error`.
  template <semantic_graph Graph>
  void put(const label_type& label, const sample_layout& samples, const semantic_dag<Graph>& graph) {
    write([&](detail::database& db) {
      const auto rows = detail::read_nodes(db);
      const auto nodes = detail::place(rows, graph);
      const stored_model model = detail::require_model(db, label.name);
      if (model.heads != label.heads)
        throw invalid_argument{"label", "the heads of model '" + label.name + "'", "others"};
      if (samples != detail::layout_of(nodes))
        throw invalid_argument{"samples", "the samples of the store", "others"};
      labels_type checked{samples};
      label_type copy = label;
      copy.model = model.id;
      checked.insert(std::move(copy));
      detail::write_parts(db, rows, detail::meta_number(db, detail::revision_key),
                          {{&model, detail::chunks_of(label, samples, nodes), true, model.latency}});
      return true;
    });
  }

  /// The complete labels of all models, over all samples or those of some nodes only.
  ///
  /// @param[in] graph an SDAG with the nodes of the store
  /// @param[in] nodes nodes with samples, such as a task asks for; without it: all
  /// @return labels whose `samples()` are those of these nodes, with the model ids of the store
  ///
  /// Throws: `store_error` with model and node if something is not what was written; `invalid_argument` if a
  /// node has no samples in the store or the graph lacks one. All that is returned was there at one moment.
  /// Complexity: O(models + what is returned), however large the store.
  template <semantic_graph Graph>
  [[nodiscard]] labels_type labels(const semantic_dag<Graph>& graph, std::span<const node_id> nodes) const {
    return read_labels(graph, &nodes);
  }
  template <semantic_graph Graph>
  [[nodiscard]] labels_type labels(const semantic_dag<Graph>& graph) const {
    return read_labels(graph, nullptr);
  }

  /// Looks at every byte.
  [[nodiscard]] store_report verify() const {
    return read([](detail::database& db) { return detail::inspect(db, sizeof(typename Codec::value_type)); });
  }

  /// Gives the space of what was removed back to the disk. Needs as much space again while it runs.
  void compact() {
    const detail::connection_pool::lease db{*pool_};
    (*db).execute("VACUUM");
    (*db).execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /// For what else the library does with the file.
  [[nodiscard]] const std::shared_ptr<detail::connection_pool>& connections() const noexcept { return pool_; }

 private:
  explicit basic_hub_store(std::shared_ptr<detail::connection_pool> pool) : pool_{std::move(pool)} {}

  template <class Work>
  auto read(const Work& work) const {
    const detail::connection_pool::lease db{*pool_};
    const detail::transaction reading{*db, detail::transaction::kind::read};
    return work(*db);
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
      labels_type out{detail::layout_of(nodes)};
      for (const stored_model& model : known.models) {
        if (model.state == label_state::complete)
          out.insert(detail::read_label<Codec>(db, model, nodes, out.samples()));
      }
      return out;
    });
  }

  std::shared_ptr<detail::connection_pool> pool_;
};

/// A store with one byte a response.
using hub_store = basic_hub_store<>;

}  // namespace mll
