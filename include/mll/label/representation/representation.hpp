// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include "mll/core/ids.hpp"

namespace mll {

/// Representation data: for some nodes of the graph, samples that show what the node means. Possibly lazy: a
/// sample is only made (decoded, generated) when it is asked for.
///
/// Valid expressions for a `const R r`:
/// - `R::sample_type`
/// - `r.nodes()`: the nodes with samples, as something convertible to `std::span<const node_id>`, increasing
///   and without repetition
/// - `r.sample_count(v)`: number of samples of node v; 0 for a node without
/// - `r.sample(v, i)`: sample i < sample_count(v) of node v; the same sample at every call. New samples of a
///   node come after those that it already has.
///
/// Models: `representation_table`, `lazy_representation`, `image_folder`.
template <class R>
concept representation =
    requires { typename R::sample_type; } && requires(const R& r, node_id v, std::size_t i) {
      { r.nodes() } -> std::convertible_to<std::span<const node_id>>;
      { r.sample_count(v) } -> std::convertible_to<std::size_t>;
      { r.sample(v, i) } -> std::convertible_to<typename R::sample_type>;
    };

}  // namespace mll
