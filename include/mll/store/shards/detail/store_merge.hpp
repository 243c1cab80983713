// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/labels/inspection.hpp"
#include "mll/store/detail/labels/operations.hpp"
#include "mll/store/detail/sqlite/connection_pool.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/schema.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/shards/detail/shard_view.hpp"
#include "mll/store/store_error.hpp"

namespace mll::detail {

/// One call of `merge_stores`.
template <named_codec Codec, class Options, class Merged, class Result>
class store_merge {
 public:
  store_merge(basic_hub_store<Codec>& store, std::span<const std::filesystem::path> shards,
              const Options& options)
      : pool_{*store.connections()}, file_{store.file()}, shards_{shards}, options_{options} {}

  Result run() {
    known_ = pool_.read([](database& db) { return read_catalog(db); });
    try {
      for (const std::filesystem::path& shard : shards_) {
        out_.shards.push_back({shard});
        take(shard_view<Codec>{shard, known_, file_});
        if (options_.observer)
          options_.observer({"merging", shard.string(), out_.shards.size(), shards_.size()});
      }
    } catch (...) {
      const std::exception_ptr problem = std::current_exception();
      try {
        finish();               // marks what was merged so far
      } catch (const error&) {  // the first problem is the one to report
      }
      std::rethrow_exception(problem);
    }
    finish();
    return std::move(out_);
  }

 private:
  using view = shard_view<Codec>;

  /// Labels of one model that were read and are not written yet.
  struct batch {
    std::size_t model = 0;  ///< position in the catalog
    std::vector<shard_chunk> chunks = {};
  };
  /// For the latency of a model: samples and seconds of the labels that were merged.
  struct timing {
    double samples = 0;
    double seconds = 0;
  };

  void take(const view& shard) {
    Merged& count = out_.shards.back();
    count.foreign = shard.foreign();
    for (const auto& [model, why] : shard.failures()) failures_[model] = why;
    for (const auto& each : shard.entries()) {
      const auto nodes = shard.nodes(each);
      for (const std::size_t model : each.models) {
        // Two models of a shard may be one in the store: the second is compared with the first.
        if (const auto found = unsaved_models_.find(model);
            found != unsaved_models_.end() && found->second != each.id)
          flush();
        unsaved_models_[model] = each.id;
        for (std::size_t at = 0; at < nodes.size();) {
          const std::size_t room = options_.batch_bytes - std::min(unsaved_bytes_, options_.batch_bytes - 1);
          batch some{model, shard.read(each, model, nodes, at, room, count.foreign)};
          for (const shard_chunk& chunk : some.chunks) {
            unsaved_bytes_ += chunk.data.responses.size() + chunk.data.statistics.size();
            if (each.latency == 0) continue;
            const auto samples = static_cast<double>(known_.nodes[chunk.node].node.sample_count);
            timings_[model].samples += samples;
            timings_[model].seconds += samples * each.latency;
          }
          if (!some.chunks.empty()) unsaved_.push_back(std::move(some));
          if (unsaved_bytes_ >= options_.batch_bytes) flush();
        }
      }
    }
    flush();
  }

  /// Writes the labels of `unsaved_` that the store does not have, in one transaction.
  void flush() {
    if (options_.stop.stop_requested())
      throw cancelled{"merging: stopped in shard " + std::to_string(out_.shards.size()) + " of " +
                      std::to_string(shards_.size())};
    if (unsaved_.empty()) return;
    std::size_t added = 0;
    std::size_t present = 0;
    const connection_pool::lease db{pool_};
    transaction writing{*db, transaction::kind::write};
    std::vector<label_part> parts;
    for (const batch& each : unsaved_) parts.push_back({&known_.models[each.model], {}});
    // Drops labels of earlier states of the models, which must not be compared.
    write_parts(*db, known_.nodes, known_.revision, parts);
    for (std::size_t i = 0; i < unsaved_.size(); ++i) {
      for (shard_chunk& chunk : unsaved_[i].chunks) {
        if (is_there(*db, unsaved_[i].model, chunk)) {
          ++present;
        } else {
          parts[i].data.emplace_back(known_.nodes[chunk.node].id, std::move(chunk.data));
          ++added;
        }
      }
    }
    write_parts(*db, known_.nodes, known_.revision, parts);
    writing.commit();
    out_.shards.back().added += added;
    out_.shards.back().present += present;
    unsaved_.clear();
    unsaved_models_.clear();
    unsaved_bytes_ = 0;
  }

  /// Whether the store has a label. Throws: `store_error` if it has another one, or a damaged one.
  [[nodiscard]] bool is_there(database& db, std::size_t model, const shard_chunk& chunk) const {
    stored_model entry = known_.models[model];
    entry.state = label_state::partial;
    const node_row& node = known_.nodes[chunk.node];
    chunk_data before;
    switch (inspect_chunk(db, entry, node, sizeof(typename Codec::value_type), schema_version, &before)) {
      case chunk_state::absent:
        return false;
      case chunk_state::damaged:
        damaged(db, entry.name, node.node.synset, "checksum mismatch in the label");
      case chunk_state::sound:
        break;
    }
    if (before == chunk.data) return true;
    throw store_error{out_.shards.back().file.string(), store_errc::conflict,
                      "expected the label of model '" + entry.name + "' at node '" + node.node.synset +
                          "' as in '" + origin_of(model, chunk.node, before).string() +
                          "', found another one"};
  }

  /// The first shard of this call with a label that the store has; the store if no shard has it.
  [[nodiscard]] std::filesystem::path origin_of(std::size_t model, std::size_t node,
                                                const chunk_data& data) const {
    for (const Merged& earlier : std::span{out_.shards}.first(out_.shards.size() - 1)) {
      if (view{earlier.file, known_, file_}.find(model, node) == data) return earlier.file;
    }
    return file_;
  }

  /// Marks the labels that are complete now, and keeps why the others have failed.
  void finish() {
    constexpr std::size_t models_at_a_time = 256;
    for (std::size_t first = 0; first < known_.models.size(); first += models_at_a_time) {
      std::vector<std::string> completed;
      const connection_pool::lease db{pool_};
      transaction writing{*db, transaction::kind::write};
      std::vector<label_part> parts;
      for (std::size_t m = first; m < std::min(first + models_at_a_time, known_.models.size()); ++m) {
        const stored_model& model = known_.models[m];
        if (model.state == label_state::complete) continue;
        if (is_whole(*db, model)) {
          parts.push_back({&model, {}, true, latency(m)});
          completed.push_back(model.name);
        } else if (const auto why = failures_.find(m); why != failures_.end()) {
          note_failure(*db, model, why->second);
        }
      }
      write_parts(*db, known_.nodes, known_.revision, parts);
      writing.commit();
      out_.completed.insert(out_.completed.end(), completed.begin(), completed.end());
    }
  }

  [[nodiscard]] bool is_whole(database& db, const stored_model& model) const {
    const auto label = find_label(db, model.id);
    return label && label->fingerprint == label_fingerprint(model) &&
           nodes_without_chunk(db, known_, model.id.value()).empty();
  }
  void note_failure(database& db, const stored_model& model, const std::string& why) const {
    auto now = find_model(db, model.id);
    if (!now || now->failure == why) return;
    now->failure = why;
    write_model(db, *now);
  }
  /// Seconds per sample: of the labels that were merged, if their shards have measured it.
  [[nodiscard]] double latency(std::size_t model) const {
    const auto found = timings_.find(model);
    return found == timings_.end() ? known_.models[model].latency
                                   : found->second.seconds / found->second.samples;
  }

  connection_pool& pool_;
  std::filesystem::path file_;
  std::span<const std::filesystem::path> shards_;
  const Options& options_;

  catalog known_;  // of the store
  std::map<std::size_t, timing> timings_;
  std::map<std::size_t, std::string> failures_;
  std::vector<batch> unsaved_;
  std::map<std::size_t, std::int64_t> unsaved_models_;  // with their ids in the shard
  std::size_t unsaved_bytes_ = 0;
  Result out_;
};

}  // namespace mll::detail
