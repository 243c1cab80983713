// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/core/random.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/store_entries.hpp"

namespace mll {

/// One of `count` shares of the labelling of a hub, which are labelled independently: see `label_shard`.
/// Component `mll::sqlite`.
///
/// A hash of the model's content, its head names and the node's id decides which share has a label (of one
/// model on one node). It does not depend on names, ids or order, and is the same on every platform:
///
///     share(model, node) = 1 + mix(hash(model), hash(node)) mod count
///
/// Labels are merged by content (`merge_stores`), so that `count` may change from one run to the next.
struct label_share {
  std::size_t number = 1;  ///< 1 to `count`
  std::size_t count = 1;   ///< at least 1

  /// Whether the label of a model on a node belongs to this share.
  [[nodiscard]] bool has(const stored_model& model, std::string_view synset) const {
    return has(hash_of(detail::label_fingerprint(model)), hash_of(synset));
  }
  /// The same for `hash_of` the `label_fingerprint` and of the id of the node.
  [[nodiscard]] bool has(std::uint64_t model, std::uint64_t node) const {
    return number_of(model, node, count) == number;
  }
  /// The number of the share that has a label.
  [[nodiscard]] static std::size_t number_of(std::uint64_t model, std::uint64_t node, std::size_t count) {
    return 1 + static_cast<std::size_t>(derive_seed(model, node) % count);
  }
  [[nodiscard]] static std::uint64_t hash_of(std::string_view text) { return stable_hash(text); }

  /// Throws: `invalid_argument` unless 1 <= number <= count.
  void check() const {
    if (count == 0) throw invalid_argument{"share.count", "at least 1", "0"};
    if (number == 0 || number > count)
      throw invalid_argument{"share.number", "1 to " + std::to_string(count), std::to_string(number)};
  }

  friend bool operator==(const label_share&, const label_share&) = default;
};

}  // namespace mll
