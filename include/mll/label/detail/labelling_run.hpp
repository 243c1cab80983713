// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/detail/labelling_job.hpp"
#include "mll/label/detail/relayout.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/model/detail/batch_memo.hpp"
#include "mll/model/hub.hpp"

namespace mll::detail {

/// The layout of representation data. Throws: `invalid_argument` if the data know that they belong to another
/// graph (`samples.graph()`), a node is not in the graph, nodes do not increase, or there are no samples.
template <representation R>
[[nodiscard]] sample_layout layout_of(const R& samples, const semantic_nodes& graph) {
  if constexpr (requires { std::uint64_t{samples.graph()}; }) {
    if (samples.graph() != 0 && samples.graph() != graph.fingerprint())
      throw invalid_argument{"samples", "samples of nodes of this graph", "samples of another graph"};
  }
  std::vector<node_id> nodes;
  std::vector<std::size_t> counts;
  const auto& listed = samples.nodes();  // may be a container by value: extends its lifetime
  const std::span<const node_id> ids = listed;
  for (const node_id v : ids) {
    if (!(v.index() < graph.size())) {
      throw invalid_argument{"samples", "nodes of the graph, below " + std::to_string(graph.size()),
                             v.valid() ? "node " + std::to_string(v.value()) : "an invalid node id"};
    }
    const std::size_t count = samples.sample_count(v);
    if (count == 0) continue;
    nodes.push_back(v);
    counts.push_back(count);
  }
  if (nodes.empty()) throw invalid_argument{"samples", "at least one sample", "none"};
  return sample_layout{std::move(nodes), counts, graph.fingerprint()};
}

/// One call of `update_labels`.
///
/// Two passes over disjoint samples, so that each sample is read at most once: the first runs the new models
/// on the samples that the other models already have, the second runs all models on the remaining samples.
/// After each batch of the second pass all models have the same samples, so that the run can stop there.
template <class Sample, representation R, response_codec Codec>
class labelling_run {
 public:
  labelling_run(exec::backend_ref backend, const hub<Sample>& models, const R& samples,
                const semantic_nodes& graph, const label_options& options)
      : backend_{backend},
        hub_{models},
        samples_{samples},
        graph_{graph},
        options_{options},
        batch_size_{bounded_batch_size(options, samples)} {
    if (options.batch_size == 0) throw invalid_argument{"batch_size", "at least 1", "0"};
    if (models.empty()) throw invalid_argument{"hub", "at least one model", "none"};
    target_ = layout_of(samples, graph);
    for (std::size_t p = 0; p < target_.nodes().size(); ++p) wanted_.push_back(target_.rows_at(p).count);
  }

  void update(basic_model_labels<Codec>& labels) {
    labels.samples().require_graph("labels", graph_);
    known_ = rows_known_to(labels.samples());
    std::vector<std::size_t> first_pass(wanted_.size(), 0);
    take_over(labels);
    std::vector<job*> newcomers;
    std::vector<job*> all;
    for (job& each : jobs_) {
      all.push_back(&each);
      if (each.is_new()) newcomers.push_back(&each);
    }
    total_ = newcomers.size() * batches_between(first_pass, known_) +
             all.size() * batches_between(known_, wanted_);
    bool caught_up = false;
    try {
      if (stop_at_failures() && !failures_.empty()) throw model_error{failures_.front().name, first_reason_};
      if (!newcomers.empty()) pass(newcomers, first_pass, known_);
      caught_up = true;
      pass(all, known_, wanted_);
    } catch (...) {
      hand_over(labels, caught_up);
      throw;
    }
    hand_over(labels, true);
  }

 private:
  using job = labelling_job<Sample, Codec>;
  using batch_type = sample_batch<Sample>;

  /// Rows per node of the target that labels on a layout have. 0 for a node that lost samples, because they
  /// cannot be subtracted from its mean.
  [[nodiscard]] std::vector<std::size_t> rows_known_to(const sample_layout& before) const {
    std::vector<std::size_t> known;
    for (std::size_t p = 0; p < wanted_.size(); ++p) {
      const std::size_t count = before.rows(target_.nodes()[p]).count;
      known.push_back(count <= wanted_[p] ? count : 0);
    }
    return known;
  }

  /// Creates a job per model of the hub; moves its label there.
  void take_over(basic_model_labels<Codec>& labels) {
    const sample_layout before = labels.samples();
    std::vector<basic_model_label<Codec>> old = labels.release();
    jobs_.reserve(hub_.size());
    for (const model_id id : hub_.ids()) {
      const any_classifier<Sample>& model = hub_.model(id);
      std::vector<std::string> heads;
      std::string failure;
      try {
        const std::size_t count = model.head_count();
        for (std::size_t h = 0; h < count; ++h) heads.push_back(model.head_name(h));
        if (count == 0) failure = "expected at least one head, found none";
      } catch (const std::exception& thrown) {
        failure = std::string{"asking for its heads: "} + thrown.what();
      } catch (...) {
        failure = "asking for its heads: an exception that is not a std::exception";
      }
      if (!failure.empty()) {
        if (failures_.empty()) first_reason_ = failure;
        failures_.push_back({id, hub_.name(id), model_error{hub_.name(id), failure}.what()});
        continue;
      }
      const auto found = std::find_if(old.begin(), old.end(), [&](const auto& l) { return l.model == id; });
      const std::string& fingerprint = hub_.fingerprint(id);
      const auto is_same = [&](const basic_model_label<Codec>& label) {
        return label.heads == heads &&
               (label.fingerprint == fingerprint || label.fingerprint.empty() || fingerprint.empty());
      };
      if (found != old.end() && is_same(*found)) {
        found->name = hub_.name(id);
        jobs_.emplace_back(model, before == target_ ? std::move(*found) : relayout(*found, before, target_),
                           false);
        *found = {};  // frees memory before the next copy
      } else {
        jobs_.emplace_back(model, blank_label<Codec>(id, hub_.name(id), std::move(heads), target_), true);
      }
      if (!fingerprint.empty()) jobs_.back().label().fingerprint = fingerprint;
    }
  }

  /// Moves the labels back, on the samples that all jobs have.
  void hand_over(basic_model_labels<Codec>& labels, bool with_newcomers) {
    const bool complete = known_ == wanted_;
    const sample_layout reached = complete ? target_ : shortened(target_, known_);
    labels = basic_model_labels<Codec>{reached};
    for (job& each : jobs_) {
      if (each.failed()) {
        failures_.push_back(
            {each.label().model, each.label().name, model_error{each.label().name, each.failure()}.what()});
      } else if (with_newcomers || !each.is_new()) {
        labels.insert(complete ? std::move(each.label()) : relayout(each.label(), target_, reached));
      }
    }
    std::sort(failures_.begin(), failures_.end(),
              [](const auto& a, const auto& b) { return a.model < b.model; });
    labels.set_failures(std::move(failures_));
  }

  [[nodiscard]] std::size_t batches_between(std::span<const std::size_t> from,
                                            std::span<const std::size_t> to) const {
    const std::size_t rows = std::accumulate(to.begin(), to.end(), std::size_t{0}) -
                             std::accumulate(from.begin(), from.end(), std::size_t{0});
    return rows / batch_size_ + (rows % batch_size_ != 0 ? 1 : 0);
  }

  /// Runs jobs on samples [done[p], until[p]) of each node; updates `done` after each batch.
  void pass(std::span<job* const> jobs, std::vector<std::size_t>& done, std::span<const std::size_t> until) {
    batch_type batch;
    std::vector<std::size_t> next = done;
    for (std::size_t position = 0; position < next.size();) {
      while (position < next.size() && batch.places.size() < batch_size_) {
        if (next[position] == until[position]) {
          ++position;
          continue;
        }
        batch.places.push_back({position, next[position]++});
      }
      if (batch.places.empty()) break;
      read(batch);
      batch.number = ++batch_number_;
      process(jobs, batch);
      done = next;
      batch.samples.clear();
      batch.places.clear();
    }
  }

  /// Reads the samples of the places of a batch.
  void read(batch_type& batch) {
    const auto sample_at = [&](std::size_t i) {
      if (options_.stop.stop_requested()) stopped();
      const auto [position, index] = batch.places[i];
      // sample() may return a proxy of sample_type.
      return static_cast<typename R::sample_type>(samples_.sample(target_.nodes()[position], index));
    };
    if constexpr (has_concurrent_samples<R> && std::default_initializable<Sample>) {
      batch.samples.resize(batch.places.size());
      exec::for_each_index(backend_, batch.places.size(),
                           [&](std::size_t i) { batch.samples[i] = sample_at(i); });
    } else {
      for (std::size_t i = 0; i < batch.places.size(); ++i) batch.samples.push_back(sample_at(i));
    }
  }

  void process(std::span<job* const> jobs, const batch_type& batch) {
    std::atomic<bool> skipped = false;
    const auto describe = [&](const typename batch_type::place& place) {
      return "sample " + std::to_string(place.index) + " of node '" +
             graph_[target_.nodes()[place.position]].id + "'";
    };
    // What a single model makes serves no other.
    const std::size_t memo_bytes =
        jobs.size() > 1 ? std::min(batch_memo::default_bytes, options_.batch_bytes / 2) : 0;
    batch_memo memo{std::span<const Sample>{batch.samples}, memo_bytes};
    exec::for_each_index(backend_, jobs.size(), [&](std::size_t i) {
      const batch_memo::use shared{memo};
      job& each = *jobs[i];
      if (options_.stop.stop_requested()) {
        skipped = true;
        return;
      }
      if (!each.failed()) each.run(batch, describe);
      notify(each.label().name);
    });
    if (stop_at_failures()) {
      for (const job* each : jobs) {
        if (each->failed()) throw model_error{each->label().name, each->failure()};
      }
    }
    if (skipped) stopped();
    exec::for_each_index(backend_, jobs.size(), [&](std::size_t i) {
      if (!jobs[i]->failed()) jobs[i]->store(batch, target_);
    });
  }

  [[nodiscard]] bool stop_at_failures() const { return options_.on_failure == label_failure_policy::stop; }

  void notify(const std::string& model) {
    if (!options_.observer) return;
    const std::scoped_lock lock{observer_guard_};
    options_.observer({"labelling", model, ++reported_, total_});
  }

  [[noreturn]] void stopped() const {
    throw cancelled{"labelling: stopped after " + std::to_string(reported_) + " of " +
                    std::to_string(total_) + " steps"};
  }

  exec::backend_ref backend_;
  const hub<Sample>& hub_;
  const R& samples_;
  const semantic_nodes& graph_;
  const label_options& options_;
  std::size_t batch_size_;

  sample_layout target_;
  std::vector<std::size_t> wanted_;  // rows of each node of the target
  std::vector<std::size_t> known_;   // rows of it that the labels cover so far
  std::vector<job> jobs_;            // in increasing model id
  std::vector<label_failure> failures_;
  std::string first_reason_;  // of the first failure before any batch
  std::size_t batch_number_ = 0;
  std::size_t total_ = 0;
  std::size_t reported_ = 0;
  std::mutex observer_guard_;
};

}  // namespace mll::detail
