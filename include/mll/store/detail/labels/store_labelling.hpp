// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/progress.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/label.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/model/hub.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/labels/label_parts.hpp"
#include "mll/store/detail/labels/labelling_views.hpp"
#include "mll/store/detail/labels/operations.hpp"
#include "mll/store/detail/labels/share_plan.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/hub_store.hpp"

namespace mll::detail {

/// One call of `update_store` or `label_shard`.
template <class Codec, class Backend, class Sample, class R, class Graph, class Options, class Result>
class store_labelling {
 public:
  /// @param[in] share what to label; null: everything that is missing
  store_labelling(const Backend& backend, basic_hub_store<Codec>& store, const hub<Sample>& models,
                  const R& samples, const semantic_dag<Graph>& graph, const Options& options,
                  const share_plan* share = nullptr)
      : backend_{backend},
        pool_{*store.connections()},
        hub_{models},
        samples_{samples},
        graph_{graph},
        options_{options},
        share_{share} {}

  Result run() {
    plan();
    if (share_ == nullptr) {
      run_by_model();
    } else {
      run_by_node();
    }
    flush();
    std::sort(out_.failures.begin(), out_.failures.end(),
              [](const auto& a, const auto& b) { return a.model < b.model; });
    return std::move(out_);
  }

 private:
  struct pending {
    stored_model stored;
    timed_classifier<Sample> model;
    std::vector<std::size_t> missing = {};  ///< positions in nodes_
    bool completes = true;                  ///< whether they complete the label
    std::size_t left = 0;                   ///< how many of them have not been run
    std::size_t samples_run = 0;
    bool failed = false;
  };
  using chunk = std::vector<std::size_t>;  // positions in nodes_

  void plan() {
    const connection_pool::lease db{pool_};
    const transaction reading{*db, transaction::kind::read};
    const catalog known = read_catalog(*db);
    revision_ = known.revision;
    nodes_ = place(known.nodes, graph_);
    if (mll::detail::layout_of(samples_, graph_) != mll::detail::layout_of(nodes_))
      throw invalid_argument{"samples", "the samples of the store (see set_samples)", "others"};
    std::map<std::int64_t, std::size_t> position;  // in nodes_, by id in the store
    for (std::size_t p = 0; p < nodes_.size(); ++p) position[nodes_[p].row.id] = p;
    for (const stored_model& stored : known.models) {
      const auto id = hub_.find(stored.name);
      if (!id || stored.state == label_state::complete) continue;
      pending each{stored, {hub_.model(*id)}};
      check_heads(stored, each.model);
      if (stored.state == label_state::partial) {
        for (const std::size_t i : nodes_without_chunk(*db, known, stored.id.value()))
          each.missing.push_back(position.at(known.nodes[i].id));
      } else {
        for (std::size_t p = 0; p < nodes_.size(); ++p) each.missing.push_back(p);
      }
      std::sort(each.missing.begin(), each.missing.end());
      if (share_ != nullptr && !keep_share(each)) continue;
      each.left = each.missing.size();
      total_ += samples_in(each.missing);
      waiting_.push_back(std::move(each));
    }
  }

  /// Restricts the missing nodes of a model to the share; returns whether anything is left to do.
  [[nodiscard]] bool keep_share(pending& each) {
    if (in_base_.empty()) in_base_ = positions_in_base(*share_, nodes_);
    const auto wanted = share_->missing.find(each.stored.name);
    if (wanted == share_->missing.end()) return false;
    const auto dropped = std::erase_if(each.missing, [&](std::size_t p) {
      return !std::binary_search(wanted->second.begin(), wanted->second.end(), in_base_[p]);
    });
    each.completes = dropped == 0;
    return each.completes || !each.missing.empty();
  }

  /// Models that lack the same nodes run together, and complete their labels one group after the other.
  void run_by_model() {
    std::map<std::vector<std::size_t>, std::vector<pending*>> groups;
    for (pending& each : waiting_) groups[each.missing].push_back(&each);
    for (auto& [missing, models] : groups) take_in_groups(missing, models);
  }

  /// The models of a share lack different nodes: models that lack the same node run together. Out of
  /// `models_at_a_time * share.count` models, `models_at_a_time` do on average.
  void run_by_node() {
    const std::size_t together =
        std::min(waiting_.size(), options_.models_at_a_time) * std::min(waiting_.size(), share_->share.count);
    for (std::size_t first = 0; first < waiting_.size(); first += together) {
      std::vector<std::vector<pending*>> missing(nodes_.size());  // by node
      std::vector<pending*> unmarked;
      for (pending& each : std::span{waiting_}.subspan(first, std::min(together, waiting_.size() - first))) {
        for (const std::size_t p : each.missing) missing[p].push_back(&each);
        if (each.missing.empty()) unmarked.push_back(&each);
      }
      take_in_groups({}, unmarked);
      for (std::size_t p = 0; p < nodes_.size();) {
        chunk same{p};
        while (p + same.size() < nodes_.size() && missing[p + same.size()] == missing[p])
          same.push_back(p + same.size());
        take_in_groups(same, missing[p]);
        p += same.size();
      }
    }
  }

  void take_in_groups(const chunk& missing, std::span<pending* const> models) {
    for (std::size_t first = 0; first < models.size(); first += options_.models_at_a_time) {
      const std::size_t count = std::min(options_.models_at_a_time, models.size() - first);
      take_through(missing, models.subspan(first, count));
    }
  }

  [[nodiscard]] std::size_t samples_in(const std::vector<std::size_t>& positions) const {
    std::size_t out = 0;
    for (const std::size_t p : positions) out += nodes_[p].row.node.sample_count;
    return out;
  }

  [[nodiscard]] std::vector<chunk> chunks_of_nodes(const std::vector<std::size_t>& positions) const {
    std::vector<chunk> out;
    std::size_t samples = options_.chunk_samples;
    for (const std::size_t p : positions) {
      if (samples >= options_.chunk_samples) {
        out.emplace_back();
        samples = 0;
      }
      out.back().push_back(p);
      samples += nodes_[p].row.node.sample_count;
    }
    return out;
  }

  void take_through(const chunk& missing, std::span<pending* const> models) {
    auto chunks = chunks_of_nodes(missing);
    if (chunks.empty())
      chunks.emplace_back();  // all chunks are there, but the label was not marked as complete
    for (const chunk& some : chunks) {
      std::exception_ptr stopped;
      for (pending* each : models) each->left -= some.size();
      run_models(some, models, stopped);
      unsaved_samples_ += samples_in(some);
      // The labels of a share are spread over many runs: a transaction takes those of several.
      if (share_ == nullptr || stopped || unsaved_samples_ >= options_.chunk_samples) flush();
      if (stopped) std::rethrow_exception(stopped);
    }
  }

  /// Writes what was made since the last call, in one transaction.
  void flush() {
    unsaved_samples_ = 0;
    if (unsaved_.empty() && failing_.empty()) return;
    {
      const connection_pool::lease db{pool_};
      transaction writing{*db, transaction::kind::write};
      write_parts(*db, read_nodes(*db), revision_, unsaved_);
      note_failures(*db);
      writing.commit();
    }
    failing_.clear();
    for (const label_part& part : std::exchange(unsaved_, {})) {
      out_.chunks += part.data.size();
      if (!part.ends) continue;
      out_.labelled.push_back(part.model->name);
      if (options_.finished) options_.finished(part.model->name);
    }
  }

  /// The responses of the models to the samples of a chunk. If the run is stopped, those at the nodes that
  /// were reached; `stopped` then holds the exception.
  void run_models(const chunk& positions, std::span<pending* const> models, std::exception_ptr& stopped) {
    basic_model_labels<Codec> labels;
    std::vector<pending*> running;
    hub<Sample> some;
    const std::size_t samples = samples_in(positions);
    for (pending* each : models) {
      if (each->failed) {
        report(each->stored.name, samples);
        continue;
      }
      running.push_back(each);
      some.add(each->stored.name, each->model);
    }
    if (running.empty()) return;
    if (!positions.empty()) {
      samples_of_nodes<R> part{&samples_, {}};
      for (const std::size_t p : positions) part.ids.push_back(nodes_[p].in_graph);
      label_options within = options_.labelling;
      const std::size_t before = reported_;
      // The run counts batches, all models in step; this call counts samples.
      within.observer = [&](const progress& at) {
        const std::size_t now = before + running.size() * samples * at.done / at.total;
        if (now > reported_) report(at.detail, now - reported_);
      };
      try {
        update_labels(backend_, labels, some, part, graph_, within);
      } catch (const cancelled&) {
        stopped = std::current_exception();
      }
      // Models that fail before their first batch are not reported by the run.
      if (const std::size_t all = before + running.size() * samples; !stopped && reported_ < all)
        report(running.back()->stored.name, all - reported_);
    }
    for (const label_failure& failure : labels.failures()) {
      pending& failed = *running[failure.model.index()];
      failed.failed = true;
      failed.stored.failure = failure.message;
      failing_.push_back(&failed);
      out_.failures.push_back({failed.stored.id, failed.stored.name, failure.message});
    }
    for (std::size_t i = 0; i < running.size(); ++i) {
      pending& each = *running[i];
      if (each.failed) continue;
      label_part part{&each.stored, {}, false, each.stored.latency};
      part.ends = each.left == 0 && !stopped;
      part.last = part.ends && each.completes;
      if (const auto* made = labels.find(model_id{i})) {
        part.data = chunks_of(*made, labels.samples(), nodes_, stopped != nullptr);
        each.samples_run += labels.samples().row_count();
        part.latency =
            1e-9 * static_cast<double>(*each.model.nanoseconds) / static_cast<double>(each.samples_run);
      }
      if (part.ends || !part.data.empty()) unsaved_.push_back(std::move(part));
    }
  }

  void note_failures(database& db) const {
    for (const pending* each : failing_) {
      if (auto stored = find_model(db, each->stored.name);
          stored && stored->failure != each->stored.failure) {
        stored->failure = each->stored.failure;
        write_model(db, *stored);
      }
    }
  }

  void report(std::string_view model, std::size_t samples) {
    reported_ += samples;
    if (options_.labelling.observer) options_.labelling.observer({"labelling", model, reported_, total_});
  }

  const Backend& backend_;
  connection_pool& pool_;
  const hub<Sample>& hub_;
  const R& samples_;
  const semantic_dag<Graph>& graph_;
  const Options& options_;
  const share_plan* share_;

  std::int64_t revision_ = 0;
  std::vector<placed_node> nodes_;
  std::vector<std::uint32_t> in_base_;  // position of each node in the catalog of the base
  std::vector<pending> waiting_;
  std::vector<label_part> unsaved_;
  std::vector<const pending*> failing_;  // since the last transaction
  std::size_t unsaved_samples_ = 0;
  std::size_t total_ = 0;
  std::size_t reported_ = 0;
  Result out_;
};

}  // namespace mll::detail
