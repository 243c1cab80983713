// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// Reuse scores of single heads, from their excesses.
class sparse_scores {
 public:
  sparse_scores(const sparse_node_statistics& statistics, const class_evidence& nodes)
      : statistics_{&statistics}, classes_{nodes.size()}, of_node_(statistics.node_count()) {
    for (const auto& of_class : nodes) {
      for (const weighted_position& one : of_class) of_node_[one.node].end += one.weight != 0 ? 1 : 0;
    }
    std::uint32_t begin = 0;
    for (range& one : of_node_) {
      const std::uint32_t size = one.end;
      one = {begin, begin};
      begin += size;
    }
    class_weights_.resize(begin);
    for (std::size_t y = 0; y < nodes.size(); ++y) {
      for (const weighted_position& one : nodes[y]) {
        if (one.weight == 0) continue;
        class_weights_[of_node_[one.node].end++] = {static_cast<std::uint32_t>(y),
                                                    static_cast<float>(one.weight)};
      }
    }
  }

  /// The score of a head for a class; `scratch` avoids an allocation. Bitwise equal to the dense pass: sums
  /// are over the classes in order, and the omitted terms are 0.
  [[nodiscard]] float operator()(std::size_t head, std::size_t y,
                                 std::vector<std::pair<std::uint32_t, float>>& scratch) const {
    scratch.clear();
    for (const node_excess& here : statistics_->of_head(head)) {
      const range at = of_node_[here.node];
      for (std::uint32_t i = at.begin; i < at.end; ++i) {
        const auto [of_class, weight] = class_weights_[i];
        const float part = weight * static_cast<float>(here.excess);
        const auto known = std::find_if(scratch.rbegin(), scratch.rend(),
                                        [&, c = of_class](const auto& entry) { return entry.first == c; });
        if (known == scratch.rend()) {
          scratch.emplace_back(of_class, part);
        } else {
          known->second += part;
        }
      }
    }
    if (scratch.size() > 1) std::sort(scratch.begin(), scratch.end());
    float own = 0;
    float total = 0;
    float best = 0;
    float second = 0;
    for (const auto& [of_class, mean] : scratch) {
      if (of_class == y) own = mean;
      total += mean;
      second = std::max(second, std::min(mean, best));
      best = std::max(best, mean);
    }
    const float rival = own == best ? second : best;
    return unit * (own - 0.5F * (rival + (total - own) / static_cast<float>(classes_ - 1)));
  }

  /// Whether a head has no excess at any node of the task: its score is 0 for every class.
  [[nodiscard]] bool is_silent(std::size_t head) const {
    const auto excesses = statistics_->of_head(head);
    return std::all_of(excesses.begin(), excesses.end(), [&](const node_excess& here) {
      return of_node_[here.node].begin == of_node_[here.node].end;
    });
  }

  static constexpr float unit = 1 / (256 * node_statistics::one);

 private:
  struct range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  const sparse_node_statistics* statistics_;
  std::size_t classes_;
  std::vector<range> of_node_;
  std::vector<std::pair<std::uint32_t, float>> class_weights_;  // (class, weight), node by node
};

/// Set of visited heads: a hash table with open addressing, since a bitmap of all heads would not fit the
/// cache.
class seen_heads {
 public:
  explicit seen_heads(std::size_t expected) {
    std::size_t slot_count = 64;
    while (slot_count < 4 * expected) slot_count *= 2;
    slots_.assign(slot_count, free);
  }

  /// Inserts a head; returns whether it was new.
  bool insert(std::uint32_t head) {
    if (2 * ++count_ > slots_.size()) grow();
    const bool is_new = place(head);
    if (!is_new) --count_;
    return is_new;
  }

 private:
  static constexpr std::uint32_t free = static_cast<std::uint32_t>(-1);

  bool place(std::uint32_t head) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = (head * 0x9E3779B1U >> 7U) & mask;; i = (i + 1) & mask) {
      if (slots_[i] == head) return false;
      if (slots_[i] != free) continue;
      slots_[i] = head;
      return true;
    }
  }
  void grow() {
    std::vector<std::uint32_t> before(2 * slots_.size(), free);
    before.swap(slots_);
    for (const std::uint32_t head : before) {
      if (head != free) place(head);
    }
  }

  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
};

/// The best heads for one class by the threshold algorithm (Fagin, Lotem and Naor 2003): visits the heads of
/// its nodes by decreasing excess, until no unvisited head can beat the worst kept one. The score of a head
/// is at most its mean for the class, and the mean of an unvisited head is at most the weighted sum of the
/// next excesses of the nodes.
class sparse_search {
 public:
  sparse_search(const sparse_node_statistics& statistics, std::span<const weighted_position> nodes,
                std::size_t y, std::size_t max_heads, const sparse_scores& scores)
      : statistics_{&statistics}, nodes_{nodes}, y_{y}, max_heads_{max_heads}, scores_{&scores} {
    for (const weighted_position& node : nodes) {
      if (node.weight != 0)
        coming_.push_back({statistics.at_node(node.node), static_cast<float>(node.weight)});
    }
  }

  [[nodiscard]] std::vector<screened_head> run() {
    best_heads kept{max_heads_};
    seen_heads seen{std::min(2 * max_heads_, statistics_->head_count())};
    std::vector<std::pair<std::uint32_t, float>> scratch;
    std::size_t positive = 0;  // number of heads with a score above 0
    std::size_t new_until_check = max_heads_;
    std::array<std::uint32_t, together> heads;
    for (list* at = highest(); at != nullptr; at = highest()) {
      // Excesses of consecutive heads lie far apart in memory: prefetch several at a time.
      const std::size_t count = std::min(together, at->heads.size());
      std::size_t found = 0;
      for (const head_excess& coming : at->heads.first(count)) {
        if (!seen.insert(coming.head)) continue;
        statistics_->prefetch(coming.head);
        heads[found++] = coming.head;
      }
      at->heads = at->heads.subspan(count);
      for (std::size_t i = 0; i < found; ++i) {
        const float score = (*scores_)(heads[i], y_, scratch);
        positive += score > 0 ? 1 : 0;
        if (score >= kept.floor()) kept.offer({heads[i], score});
      }
      new_until_check -= std::min(found, new_until_check);
      if (new_until_check == 0) {
        kept.cut();
        if (kept.floor() > bound()) return kept.take();
        new_until_check = 1 + max_heads_ / 8;
      }
    }
    if (positive < max_heads_) offer_rest(positive, kept, scratch);
    return kept.take();
  }

 private:
  static constexpr std::size_t together = 8;

  // The unvisited heads of a node.
  struct list {
    std::span<const head_excess> heads;
    float weight;

    // Upper bound of what an unvisited head adds to the mean of the class.
    [[nodiscard]] float part() const {
      return heads.empty() ? 0.0F : weight * static_cast<float>(heads.front().excess);
    }
  };

  // The list with the greatest next contribution; null if all are exhausted.
  [[nodiscard]] list* highest() {
    list* best = nullptr;
    for (list& one : coming_) {
      if (!one.heads.empty() && (best == nullptr || one.part() > best->part())) best = &one;
    }
    return best;
  }
  [[nodiscard]] float bound() const {
    float sum = 0;
    for (const list& one : coming_) sum += one.part();
    return sum * sparse_scores::unit;
  }

  // Too few heads with a positive score: fill up with heads without excess at the task (score 0), then with
  // all others.
  void offer_rest(std::size_t positive, best_heads& kept,
                  std::vector<std::pair<std::uint32_t, float>>& scratch) const {
    const std::size_t heads = statistics_->head_count();
    std::size_t silent = 0;
    for (std::size_t h = 0; h < heads && positive + silent < max_heads_; ++h) {
      if (!scores_->is_silent(h)) continue;
      kept.offer({static_cast<std::uint32_t>(h), 0.0F});
      ++silent;
    }
    if (positive + silent >= max_heads_) return;
    for (std::size_t h = 0; h < heads; ++h) {
      const bool was_seen = std::any_of(nodes_.begin(), nodes_.end(), [&](const weighted_position& node) {
        return node.weight != 0 && rises_at(h, node.node);
      });
      if (was_seen || scores_->is_silent(h)) continue;
      kept.offer({static_cast<std::uint32_t>(h), (*scores_)(h, y_, scratch)});
    }
  }

  [[nodiscard]] bool rises_at(std::size_t head, std::uint32_t node) const {
    const auto excesses = statistics_->of_head(head);
    return std::any_of(excesses.begin(), excesses.end(),
                       [&](const node_excess& here) { return here.node == node; });
  }

  const sparse_node_statistics* statistics_;
  std::span<const weighted_position> nodes_;
  std::size_t y_;
  std::size_t max_heads_;
  const sparse_scores* scores_;
  std::vector<list> coming_;
};

}  // namespace mll::detail
