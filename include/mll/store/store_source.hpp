// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/labels/label_parts.hpp"
#include "mll/store/detail/sqlite/connection_pool.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/detail/tables/selections.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/label_basis.hpp"
#include "mll/store/store_error.hpp"

namespace mll {

/// The labels of a store on some nodes, for hubs whose labels do not fit in memory: reads the statistics of
/// all heads at once, and responses on demand. Models `hub_source`: pass it to `mll::select`. Component
/// `mll::sqlite`.
///
/// @code
/// const mll::store_source source{store, graph, mll::nodes_of(match)};
/// const mll::selection chosen = mll::select(backend, source, match);  // reads what it needs
/// @endcode
///
/// Positions of nodes are those of `layout()`, which has the given nodes only. Models without a complete
/// label are left out.
///
/// Everything is from one state of the store: models that are added later are not visible, and once a writer
/// replaces or removes something, `read` throws. The store object may be destroyed meanwhile.
///
/// @tparam Codec `named_codec`: that of the store
template <named_codec Codec = log_odds_8bit>
class store_source {
 public:
  using codec_type = Codec;
  using value_type = typename Codec::value_type;

  /// Chooses the models to read among those with complete labels: true for each that is read.
  using model_filter = std::function<std::vector<bool>(std::span<const stored_model>)>;

  /// @param[in] graph an SDAG with the nodes of the store
  /// @param[in] nodes nodes with samples, in any order: those of the task
  /// @param[in] reads the models of this source, such as the share of a rank; empty: all
  /// Throws: `invalid_argument` if a node has no samples in the store or the graph lacks a node;
  /// `store_error`. Complexity: O(models + heads nodes).
  template <semantic_graph Graph>
  store_source(const basic_hub_store<Codec>& store, const semantic_dag<Graph>& graph,
               std::span<const node_id> nodes, const model_filter& reads = {})
      : pool_{store.connections()} {
    pool_->read([&](detail::database& db) {
      load(db, graph, nodes, reads);
      return true;
    });
  }

  /// The nodes and their samples.
  [[nodiscard]] const sample_layout& layout() const noexcept { return layout_; }
  /// Mean responses of all heads on these nodes.
  [[nodiscard]] const node_statistics& statistics() const noexcept { return *statistics_; }
  /// The models of the heads, by increasing id.
  [[nodiscard]] std::span<const stored_model> models() const noexcept { return models_; }

  /// The labels that the source reads, for a selection that is made from them.
  [[nodiscard]] const label_basis& basis() const noexcept { return *basis_; }

  // What a `hub_source` offers.
  [[nodiscard]] const sample_layout& samples() const noexcept { return layout_; }
  [[nodiscard]] const head_index& heads() const noexcept { return heads_; }
  [[nodiscard]] const std::string& model_name(std::size_t m) const { return models_[m].name; }
  [[nodiscard]] std::span<const std::string> head_names(std::size_t m) const { return models_[m].heads; }
  [[nodiscard]] const std::string& model_fingerprint(std::size_t m) const { return models_[m].fingerprint; }
  [[nodiscard]] float mean(std::size_t node, std::size_t position) const {
    return static_cast<float>(statistics_->row(node)[position]) / node_statistics::one;
  }
  /// Throws: `invalid_argument` if `out` has another size than there are heads.
  void read_means(std::size_t node, std::span<float> out) const {
    if (out.size() != head_count())
      throw invalid_argument{"out", std::to_string(head_count()) + " values", std::to_string(out.size())};
    for (std::size_t h = 0; h < out.size(); ++h) out[h] = mean(node, h);
  }

  [[nodiscard]] std::size_t head_count() const noexcept { return heads_.head_count(); }
  [[nodiscard]] head_id head(std::size_t position) const { return heads_.head(position); }
  [[nodiscard]] std::size_t sample_count(std::size_t node) const { return layout_.rows_at(node).count; }

  /// Throws: `invalid_argument` if a node has fewer samples than asked for, or `out` has another size;
  /// `store_error` naming model and node if data are damaged, with `store_errc::changed` if labels were
  /// replaced or removed since construction.
  void read(std::size_t position, std::span<const node_samples> which, std::span<value_type> out) const {
    const std::size_t expected = sample_total(which);
    if (out.size() != expected)
      throw invalid_argument{"out", std::to_string(expected) + " values", std::to_string(out.size())};
    const std::size_t m = heads_.model_of(position);
    const stored_model& model = models_[m];
    const std::size_t column = position - heads_.first(m);
    for (const node_samples& some : which) {
      if (const std::size_t count = sample_count(some.node); some.count > count) {
        throw invalid_argument{"which", "at most " + std::to_string(count) + " samples of the node",
                               std::to_string(some.count)};
      }
    }
    pool_->read([&](detail::database& db) {
      if (detail::meta_number(db, detail::epoch_key) != epoch_)
        throw store_error{db.file(), store_errc::changed,
                          "labels were replaced or removed since the source was opened"};
      std::size_t at = 0;
      for (const node_samples& some : which) {
        detail::read_responses(
            db, model, nodes_[some.node].row, sizeof(value_type), [&](std::span<const std::byte> bytes) {
              for (std::size_t i = 0; i < some.count; ++i) {
                std::memcpy(static_cast<void*>(&out[at++]),
                            bytes.data() + (i * model.heads.size() + column) * sizeof(value_type),
                            sizeof(value_type));
              }
            });
      }
      return true;
    });
  }

 private:
  template <semantic_graph Graph>
  void load(detail::database& db, const semantic_dag<Graph>& graph, std::span<const node_id> nodes,
            const model_filter& reads) {
    detail::catalog known = detail::read_catalog(db);
    epoch_ = known.epoch;
    basis_ = detail::basis_of(known);
    nodes_ = detail::only(detail::place(known.nodes, graph), nodes);
    layout_ = detail::layout_of(nodes_, graph.fingerprint());
    std::erase_if(known.models,
                  [](const stored_model& model) { return model.state != label_state::complete; });
    models_.clear();
    const std::vector<bool> is_read =
        reads ? reads(known.models) : std::vector<bool>(known.models.size(), true);
    for (std::size_t m = 0; m < known.models.size(); ++m) {
      if (is_read.at(m)) models_.push_back(std::move(known.models[m]));
    }
    heads_ = {};
    for (const stored_model& model : models_) heads_.add(model.id, model.heads.size());
    statistics_.emplace(nodes_.size(), heads_.head_count());
    for (std::size_t p = 0; p < nodes_.size(); ++p) {
      std::size_t first = 0;
      for (const stored_model& model : models_) {
        const auto mean = detail::read_means(db, model, nodes_[p].row);
        for (std::size_t h = 0; h < mean.size(); ++h) statistics_->set(p, first + h, mean[h]);
        first += mean.size();
      }
    }
  }

  std::shared_ptr<detail::connection_pool> pool_;
  std::int64_t epoch_ = 0;
  std::vector<detail::placed_node> nodes_;
  sample_layout layout_;
  std::vector<stored_model> models_;
  head_index heads_;
  std::optional<node_statistics> statistics_;
  std::optional<label_basis> basis_;
};

static_assert(hub_source<store_source<>>);

}  // namespace mll
