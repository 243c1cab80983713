// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mll/core/ids.hpp"
#include "mll/label/responses/response_codec.hpp"

namespace mll {

/// The first samples of a node.
struct node_samples {
  std::uint32_t node = 0;   ///< position in the layout of the labels
  std::uint32_t count = 0;  ///< at most as many as the node has

  friend bool operator==(const node_samples&, const node_samples&) = default;
};

/// Total number of samples.
[[nodiscard]] inline std::size_t sample_total(std::span<const node_samples> which) noexcept {
  std::size_t out = 0;
  for (const node_samples& some : which) out += some.count;
  return out;
}

/// `s.head_count()` and `s.head(position)`.
template <class S>
concept lists_heads = requires(const S& s, std::size_t position) {
  { s.head_count() } -> std::convertible_to<std::size_t>;
  { s.head(position) } -> std::convertible_to<head_id>;
};

/// `s.sample_count(node)` for the position of a node.
template <class S>
concept counts_samples = requires(const S& s, std::uint32_t node) {
  { s.sample_count(node) } -> std::convertible_to<std::size_t>;
};

/// `s.read(position, which, out)`.
template <class S>
concept reads_responses =
    requires(const S& s, std::size_t position, std::span<const node_samples> which,
             std::span<typename S::codec_type::value_type> out) { s.read(position, which, out); };

/// Responses of the heads of a hub, read per head and node on demand: for hubs whose responses do not fit
/// into memory.
///
/// Valid expressions for a `const S s`:
/// - `S::codec_type`: the `response_codec`
/// - `s.head_count()`: number of heads
/// - `s.head(position)`: the `head_id` at a position < head_count(); increasing
/// - `s.sample_count(node)`: representation samples of the node at a position
/// - `s.read(position, which, out)`: writes the responses of a head to these samples, node after node, to
///   `out`, whose size is `sample_total(which)`
///
/// Threads: `read` may be called concurrently.
///
/// @code
/// // One head that responds 0.5 everywhere.
/// struct undecided {
///   using codec_type = mll::log_odds_float;
///   std::size_t head_count() const { return 1; }
///   mll::head_id head(std::size_t) const { return {mll::model_id{0}, 0}; }
///   std::size_t sample_count(std::uint32_t) const { return 10; }
///   void read(std::size_t, std::span<const mll::node_samples>, std::span<float> out) const {
///     for (float& each : out) each = 0;
///   }
/// };
/// static_assert(mll::response_source<undecided>);
/// @endcode
///
/// Models: `label_source`, `store_source`.
template <class S>
concept response_source =
    response_codec<typename S::codec_type> && lists_heads<S> && counts_samples<S> && reads_responses<S>;

}  // namespace mll
