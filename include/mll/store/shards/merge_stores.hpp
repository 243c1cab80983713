// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/progress.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/shards/detail/store_merge.hpp"

namespace mll {

/// How to merge; see `merge_stores`.
struct merge_options {
  /// Bytes of labels per transaction, at least 1: the most work that a crash can lose, and the memory that
  /// merging takes. A label of one model on one node is not split.
  std::size_t batch_bytes = std::size_t{16} << 20U;
  /// Called after each shard, with its path.
  progress_observer observer = {};
  /// Stops the merge between two transactions.
  std::stop_token stop = {};
};

/// What `merge_stores` did with one shard.
struct merged_shard {
  std::filesystem::path file;
  std::size_t added = 0;    ///< labels of one model on one node that the store did not have
  std::size_t present = 0;  ///< labels that it already had, equal bit for bit
  std::size_t foreign = 0;  ///< labels of models or samples that are not in the store; left out
};

/// Result of `merge_stores`.
struct merge_result {
  std::vector<merged_shard> shards = {};    ///< in the order of the arguments
  std::vector<std::string> completed = {};  ///< names of the models whose labels became complete
};

/// Adds the labels of shards, or of other stores, to a store. Component `mll::sqlite`.
///
/// Labels are matched by content: a label of one model on one node is taken if the store has a model of the
/// same content and head names, and a node of the same id, words, gloss and samples. So shards may be merged
/// in any order, repeatedly, in several calls, with overlapping labels and different `label_share::count`;
/// the store ends with the same labels, bit for bit those of `update_store` on one machine. The mean
/// responses of a node come with the label: one machine has computed them in the order of the samples. Once a
/// model has a label on each node, its label is complete.
///
/// A merge that was interrupted continues with the next call.
///
/// @code
/// auto store = mll::hub_store::open("hub.mll");
/// const auto merged = mll::merge_stores(store, {{"shard1.mll", "shard2.mll"}});
/// @endcode
///
/// @param[in,out] store   the base of the shards
/// @param[in]     shards  stores with the same graph; only read, without creating or changing a file
/// @param[in]     options see `merge_options`
///
/// Throws: `store_error`, with `store_errc::conflict` naming both files if two of them have different labels
/// of the same content, with `damaged` naming file, model and node if a checksum does not match (run
/// `repair`), with `changed` if models or nodes of the store change meanwhile; `invalid_argument` if a shard
/// is the store itself, or has another graph or codec; `cancelled` if `options.stop` requests it. What was
/// committed before stays, and nothing of the refused label is written.
/// Complexity: reads each label in a shard once, and its counterpart in the store. Memory: `batch_bytes`.
template <named_codec Codec>
merge_result merge_stores(basic_hub_store<Codec>& store, std::span<const std::filesystem::path> shards,
                          const merge_options& options = {}) {
  if (options.batch_bytes == 0) throw invalid_argument{"batch_bytes", "at least 1", "0"};
  return detail::store_merge<Codec, merge_options, merged_shard, merge_result>{store, shards, options}.run();
}

}  // namespace mll
