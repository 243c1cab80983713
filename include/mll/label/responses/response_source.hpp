// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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

/// Number of samples altogether.
[[nodiscard]] inline std::size_t sample_total(std::span<const node_samples> which) noexcept {
  std::size_t out = 0;
  for (const node_samples& some : which) out += some.count;
  return out;
}

/// Responses of the heads of a hub, read for single heads and nodes on demand: for hubs whose responses fit
/// no memory.
///
/// Valid expressions for a `const S s`:
/// - `S::codec_type`: the `response_codec`
/// - `s.head_count()`, and `s.head(position)`: the `head_id` of the head at a position below that; increasing
/// - `s.sample_count(node)`: representation samples of the node at a position
/// - `s.read(position, which, out)`: the responses of a head to these samples, node after node, into `out`,
///   whose size is the sum of their counts
///
/// `read` may be called from several threads at once.
template <class S>
concept response_source =
    response_codec<typename S::codec_type> &&
    requires(const S& s, std::size_t position, std::uint32_t node, std::span<const node_samples> which,
             std::span<typename S::codec_type::value_type> out) {
      { s.head_count() } -> std::convertible_to<std::size_t>;
      { s.head(position) } -> std::convertible_to<head_id>;
      { s.sample_count(node) } -> std::convertible_to<std::size_t>;
      s.read(position, which, out);
    };

}  // namespace mll
