// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>

#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/response_source.hpp"

namespace mll {

/// `s.samples()`, a `sample_layout`.
template <class S>
concept has_samples = requires(const S& s) {
  { s.samples() } -> std::convertible_to<const sample_layout&>;
};

/// `s.heads()`, a `head_index`.
template <class S>
concept has_heads = requires(const S& s) {
  { s.heads() } -> std::convertible_to<const head_index&>;
};

/// `s.model_name(m)` and `s.head_names(m)`.
template <class S>
concept names_models_and_heads = requires(const S& s, std::size_t m) {
  { s.model_name(m) } -> std::convertible_to<std::string>;
  { s.head_names(m) } -> std::convertible_to<std::span<const std::string>>;
};

/// `s.mean(node, position)` and `s.read_means(node, out)`.
template <class S>
concept reads_means = requires(const S& s, std::size_t node, std::size_t position, std::span<float> out) {
  { s.mean(node, position) } -> std::convertible_to<float>;
  s.read_means(node, out);
};

/// What selection needs to know about a hub: its heads, their mean responses per node, and their responses to
/// single samples. Any model of it can be passed to `mll::select`.
///
/// Valid expressions for a `const S s`, in addition to those of `response_source`:
/// - `s.samples()`: the `sample_layout`; nodes are given by their position in it
/// - `s.heads()`: the `head_index`
/// - `s.model_name(m)`, `s.head_names(m)`: names of the m-th model and of its heads
/// - `s.mean(node, position)`: mean response of a head at a node
/// - `s.read_means(node, out)`: the same for all heads, into `out` of `head_count()` floats
///
/// Optional:
/// - `s.statistics()`, a `node_statistics` or `sparse_node_statistics` with one row per node of the layout,
/// if
///   the source has a table of the means; screening then reads the table
/// - `s.model_fingerprint(m)`, a text that changes with the m-th model: selections keep it
///
/// Threads: the reading functions may be called concurrently.
///
/// @code
/// class constant_hub {  // one head that answers 0.5 everywhere
///  public:
///   using codec_type = mll::log_odds_float;
///   constant_hub() { heads_.add(mll::model_id{0}, 1); }
///   const mll::sample_layout& samples() const { return samples_; }
///   const mll::head_index& heads() const { return heads_; }
///   std::size_t head_count() const { return 1; }
///   mll::head_id head(std::size_t) const { return {mll::model_id{0}, 0}; }
///   std::string model_name(std::size_t) const { return "constant"; }
///   std::vector<std::string> head_names(std::size_t) const { return {"only"}; }
///   std::size_t sample_count(std::uint32_t) const { return 10; }
///   float mean(std::size_t, std::size_t) const { return 0.5F; }
///   void read_means(std::size_t, std::span<float> out) const { out[0] = 0.5F; }
///   void read(std::size_t, std::span<const mll::node_samples>, std::span<float> out) const {
///     for (float& each : out) each = 0;
///   }
///
///  private:
///   mll::sample_layout samples_{{mll::node_id{0}}, std::vector<std::size_t>{10}};
///   mll::head_index heads_;
/// };
/// static_assert(mll::hub_source<constant_hub>);
/// @endcode
///
/// Models: `label_source` (labels in memory), `store_source` (a hub in a file).
template <class S>
concept hub_source =
    response_source<S> && has_samples<S> && has_heads<S> && names_models_and_heads<S> && reads_means<S>;

}  // namespace mll
