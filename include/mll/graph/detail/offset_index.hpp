// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mll::detail {

/// Finds synsets by their offset. Offsets are spread evenly over the file, so a table of blocks leads to one
/// or two candidates.
template <class = void>
class offset_index {
 public:
  offset_index() = default;
  /// @param[in] offsets one per synset, in the order of the file
  explicit offset_index(std::span<const std::uint32_t> offsets) {
    sorted_.reserve(offsets.size());
    for (std::size_t i = 0; i < offsets.size(); ++i)
      sorted_.emplace_back(offsets[i], static_cast<std::uint32_t>(i));
    if (!std::is_sorted(sorted_.begin(), sorted_.end())) std::sort(sorted_.begin(), sorted_.end());
    first_.assign(sorted_.empty() ? 1 : (sorted_.back().first >> block_bits) + 2, 0);
    for (const auto& entry : sorted_) ++first_[(entry.first >> block_bits) + 1];
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  }

  /// The synset at an offset, if any.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint32_t offset) const {
    const std::size_t block = offset >> block_bits;
    if (block + 1 >= first_.size()) return std::nullopt;
    const auto begin = sorted_.begin() + first_[block];
    const auto end = sorted_.begin() + first_[block + 1];
    const auto found = std::lower_bound(begin, end, std::pair{offset, std::uint32_t{0}});
    return found == end || found->first != offset ? std::nullopt : std::optional{found->second};
  }

  /// The second of two synsets with the same offset, if any.
  [[nodiscard]] std::optional<std::uint32_t> repeated() const {
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    const auto found = std::adjacent_find(sorted_.begin(), sorted_.end(), same);
    return found == sorted_.end() ? std::nullopt : std::optional{std::next(found)->second};
  }

 private:
  static constexpr unsigned block_bits = 7;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sorted_;  // (offset, synset)
  std::vector<std::uint32_t> first_;                             // first entry of each block
};

}  // namespace mll::detail
