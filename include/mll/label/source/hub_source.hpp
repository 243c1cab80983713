// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>

#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/response_source.hpp"

namespace mll {

/// What selection reads of a hub: its heads, their mean responses per node, and their responses to samples.
/// The argument of `mll::select`.
///
/// Valid expressions for a `const S s`, in addition to those of `response_source`:
/// - `s.samples()`: the `sample_layout`; `node` below is a position in it
/// - `s.heads()`: the `head_index`
/// - `s.model_name(m)`, `s.head_names(m)`: names of the m-th model and of its heads
/// - `s.mean(node, position)`: mean response of a head on a node
/// - `s.read_means(node, out)`: writes the means of all heads to `out`, `[head_count()]`
///
/// A source with a table of the means provides it as `s.statistics()`, a `node_statistics` or
/// `sparse_node_statistics` over the nodes of the layout; screening then reads the table.
///
/// Threads: the reading functions may be called concurrently.
///
/// Models: `label_source` (labels in memory), `store_source` (a hub in a file).
template <class S>
concept hub_source = response_source<S> && requires(const S& s, std::size_t m, std::size_t node,
                                                    std::size_t position, std::span<float> means) {
  { s.samples() } -> std::convertible_to<const sample_layout&>;
  { s.heads() } -> std::convertible_to<const head_index&>;
  { s.model_name(m) } -> std::convertible_to<std::string>;
  { s.head_names(m) } -> std::convertible_to<std::span<const std::string>>;
  { s.mean(node, position) } -> std::convertible_to<float>;
  s.read_means(node, means);
};

}  // namespace mll
