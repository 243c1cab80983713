// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include "mll/core/ids.hpp"
#include "mll/core/sample_type.hpp"

namespace mll {

/// `r.nodes()`, a range of node ids.
template <class R>
concept has_nodes = requires(const R& r) {
  { r.nodes() } -> std::convertible_to<std::span<const node_id>>;
};

/// `r.sample_count(v)`, a number.
template <class R>
concept has_sample_count = requires(const R& r, node_id v) {
  { r.sample_count(v) } -> std::convertible_to<std::size_t>;
};

/// `r.sample(v, i)`, a sample.
template <class R>
concept has_sample = requires(const R& r, node_id v, std::size_t i) {
  { r.sample(v, i) } -> std::convertible_to<typename R::sample_type>;
};

/// `r.max_sample_bytes()`, a number: the memory of the largest sample.
template <class R>
concept has_max_sample_bytes = requires(const R& r) {
  { r.max_sample_bytes() } -> std::convertible_to<std::size_t>;
};

/// `R::concurrent_samples`, true: `sample` may be called from several threads at once.
template <class R>
concept has_concurrent_samples = requires { requires static_cast<bool>(R::concurrent_samples); };

/// Representation data: samples that show what a node of the graph means. A sample may be created (decoded,
/// generated) only when it is requested.
///
/// Valid expressions for a `const R r`:
/// - `R::sample_type`
/// - `r.nodes()`: the nodes that have samples, convertible to `std::span<const node_id>`; increasing, without
///   duplicates
/// - `r.sample_count(v)`: number of samples of node v; 0 for a node that `nodes()` does not list
/// - `r.sample(v, i)`: sample i < sample_count(v) of node v; the same sample at every call
/// - optional, for large samples: `r.max_sample_bytes()`, the memory of the largest one; bounds how many are
///   held at a time
/// - optional, for samples that take long to make: `R::concurrent_samples`, a constant that is true;
///   `r.sample(v, i)` may then be called from several threads at once
///
/// Optional: `r.graph()`, the fingerprint of the graph that the nodes belong to (0: unknown); labelling then
/// refuses any other graph.
///
/// Semantics: new samples of a node are appended to its existing ones. `testing::check_representation` checks
/// the rest.
///
/// @code
/// struct numbers {  // node 3 means "small", node 5 "large"
///   using sample_type = int;
///   std::vector<mll::node_id> nodes() const { return {mll::node_id{3}, mll::node_id{5}}; }
///   std::size_t sample_count(mll::node_id v) const { return v.value() == 3 || v.value() == 5 ? 10 : 0; }
///   int sample(mll::node_id v, std::size_t i) const {
///     return static_cast<int>(i) + (v.value() == 5 ? 1000 : 0);
///   }
/// };
/// static_assert(mll::representation<numbers>);
/// @endcode
///
/// Models: `representation_table`, `lazy_representation`, `image_folder`.
template <class R>
concept representation = has_sample_type<R> && has_nodes<R> && has_sample_count<R> && has_sample<R>;

}  // namespace mll
