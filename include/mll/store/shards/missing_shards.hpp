// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/store/detail/labels/share_plan.hpp"
#include "mll/store/hub_store.hpp"

namespace mll {

/// The labels of one share that a store still lacks.
struct shard_work {
  std::size_t number = 0;   ///< of the share, from 1
  std::size_t labels = 0;   ///< missing labels of one model on one node
  std::size_t samples = 0;  ///< times that a model has to run on a sample

  friend bool operator==(const shard_work&, const shard_work&) = default;
};

/// The shares of a labelling in `count` shards that have work left, by increasing number: those to run again
/// after `merge_stores`. Component `mll::sqlite`.
///
/// @code
/// for (const mll::shard_work& work : mll::missing_shards(store, 8)) submit(work.number);
/// @endcode
///
/// @param[in] store only read; labels in shards count once they are merged into it
/// @param[in] count number of shares
/// @return empty if all labels are complete
///
/// Throws: `invalid_argument` if `count` is 0 or the store has no samples; `store_error`.
/// Complexity: O(models nodes) look-ups.
template <named_codec Codec>
[[nodiscard]] std::vector<shard_work> missing_shards(const basic_hub_store<Codec>& store, std::size_t count) {
  if (count == 0) throw invalid_argument{"count", "at least 1", "0"};
  return store.connections()->read([&](detail::database& db) {
    std::vector<shard_work> all(count);
    const detail::catalog known = detail::read_catalog(db);
    detail::require_samples(db, known);
    detail::for_each_missing(db, known, count, [&](const detail::missing_label& each) {
      shard_work& work = all[each.share - 1];
      work.number = each.share;
      ++work.labels;
      work.samples += known.nodes[each.node].node.sample_count;
    });
    std::erase_if(all, [](const shard_work& work) { return work.labels == 0; });
    return all;
  });
}

}  // namespace mll
