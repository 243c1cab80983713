// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/binary_search.h>
#include <thrust/copy.h>
#include <thrust/fill.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/tuple.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/detail/device_code.hpp"
#include "mll/label/statistics/detail/statistics_view.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/score_entries.hpp"

namespace mll::detail {

/// A view of node statistics in the memory of the host.
[[nodiscard]] inline statistics_view view_of(const node_statistics& statistics) {
  // Rows begin with a cache line, and their length is a multiple of `padding`.
  static_assert(node_statistics::padding % 4 == 0 &&
                sizeof(four_means) == 4 * sizeof(node_statistics::value_type));
  const auto first = statistics.row(0);
  return {reinterpret_cast<const four_means*>(first.data()), statistics.node_count(), statistics.head_count(),
          first.size() / 4};
}

/// First stage of CHCO, `screen` on `node_statistics`, as Thrust algorithms: the same heads and scores, bit
/// for bit, on every policy. The readable form of the stage, and the baseline of the kernels of
/// `device_screening`.
///
/// Heads are processed in chunks:
/// 1. `for_each` over quads of heads: the reuse scores of the chunk, `[classes, heads of the chunk]`
/// 2. `copy_if`: entries (class, score, head) above the floor of their class, behind the entries kept so far
/// 3. `stable_sort_by_key`: by class, then by decreasing score; heads ascend, so ties are in order
/// 4. `lower_bound`: where the entries of each class begin; `copy_if` of the first `max_heads` of each;
///    `transform` sets the floors
///
/// Chunks grow by a factor of eight, so that the floors of the first ones leave few entries to sort.
///
/// Memory: about 40 bytes per entry of a chunk (of at most `max_entries`, and four heads at least) and per
/// head kept. Complexity: O(heads x (nodes of the classes + classes)), and the sorting of the entries above
/// the floors: about `8 max_heads` per class and chunk while chunks grow.
///
/// @tparam Grid see `exec::detail::thrust_host`
template <class Grid>
class thrust_screening {
 public:
  static constexpr std::size_t default_entries = std::size_t{1} << 24U;  ///< 0.5 GB in all

  /// Throws: `invalid_argument` as `screen` does.
  thrust_screening(const Grid& grid, const statistics_view& statistics, const class_evidence& nodes,
                   std::size_t max_heads, std::size_t max_entries = default_entries)
      : grid_{grid}, statistics_{statistics}, classes_{nodes.size()}, max_heads_{max_heads} {
    if (max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
    require_class_evidence(nodes, statistics.nodes);
    const std::size_t heads = (statistics.heads + 3) / 4 * 4;
    max_entries = std::min(max_entries, std::size_t{1} << 31U);  // indices have 32 bits
    chunk_ = std::clamp<std::size_t>(max_entries / classes_ / 4 * 4, std::min<std::size_t>(4, heads), heads);

    std::vector<weighted_position> flat;
    std::vector<std::uint32_t> first{0};
    for (const auto& of_class : nodes) {
      flat.insert(flat.end(), of_class.begin(), of_class.end());
      first.push_back(static_cast<std::uint32_t>(flat.size()));
    }
    nodes_ = grid.template allocate<weighted_position>(flat.size());
    first_node_ = grid.template allocate<std::uint32_t>(first.size());
    grid.upload(std::span{flat}, nodes_);
    grid.upload(std::span{first}, first_node_);
    scores_ = grid.template allocate<float>(classes_ * chunk_);
    floor_ = grid.template allocate<float>(classes_);
    begin_ = grid.template allocate<std::uint64_t>(classes_ + 1);
    const std::size_t kept = classes_ * std::min(max_heads, heads);
    for (entry_list* list : {&entries_, &kept_}) {
      list->keys = grid.template allocate<std::uint64_t>(kept + classes_ * chunk_);
      list->heads = grid.template allocate<std::uint32_t>(kept + classes_ * chunk_);
    }
  }

  /// The best heads per class, as `screen` returns them.
  [[nodiscard]] std::vector<std::vector<screened_head>> run() {
    std::size_t kept = 0;
    grid_.run([&](const auto& policy) {
      thrust::fill_n(policy, floor_.data(), classes_, floor_of_class::no_floor);
      std::size_t width = std::min(chunk_, first_chunk);
      for (std::size_t first = 0; first < statistics_.heads;
           first += width, width = std::min(chunk_, 8 * width)) {
        score_chunk(policy, first, width);
        const std::size_t count = append_promising(policy, first, width, kept);
        kept = keep_best(policy, count);
      }
    });
    return download(kept);
  }

 private:
  static constexpr std::size_t first_chunk = 1024;

  template <class Policy>
  void score_chunk(const Policy& policy, std::size_t first, std::size_t width) {
    const auto quads = static_cast<std::uint32_t>((std::min(statistics_.heads - first, width) + 3) / 4);
    thrust::for_each_n(policy, thrust::counting_iterator<std::uint32_t>{0}, quads,
                       score_four_heads{statistics_, first / 4, nodes_.data(), first_node_.data(),
                                        static_cast<std::uint32_t>(classes_), width,
                                        1 / (256 * node_statistics::one), scores_.data()});
  }

  // Returns the number of entries, those kept before included.
  template <class Policy>
  std::size_t append_promising(const Policy& policy, std::size_t first, std::size_t width, std::size_t kept) {
    const score_table table{scores_.data(), static_cast<std::uint32_t>(width),
                            static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(statistics_.heads)};
    const thrust::counting_iterator<std::uint32_t> at{0};
    const auto entries = thrust::make_transform_iterator(at, entry_at{table});
    const auto to = kept_.at(kept);
    const auto end = thrust::copy_if(policy, entries, entries + static_cast<std::ptrdiff_t>(classes_ * width),
                                     at, to, is_above_floor{table, floor_.data()});
    return kept + static_cast<std::size_t>(end - to);
  }

  // Keeps the first heads of each class among the entries, and raises the floors. Returns how many are kept.
  template <class Policy>
  std::size_t keep_best(const Policy& policy, std::size_t count) {
    std::swap(entries_, kept_);
    std::uint64_t* const keys = entries_.keys.data();
    thrust::stable_sort_by_key(policy, keys, keys + count, entries_.heads.data());
    const thrust::counting_iterator<std::uint64_t> at{0};
    const auto class_keys = thrust::make_transform_iterator(at, first_key_of_class{});
    thrust::lower_bound(policy, keys, keys + count, class_keys,
                        class_keys + static_cast<std::ptrdiff_t>(classes_ + 1), begin_.data());
    const auto from = entries_.at(0);
    const auto to = kept_.at(0);
    const auto end = thrust::copy_if(policy, from, from + static_cast<std::ptrdiff_t>(count), at, to,
                                     is_among_first{keys, begin_.data(), max_heads_});
    thrust::transform(policy, at, at + static_cast<std::ptrdiff_t>(classes_), floor_.data(),
                      floor_of_class{keys, begin_.data(), max_heads_});
    return static_cast<std::size_t>(end - to);
  }

  std::vector<std::vector<screened_head>> download(std::size_t kept) const {
    std::vector<std::uint64_t> keys(kept);
    std::vector<std::uint32_t> heads(kept);
    grid_.download(kept_.keys, std::span{keys});
    grid_.download(kept_.heads, std::span{heads});
    std::vector<std::vector<screened_head>> out(classes_);
    for (std::size_t i = 0; i < kept; ++i)
      out[class_of(keys[i])].push_back({heads[i], score_of_entry(keys[i])});
    return out;
  }

  template <class T>
  using buffer = typename Grid::template buffer<T>;

  struct entry_list {
    buffer<std::uint64_t> keys;  // class and score, see `entry_key`
    buffer<std::uint32_t> heads;

    [[nodiscard]] auto at(std::size_t i) {
      return thrust::make_zip_iterator(thrust::make_tuple(keys.data() + i, heads.data() + i));
    }
  };

  Grid grid_;
  statistics_view statistics_;
  std::size_t classes_;
  std::size_t max_heads_;
  std::size_t chunk_ = 0;  // heads
  buffer<weighted_position> nodes_;
  buffer<std::uint32_t> first_node_;
  buffer<float> scores_;
  buffer<float> floor_;
  buffer<std::uint64_t> begin_;
  entry_list entries_;
  entry_list kept_;
};

}  // namespace mll::detail
