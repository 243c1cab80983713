// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/sparse_node_statistics.hpp"
#include "mll/select/class_sources.hpp"
#include "mll/select/detail/best_heads.hpp"

namespace mll {

namespace detail {

/// Reuse scores of single heads, from where they rise.
class sparse_scores {
 public:
  sparse_scores(const sparse_node_statistics& statistics, const class_sources& sources)
      : statistics_{&statistics}, classes_{sources.size()}, first_of_node_(statistics.node_count() + 1, 0) {
    for (const auto& of_class : sources) {
      for (const class_source& source : of_class) ++first_of_node_[source.node + 1];
    }
    for (std::size_t v = 0; v + 1 < first_of_node_.size(); ++v) first_of_node_[v + 1] += first_of_node_[v];
    spoken_for_.resize(first_of_node_.back());
    std::vector<std::uint32_t> at{first_of_node_.begin(), first_of_node_.end() - 1};
    for (std::size_t y = 0; y < sources.size(); ++y) {
      for (const class_source& source : sources[y])
        spoken_for_[at[source.node]++] = {static_cast<std::uint32_t>(y), static_cast<float>(source.weight)};
    }
  }

  /// The score of a head for a class; `scratch` only saves an allocation. The same bits as by the dense pass:
  /// sums are over the classes in order, and those left out are zeros.
  [[nodiscard]] float operator()(std::size_t head, std::size_t y,
                                 std::vector<std::pair<std::uint32_t, float>>& scratch) const {
    scratch.clear();
    for (const node_rise& here : statistics_->of_head(head)) {
      for (std::uint32_t i = first_of_node_[here.node]; i < first_of_node_[here.node + 1]; ++i) {
        const auto [of_class, weight] = spoken_for_[i];
        const float part = weight * static_cast<float>(here.rise);
        const auto known = std::find_if(scratch.begin(), scratch.end(),
                                        [&](const auto& entry) { return entry.first == of_class; });
        if (known == scratch.end()) {
          scratch.emplace_back(of_class, part);
        } else {
          known->second += part;
        }
      }
    }
    std::sort(scratch.begin(), scratch.end());
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

  /// Whether a head rises at no node of the task: its score is 0 for every class.
  [[nodiscard]] bool is_silent(std::size_t head) const {
    const auto rises = statistics_->of_head(head);
    return std::all_of(rises.begin(), rises.end(), [&](const node_rise& here) {
      return first_of_node_[here.node] == first_of_node_[here.node + 1];
    });
  }

  static constexpr float unit = 1 / (256 * node_statistics::one);

 private:
  const sparse_node_statistics* statistics_;
  std::size_t classes_;
  std::vector<std::uint32_t> first_of_node_;
  std::vector<std::pair<std::uint32_t, float>> spoken_for_;  // class and weight, node by node
};

/// The best heads for one class: its nodes' heads are looked at from the highest rise downwards, until no
/// head that was not seen can be better than the worst of those kept (Fagin, Lotem and Naor 2003, the
/// threshold algorithm). A head's score is never above its mean for the class, and its mean never above that
/// of the heads still to come at each node.
class sparse_search {
 public:
  sparse_search(const sparse_node_statistics& statistics, std::span<const class_source> nodes, std::size_t y,
                std::size_t keep, const sparse_scores& scores)
      : statistics_{&statistics}, nodes_{nodes}, y_{y}, keep_{keep}, scores_{&scores} {}

  [[nodiscard]] std::vector<screened_head> run() const {
    best_heads kept{keep_};
    std::vector<std::pair<std::uint32_t, float>> scratch;
    std::vector<std::size_t> next(nodes_.size(), 0);
    std::size_t positive = 0;  // heads with a score above 0
    std::size_t until_check = keep_;
    for (;;) {
      const std::size_t at = highest(next);
      if (at == nodes_.size()) break;
      const std::uint32_t head = statistics_->at_node(nodes_[at].node)[next[at]++].head;
      if (was_seen(head, at, next)) continue;
      const float score = (*scores_)(head, y_, scratch);
      positive += score > 0 ? 1 : 0;
      if (score >= kept.floor()) kept.offer({head, score});
      if (--until_check == 0) {
        kept.cut();
        if (kept.floor() > bound(next)) return kept.take();
        until_check = 1 + keep_ / 8;
      }
    }
    if (positive < keep_) offer_rest(positive, kept, scratch);
    return kept.take();
  }

 private:
  // The node whose next head rises highest; none if all lists are through.
  [[nodiscard]] std::size_t highest(const std::vector<std::size_t>& next) const {
    std::size_t best = nodes_.size();
    float most = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const float part = part_of(i, next);
      if (part > most) {
        most = part;
        best = i;
      }
    }
    return best;
  }
  [[nodiscard]] float bound(const std::vector<std::size_t>& next) const {
    float sum = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) sum += part_of(i, next);
    return sum * sparse_scores::unit;
  }
  [[nodiscard]] float part_of(std::size_t i, const std::vector<std::size_t>& next) const {
    const auto heads = statistics_->at_node(nodes_[i].node);
    return next[i] == heads.size()
               ? 0.0F
               : static_cast<float>(nodes_[i].weight) * static_cast<float>(heads[next[i]].rise);
  }

  // Whether a head that came up at one node had come up at another before: the lists are sorted, so that it
  // tells from where they have got to.
  [[nodiscard]] bool was_seen(std::uint32_t head, std::size_t at,
                              const std::vector<std::size_t>& next) const {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (i == at) continue;
      const auto rise = rise_of(head, nodes_[i].node);
      if (rise == 0) continue;
      const auto heads = statistics_->at_node(nodes_[i].node);
      if (next[i] == heads.size()) return true;
      const head_rise& coming = heads[next[i]];
      if (rise > coming.rise || (rise == coming.rise && head < coming.head)) return true;
    }
    return false;
  }
  [[nodiscard]] node_statistics::value_type rise_of(std::size_t head, std::uint32_t node) const {
    const auto rises = statistics_->of_head(head);
    const auto found = std::lower_bound(rises.begin(), rises.end(), node,
                                        [](const node_rise& here, std::uint32_t v) { return here.node < v; });
    return found != rises.end() && found->node == node ? found->rise : node_statistics::value_type{0};
  }

  // Too few heads speak for the class: next come those that say nothing to any class, with score 0, then the
  // rest.
  void offer_rest(std::size_t positive, best_heads& kept,
                  std::vector<std::pair<std::uint32_t, float>>& scratch) const {
    const std::size_t heads = statistics_->head_count();
    std::size_t silent = 0;
    for (std::size_t h = 0; h < heads && positive + silent < keep_; ++h) {
      if (!scores_->is_silent(h)) continue;
      kept.offer({static_cast<std::uint32_t>(h), 0.0F});
      ++silent;
    }
    if (positive + silent >= keep_) return;
    for (std::size_t h = 0; h < heads; ++h) {
      const bool was_seen = std::any_of(nodes_.begin(), nodes_.end(),
                                        [&](const class_source& node) { return rise_of(h, node.node) != 0; });
      if (was_seen || scores_->is_silent(h)) continue;
      kept.offer({static_cast<std::uint32_t>(h), (*scores_)(h, y_, scratch)});
    }
  }

  const sparse_node_statistics* statistics_;
  std::span<const class_source> nodes_;
  std::size_t y_;
  std::size_t keep_;
  const sparse_scores* scores_;
};

}  // namespace detail

/// First stage of CHCO for a hub of very many heads: as `screen` over `node_statistics`, but looking only at
/// heads that rise at a node of the class, the highest first, and only as long as one of them can still be
/// among the best.
///
/// @param[in] backend    where to run
/// @param[in] statistics rises of the heads over their backgrounds
/// @param[in] sources    for each class its nodes; at least two classes
/// @param[in] keep       heads to keep per class, at least 1
/// @return for each class up to `keep` heads by decreasing reuse score, ties by position; exact: bit for bit
///         what the dense pass gives on the same rises
///
/// Throws: `invalid_argument` if `keep` is 0, there are fewer than two classes or a node is out of range.
/// Complexity: O(nodes + heads looked at x their rises); at worst all heads, typically a few times `keep` a
/// class, however large the hub. Determinism: the same on every backend.
template <exec::execution_backend Backend>
[[nodiscard]] std::vector<std::vector<screened_head>> screen(const Backend& backend,
                                                             const sparse_node_statistics& statistics,
                                                             const class_sources& sources, std::size_t keep) {
  if (keep == 0) throw invalid_argument{"keep", "at least 1 head a class", "0"};
  detail::require_sources(sources, statistics.node_count());
  const detail::sparse_scores scores{statistics, sources};
  std::vector<std::vector<screened_head>> out(sources.size());
  exec::for_each_index(backend, sources.size(), [&](std::size_t y) {
    out[y] = detail::sparse_search{statistics, sources[y], y, keep, scores}.run();
  });
  return out;
}

}  // namespace mll
