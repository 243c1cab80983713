// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/detail/gathered.hpp"
#include "mll/dist/detail/model_names.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/evidence/detail/evidence_source.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"

namespace mll::dist::detail {

/// A hub whose labels lie in shares, one per rank, as a source of evidence: knows all heads, and the labels
/// that were gathered. Heads are numbered by increasing model id, as in the undivided hub.
///
/// Functions that gather are collective. What was gathered stays; other labels cannot be read.
template <class = void>  // compiled where it is used
class rank_hub final : public mll::detail::evidence_source {
 public:
  /// Gathers the ids and widths of the models of all shares; collective.
  /// @param[in] share    models of this rank
  /// @param[in] decoded  log-odds of the 256 codes of `log_odds_8bit`; empty: another codec
  /// @param[in] is_named whether the names of all models and heads are gathered, too
  /// Throws: `invalid_argument` if a model is in two shares, or shares are on different samples or of
  /// different codecs.
  rank_hub(communicator_ref comm, std::shared_ptr<const mll::detail::evidence_source> share,
           std::vector<float> decoded, bool is_named)
      : comm_{comm}, share_{std::move(share)}, decoded_{std::move(decoded)} {
    const head_index& own = share_->heads();
    gathered all{comm, [&](piece_writer& out) {
                   out.put(share_->samples().fingerprint());
                   out.put(static_cast<std::uint8_t>(is_coded()));
                   out.put(static_cast<std::uint32_t>(own.model_count()));
                   for (std::size_t m = 0; m < own.model_count(); ++m) {
                     out.put(own.model(m).value());
                     out.put(static_cast<std::uint32_t>(own.width(m)));
                     if (is_named) put(names_in_share(m), out);
                   }
                 }};
    struct entry {
      model_id model;
      place at;
      std::uint32_t width;
      model_names names;
    };
    std::vector<entry> models;
    for (std::size_t rank = 0; rank < comm.size(); ++rank) {
      piece_reader& from = all[rank];
      if (from.template get<std::uint64_t>() != share_->samples().fingerprint()) {
        throw invalid_argument{"shard", "labels on the samples of this rank",
                               "labels on other samples at rank " + std::to_string(rank)};
      }
      if ((from.template get<std::uint8_t>() != 0) != is_coded())
        throw invalid_argument{"shard", "one codec on all ranks",
                               "another one at rank " + std::to_string(rank)};
      std::uint32_t first = 0;
      for (auto left = from.template get<std::uint32_t>(); left != 0; --left) {
        const auto id = from.template get<std::uint32_t>();
        const auto width = from.template get<std::uint32_t>();
        models.push_back({model_id{id}, {static_cast<std::uint32_t>(rank), first}, width, {}});
        if (is_named) models.back().names = get_names(from);
        first += width;
      }
    }
    all.finish();
    std::stable_sort(models.begin(), models.end(),
                     [](const entry& a, const entry& b) { return a.model < b.model; });
    for (std::size_t m = 0; m < models.size(); ++m) {
      if (m != 0 && models[m].model == models[m - 1].model) {
        throw invalid_argument{"shard", "each model in one share",
                               "model " + std::to_string(models[m].model.value()) + " at ranks " +
                                   std::to_string(models[m - 1].at.rank) + " and " +
                                   std::to_string(models[m].at.rank)};
      }
      heads_.add(models[m].model, models[m].width);
      owner_.push_back(models[m].at);
      if (models[m].at.rank == comm.rank()) mine_.push_back(m);
      if (is_named) described_.emplace(m, std::move(models[m].names));
    }
    watched_at_.assign(share_->samples().nodes().size(), not_watched);
  }

  [[nodiscard]] const std::shared_ptr<const mll::detail::evidence_source>& share() const noexcept {
    return share_;
  }
  [[nodiscard]] communicator_ref comm() const noexcept { return comm_; }
  [[nodiscard]] std::size_t owner(std::size_t position) const {
    return owner_[heads_.model_of(position)].rank;
  }
  [[nodiscard]] bool is_mine(std::size_t position) const { return owner(position) == comm_.rank(); }
  /// Position of a head in the share of its owner.
  [[nodiscard]] std::uint32_t in_share(std::size_t position) const {
    const std::size_t m = heads_.model_of(position);
    return static_cast<std::uint32_t>(owner_[m].first + position - heads_.first(m));
  }
  /// Position in the hub of a head of this rank's share; increasing.
  [[nodiscard]] std::uint32_t in_hub(std::size_t position) const {
    const std::size_t m = share_->heads().model_of(position);
    return static_cast<std::uint32_t>(heads_.first(mine_[m]) + position - share_->heads().first(m));
  }

  /// Which samples are gathered from now on; forgets what was gathered before.
  /// @param[in] samples the first ones of some nodes; of a node that comes twice, the greater count
  void watch(std::span<const node_samples> samples) {
    watched_.clear();
    rows_.clear();
    means_.clear();
    std::fill(watched_at_.begin(), watched_at_.end(), not_watched);
    for (const node_samples& some : samples) {
      std::uint32_t& at = watched_at_[some.node];
      if (at == not_watched) {
        at = static_cast<std::uint32_t>(watched_.size());
        watched_.push_back(some);
      }
      watched_[at].count = std::max(watched_[at].count, some.count);
    }
    first_.assign(1, 0);
    for (const node_samples& some : watched_) first_.push_back(first_.back() + some.count);
  }
  /// Bytes of the gathered responses of a head.
  [[nodiscard]] std::size_t row_bytes() const noexcept { return first_.back() * value_size(); }
  /// Bytes of the responses and means of all heads.
  [[nodiscard]] std::size_t bytes_of_all() const {
    return heads_.head_count() * (row_bytes() + sizeof(float) * watched_.size());
  }

  /// Gathers the responses of heads that are not known yet; collective.
  /// @param[in] positions in any order; those behind the heads of the hub are left out
  void gather_rows(exec::backend_ref backend, std::vector<std::uint32_t> positions) {
    keep_new(rows_, positions);
    std::vector<std::uint32_t> own;
    for (const std::uint32_t p : positions) {
      if (is_mine(p)) own.push_back(p);
    }
    gathered all{comm_, [&](piece_writer& out) {
                   const std::size_t begin = out.reserve(own.size() * row_bytes());
                   exec::for_each_index(backend, own.size(), [&](std::size_t i) {
                     read_row(in_share(own[i]),
                              std::span{out.bytes}.subspan(begin + i * row_bytes(), row_bytes()));
                   });
                 }};
    for (const std::uint32_t p : positions) {
      const auto row = all[owner(p)].take(row_bytes());
      rows_.emplace(p, std::vector<std::byte>(row.begin(), row.end()));
    }
    all.finish();
  }

  /// Gathers the means of heads, and the names of their models, that are not known yet; collective.
  /// @param[in] positions as above
  void describe(std::vector<std::uint32_t> positions) {
    keep_new(means_, positions);
    std::vector<std::size_t> models;
    for (const std::uint32_t p : positions) {
      const std::size_t m = heads_.model_of(p);
      if ((models.empty() || models.back() != m) && !described_.contains(m)) models.push_back(m);
    }
    gathered all{comm_, [&](piece_writer& out) {
                   for (const std::size_t m : models) {
                     if (owner_[m].rank == comm_.rank())
                       put(names_in_share(share_->heads().model_of(owner_[m].first)), out);
                   }
                   for (const std::uint32_t p : positions) {
                     if (!is_mine(p)) continue;
                     for (const node_samples& some : watched_) out.put(share_->mean(some.node, in_share(p)));
                   }
                 }};
    for (const std::size_t m : models) described_.emplace(m, get_names(all[owner_[m].rank]));
    for (const std::uint32_t p : positions) {
      std::vector<float>& to = means_[p];
      for (std::size_t i = 0; i < watched_.size(); ++i) to.push_back(all[owner(p)].template get<float>());
    }
    all.finish();
  }

  const sample_layout& samples() const override { return share_->samples(); }
  const head_index& heads() const override { return heads_; }
  std::string model_name(std::size_t m) const override { return known(described_, m).name; }
  std::string model_fingerprint(std::size_t m) const override { return known(described_, m).fingerprint; }
  std::vector<std::string> head_names(std::size_t m) const override { return known(described_, m).heads; }
  std::string head_name(std::size_t position) const override {
    const std::size_t m = heads_.model_of(position);
    return known(described_, m).heads[position - heads_.first(m)];
  }
  float mean(std::size_t node, std::size_t position) const override {
    return known(means_, static_cast<std::uint32_t>(position))[place_of(node)];
  }
  void read_means(std::size_t node, std::span<float> out) const override {
    for (std::size_t h = 0; h < out.size(); ++h) out[h] = mean(node, h);
  }
  void read_codes(std::size_t position, std::span<const node_samples> which,
                  std::span<std::uint8_t> out) const override {
    read(position, which, [&](std::size_t i, const std::byte* value) {
      out[i] = is_coded() ? static_cast<std::uint8_t>(*value) : mll::detail::code_of(number(value));
    });
  }
  void read_log_odds(std::size_t position, std::span<const node_samples> which,
                     std::span<float> out) const override {
    read(position, which, [&](std::size_t i, const std::byte* value) {
      out[i] = is_coded() ? decoded_[static_cast<std::uint8_t>(*value)] : number(value);
    });
  }

 private:
  static constexpr auto not_watched = static_cast<std::uint32_t>(-1);

  struct place {
    std::uint32_t rank;
    std::uint32_t first;  // position in the share of that rank
  };

  [[nodiscard]] model_names names_in_share(std::size_t m) const {
    return {share_->model_name(m), share_->model_fingerprint(m), share_->head_names(m)};
  }

  // Sorts positions of the hub that a table lacks.
  template <class Table>
  void keep_new(const Table& table, std::vector<std::uint32_t>& positions) const {
    std::erase_if(positions, [&](std::uint32_t p) { return p >= heads_.head_count() || table.contains(p); });
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  }
  template <class Table, class Key>
  [[nodiscard]] static const typename Table::mapped_type& known(const Table& table, Key key) {
    const auto found = table.find(key);
    if (found == table.end())
      throw error{"rank_hub: expected labels that were gathered, found others (" + std::to_string(key) + ")"};
    return found->second;
  }
  [[nodiscard]] std::size_t place_of(std::size_t node) const {
    if (watched_at_[node] == not_watched)
      throw error{"rank_hub: expected a node of the task, found node " + std::to_string(node)};
    return watched_at_[node];
  }

  [[nodiscard]] bool is_coded() const noexcept { return !decoded_.empty(); }
  [[nodiscard]] std::size_t value_size() const noexcept { return is_coded() ? 1 : sizeof(float); }
  [[nodiscard]] static float number(const std::byte* value) {
    float out;
    std::memcpy(&out, value, sizeof out);
    return out;
  }
  void read_row(std::uint32_t of_share, std::span<std::byte> out) const {
    if (is_coded()) {
      std::vector<std::uint8_t> codes(out.size());
      share_->read_codes(of_share, watched_, codes);
      std::memcpy(out.data(), codes.data(), codes.size());
    } else {
      std::vector<float> values(out.size() / sizeof(float));
      share_->read_log_odds(of_share, watched_, values);
      std::memcpy(out.data(), values.data(), out.size());
    }
  }
  // Calls take(index, value) for the responses of a head to some samples.
  template <class Take>
  void read(std::size_t position, std::span<const node_samples> which, const Take& take) const {
    const std::vector<std::byte>& row = known(rows_, static_cast<std::uint32_t>(position));
    std::size_t at = 0;
    for (const node_samples& some : which) {
      const std::size_t v = place_of(some.node);
      if (some.count > watched_[v].count) {
        throw invalid_argument{"which",
                               "at most " + std::to_string(watched_[v].count) + " samples of the node",
                               std::to_string(some.count)};
      }
      const std::byte* value = row.data() + first_[v] * value_size();
      for (std::uint32_t i = 0; i < some.count; ++i, value += value_size()) take(at++, value);
    }
  }

  communicator_ref comm_;
  std::shared_ptr<const mll::detail::evidence_source> share_;
  std::vector<float> decoded_;
  head_index heads_;
  std::vector<place> owner_;       // per model of the hub
  std::vector<std::size_t> mine_;  // model of the hub, per model of the share
  std::vector<node_samples> watched_;
  std::vector<std::uint32_t> watched_at_;  // per node of the layout: its place in `watched_`
  std::vector<std::size_t> first_ = {0};   // first sample of each watched node
  std::unordered_map<std::uint32_t, std::vector<std::byte>> rows_;
  std::unordered_map<std::uint32_t, std::vector<float>> means_;
  std::unordered_map<std::size_t, model_names> described_;
};

}  // namespace mll::dist::detail
