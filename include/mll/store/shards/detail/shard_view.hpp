// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/labels/inspection.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/schema.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/store_options.hpp"

namespace mll::detail {

/// A label of one model on one node.
struct shard_chunk {
  std::size_t node = 0;  ///< position in the catalog of the base
  chunk_data data = {};
};

/// The labels of a shard as labels of another store, its base: models and nodes are matched by content.
template <named_codec Codec>
class shard_view {
 public:
  /// A label of a model that the base has.
  struct entry {
    std::int64_t id = 0;              ///< of the model in the shard
    std::string fingerprint = {};     ///< of what was labelled
    std::vector<std::size_t> models;  ///< positions in the catalog of the base
    double latency = 0;               ///< seconds per sample; 0: not measured
  };

  /// Throws: as `basic_hub_store::open`; `invalid_argument` if the shard is the base or has another graph.
  shard_view(const std::filesystem::path& file, const catalog& base, const std::filesystem::path& base_file)
      : store_{open(file, base_file)}, base_{&base} {
    store_.connections()->read([&](database& db) {
      load(db, base_file);
      return true;
    });
  }

  [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }
  /// Labels of models that are not in the base, or have other content there.
  [[nodiscard]] std::size_t foreign() const noexcept { return foreign_; }

  /// Models that the base has, as positions in its catalog, and why labelling them last failed.
  [[nodiscard]] const std::vector<std::pair<std::size_t, std::string>>& failures() const noexcept {
    return failures_;
  }

  /// The nodes of the shard with a label of a model.
  [[nodiscard]] std::vector<std::int64_t> nodes(const entry& of) const {
    return store_.connections()->read([&](database& db) { return nodes_of(db, of.id); });
  }

  /// Reads labels of a model and verifies their checksums.
  /// @param[in]     model     position in the catalog of the base, one of the entry
  /// @param[in]     from      nodes of the shard
  /// @param[in,out] at        position in `from`; moves to the first that was not read
  /// @param[in]     max_bytes reading stops when they are reached
  /// @param[in,out] foreign   counts labels on nodes that the base does not have, or with other samples
  /// Throws: `store_error` naming the shard, model and node if data are damaged.
  [[nodiscard]] std::vector<shard_chunk> read(const entry& of, std::size_t model,
                                              const std::vector<std::int64_t>& from, std::size_t& at,
                                              std::size_t max_bytes, std::size_t& foreign) const {
    struct part {
      std::vector<shard_chunk> chunks = {};
      std::size_t end = 0;
      std::size_t foreign = 0;
    };
    auto out = store_.connections()->read([&](database& db) {
      part found{.end = at};
      const auto label = find_label(db, model_id{static_cast<std::uint32_t>(of.id)});
      if (!label || label->fingerprint != of.fingerprint) {  // its writer has dropped it
        found.end = from.size();
        return found;
      }
      std::size_t bytes = 0;
      for (; found.end < from.size() && bytes < max_bytes; ++found.end) {
        const auto node = in_base_.find(from[found.end]);
        if (node == in_base_.end()) {
          ++found.foreign;
          continue;
        }
        auto data = chunk(db, of, model, from[found.end], node->second);
        if (!data) continue;
        bytes += data->responses.size() + data->statistics.size();
        found.chunks.push_back({node->second, *std::move(data)});
      }
      return found;
    });
    at = out.end;
    foreign += out.foreign;
    return std::move(out.chunks);
  }

  /// The label of a model on a node, both as positions in the catalog of the base, if it is there.
  [[nodiscard]] std::optional<chunk_data> find(std::size_t model, std::size_t node) const {
    for (const entry& each : entries_) {
      if (std::find(each.models.begin(), each.models.end(), model) == each.models.end()) continue;
      for (const auto& [id, position] : in_base_) {
        if (position != node) continue;
        return store_.connections()->read([&](database& db) { return chunk(db, each, model, id, node); });
      }
    }
    return std::nullopt;
  }

 private:
  using store_type = basic_hub_store<Codec>;

  static store_type open(const std::filesystem::path& file, const std::filesystem::path& base) {
    std::error_code unknown;
    if (std::filesystem::equivalent(file, base, unknown))
      throw invalid_argument{"shards", "other files than the store", "'" + file.string() + "'"};
    return store_type::open(file, {.access = store_access::read_only});
  }

  [[nodiscard]] static std::vector<std::int64_t> nodes_of(database& db, std::int64_t model) {
    std::vector<std::int64_t> out;
    auto row = db.prepare("SELECT id FROM responses WHERE id BETWEEN ? AND ?");
    row.bind(chunk_key(model, 0)).bind(chunk_key(model, key_mask));
    while (row.step()) out.push_back(row.integer(0) & key_mask);
    return out;
  }

  /// The content of a chunk; empty if the chunk is missing.
  [[nodiscard]] std::optional<chunk_data> chunk(database& db, const entry& of, std::size_t model,
                                                std::int64_t shard_node, std::size_t node) const {
    stored_model as = base_->models[model];  // the name and heads to expect
    as.id = model_id{static_cast<std::uint32_t>(of.id)};
    as.state = label_state::partial;
    node_row row = base_->nodes[node];
    row.id = shard_node;
    chunk_data out;
    switch (inspect_chunk(db, as, row, sizeof(typename Codec::value_type), schema_version, &out)) {
      case chunk_state::absent:
        return std::nullopt;
      case chunk_state::damaged:
        damaged(db, as.name, row.node.synset, "checksum mismatch in the label");
      case chunk_state::sound:
        break;
    }
    return out;
  }

  void load(database& db, const std::filesystem::path& base_file) {
    const catalog known = read_catalog(db);
    if (known.graph != base_->graph)
      throw invalid_argument{"shards", "labels made with the graph of '" + base_file.string() + "'",
                             "labels made with another graph in '" + db.file() + "'"};
    in_base_.clear();
    entries_.clear();
    failures_.clear();
    foreign_ = 0;
    std::map<std::string_view, std::size_t> nodes;
    for (std::size_t n = 0; n < base_->nodes.size(); ++n) nodes.emplace(base_->nodes[n].node.synset, n);
    for (const node_row& row : known.nodes) {
      const auto found = nodes.find(row.node.synset);
      if (found == nodes.end()) continue;
      const node_row& same = base_->nodes[found->second];
      if (same.node == row.node && same.meaning == row.meaning) in_base_.emplace(row.id, found->second);
    }
    std::map<std::string_view, std::size_t> named;
    std::multimap<std::string, std::size_t> with_content;
    for (std::size_t m = 0; m < base_->models.size(); ++m) {
      named.emplace(base_->models[m].name, m);
      with_content.emplace(label_fingerprint(base_->models[m]), m);
    }
    for (const stored_model& model : known.models) {
      const auto named_so = named.find(model.name);
      const auto is_named = [&](const std::string& fingerprint) {
        return named_so != named.end() && label_fingerprint(base_->models[named_so->second]) == fingerprint;
      };
      if (!model.failure.empty() && is_named(label_fingerprint(model)))
        failures_.emplace_back(named_so->second, model.failure);
      const auto label = known.labels.find(model.id.value());
      if (label == known.labels.end()) continue;
      entry each{model.id.value(), label->second.fingerprint, {}, model.latency};
      if (is_named(each.fingerprint)) {
        each.models.push_back(named_so->second);
      } else if (!model.fingerprint.empty()) {  // a renamed model is known by its content
        const auto [first, last] = with_content.equal_range(each.fingerprint);
        for (auto at = first; at != last; ++at) each.models.push_back(at->second);
      }
      if (each.models.empty()) {
        foreign_ += nodes_of(db, each.id).size();
      } else {
        entries_.push_back(std::move(each));
      }
    }
  }

  store_type store_;
  const catalog* base_;
  std::map<std::int64_t, std::size_t> in_base_;  // position of each node of the shard that the base has
  std::vector<entry> entries_;
  std::vector<std::pair<std::size_t, std::string>> failures_;
  std::size_t foreign_ = 0;
};

}  // namespace mll::detail
