// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"

namespace mll::detail {

/// A set of node ids whose cost follows its size, not that of the graph: most walks see a dozen of a hundred
/// thousand nodes.
class id_set {
 public:
  /// Inserts an id and returns whether it was new.
  bool insert(node_id v) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    node_id& slot = slots_[slot_of(v)];
    if (slot.valid()) return false;
    slot = v;
    ++size_;
    return true;
  }

  [[nodiscard]] bool contains(node_id v) const { return !slots_.empty() && slots_[slot_of(v)].valid(); }

 private:
  // Linear probing in 2^n slots, at most half full; the factor spreads neighbouring ids.
  [[nodiscard]] std::size_t slot_of(node_id v) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = ((v.value() * 0x9e3779b1U) >> 7U) & mask;
    while (slots_[at].valid() && slots_[at] != v) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    std::vector<node_id> old(slots_.empty() ? 64 : 4 * slots_.size());
    old.swap(slots_);
    for (const node_id v : old) {
      if (v.valid()) slots_[slot_of(v)] = v;
    }
  }

  std::vector<node_id> slots_;
  std::size_t size_ = 0;
};

}  // namespace mll::detail
