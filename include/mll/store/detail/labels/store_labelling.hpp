// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/progress.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/label.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/model/any_classifier.hpp"
#include "mll/model/hub.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/labels/label_parts.hpp"
#include "mll/store/detail/labels/operations.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/hub_store.hpp"

namespace mll::detail {

/// A model that measures its time.
template <class Sample>
struct timed_classifier {
  using sample_type = Sample;
  any_classifier<Sample> model;
  std::shared_ptr<std::atomic<std::int64_t>> nanoseconds = std::make_shared<std::atomic<std::int64_t>>(0);

  [[nodiscard]] std::size_t head_count() const { return model.head_count(); }
  [[nodiscard]] std::string head_name(std::size_t head) const { return model.head_name(head); }
  void predict(std::span<const Sample> batch, matrix_ref<float> scores) const {
    const auto begin = std::chrono::steady_clock::now();
    model.predict(batch, scores);
    *nanoseconds +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin)
            .count();
  }
};

/// The samples of some nodes.
template <class R>
struct samples_of_nodes {
  using sample_type = typename R::sample_type;
  const R* all = nullptr;
  std::vector<node_id> ids;

  [[nodiscard]] std::span<const node_id> nodes() const { return ids; }
  [[nodiscard]] std::size_t sample_count(node_id v) const { return all->sample_count(v); }
  [[nodiscard]] decltype(auto) sample(node_id v, std::size_t i) const { return all->sample(v, i); }
  [[nodiscard]] std::size_t max_sample_bytes() const
    requires has_max_sample_bytes<R>
  {
    return all->max_sample_bytes();
  }
};

/// One call of `update_store`.
template <class Codec, class Backend, class Sample, class R, class Graph, class Options, class Result>
class store_labelling {
 public:
  store_labelling(const Backend& backend, basic_hub_store<Codec>& store, const hub<Sample>& models,
                  const R& samples, const semantic_dag<Graph>& graph, const Options& options)
      : backend_{backend},
        pool_{*store.connections()},
        hub_{models},
        samples_{samples},
        graph_{graph},
        options_{options} {}

  Result run() {
    plan();
    for (auto& [missing, waiting] : waiting_) {
      for (std::size_t first = 0; first < waiting.size(); first += options_.models_at_a_time) {
        const std::size_t count = std::min(options_.models_at_a_time, waiting.size() - first);
        take_through(missing, std::span{waiting}.subspan(first, count));
      }
    }
    std::sort(out_.failures.begin(), out_.failures.end(),
              [](const auto& a, const auto& b) { return a.model < b.model; });
    return std::move(out_);
  }

 private:
  struct pending {
    stored_model stored;
    timed_classifier<Sample> model;
    std::size_t samples_run = 0;
    bool failed = false;
  };
  using chunk = std::vector<std::size_t>;  // positions in nodes_

  /// Groups the models by the nodes that they miss.
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
      check_heads(each);
      std::vector<std::size_t> missing;
      if (stored.state == label_state::partial) {
        for (const std::size_t i : nodes_without_chunk(*db, known, stored.id.value()))
          missing.push_back(position.at(known.nodes[i].id));
      } else {
        for (std::size_t p = 0; p < nodes_.size(); ++p) missing.push_back(p);
      }
      std::sort(missing.begin(), missing.end());
      total_ += samples_in(missing);
      waiting_[std::move(missing)].push_back(std::move(each));
    }
  }

  [[nodiscard]] std::size_t samples_in(const std::vector<std::size_t>& positions) const {
    std::size_t out = 0;
    for (const std::size_t p : positions) out += nodes_[p].row.node.sample_count;
    return out;
  }

  void check_heads(const pending& each) const {
    const auto& heads = each.stored.heads;
    bool same = each.model.head_count() == heads.size();
    for (std::size_t h = 0; same && h < heads.size(); ++h) same = each.model.head_name(h) == heads[h];
    if (!same)
      throw invalid_argument{"models", "the heads of model '" + each.stored.name + "' in the store",
                             "other heads"};
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

  void take_through(const std::vector<std::size_t>& missing, std::span<pending> models) {
    auto chunks = chunks_of_nodes(missing);
    if (chunks.empty())
      chunks.emplace_back();  // all chunks are there, but the label was not marked as complete
    for (std::size_t c = 0; c < chunks.size(); ++c) {
      std::exception_ptr stopped;
      auto parts = run_models(chunks[c], models, stopped);
      std::vector<std::string> finished;
      for (label_part& part : parts) {
        part.last = c + 1 == chunks.size() && !stopped;
        if (part.last) finished.push_back(part.model->name);
      }
      {
        const connection_pool::lease db{pool_};
        transaction writing{*db, transaction::kind::write};
        write_parts(*db, read_nodes(*db), revision_, parts);
        note_failures(*db, models);
        writing.commit();
      }
      for (const std::string& name : finished) {
        out_.labelled.push_back(name);
        if (options_.finished) options_.finished(name);
      }
      if (stopped) std::rethrow_exception(stopped);
    }
  }

  /// The responses of the models to the samples of a chunk. If the run is stopped, those at the nodes that
  /// were reached; `stopped` then holds the exception.
  [[nodiscard]] std::vector<label_part> run_models(const chunk& positions, std::span<pending> models,
                                                   std::exception_ptr& stopped) {
    std::vector<label_part> out;
    basic_model_labels<Codec> labels;
    std::vector<pending*> running;
    hub<Sample> some;
    const std::size_t samples = samples_in(positions);
    for (pending& each : models) {
      if (each.failed) {
        report(each.stored.name, samples);
        continue;
      }
      running.push_back(&each);
      some.add(each.stored.name, each.model);
    }
    if (running.empty()) return out;
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
      out_.failures.push_back({failed.stored.id, failed.stored.name, failure.message});
    }
    for (std::size_t i = 0; i < running.size(); ++i) {
      pending& each = *running[i];
      if (each.failed) continue;
      label_part part{&each.stored, {}, false, each.stored.latency};
      if (const auto* made = labels.find(model_id{i})) {
        part.data = chunks_of(*made, labels.samples(), nodes_, stopped != nullptr);
        each.samples_run += labels.samples().row_count();
        part.latency =
            1e-9 * static_cast<double>(*each.model.nanoseconds) / static_cast<double>(each.samples_run);
      }
      if (!stopped || !part.data.empty()) out.push_back(std::move(part));
    }
    return out;
  }

  void note_failures(database& db, std::span<pending> models) const {
    for (const pending& each : models) {
      if (!each.failed) continue;
      if (auto stored = find_model(db, each.stored.name); stored && stored->failure != each.stored.failure) {
        stored->failure = each.stored.failure;
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

  std::int64_t revision_ = 0;
  std::vector<placed_node> nodes_;
  std::map<std::vector<std::size_t>, std::vector<pending>> waiting_;
  std::size_t total_ = 0;
  std::size_t reported_ = 0;
  Result out_;
};

}  // namespace mll::detail
