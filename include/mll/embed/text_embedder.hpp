// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include "mll/core/matrix.hpp"

namespace mll {

/// `e.dimension()`, a number.
template <class E>
concept has_dimension = requires(const E& e) {
  { e.dimension() } -> std::convertible_to<std::size_t>;
};

/// `e.embed(texts)`, a matrix.
template <class E>
concept has_embed = requires(const E& e, std::span<const std::string_view> texts) {
  { e.embed(texts) } -> std::convertible_to<matrix<float>>;
};

/// Maps texts to unit vectors; texts of similar meaning have a large cosine.
///
/// Valid expressions for a `const E e`:
/// - `e.dimension()`: number of columns, above 0, constant
/// - `e.embed(texts)`: `matrix<float>` `[texts.size(), e.dimension()]`
///
/// Semantics: a row has length 1, or is zero if nothing is known about its text. Entries are finite. A row
/// depends on its text only, and the same text always gets the same row. `testing::check_embedder` checks
/// all of this. Embedders are moved, never copied.
///
/// Threads: `embed` may be called concurrently.
///
/// @code
/// struct first_letter {  // texts with the same initial are the same
///   std::size_t dimension() const { return 26; }
///   mll::matrix<float> embed(std::span<const std::string_view> texts) const {
///     mll::matrix<float> out = mll::matrix<float>::Zero(static_cast<Eigen::Index>(texts.size()), 26);
///     for (std::size_t r = 0; r < texts.size(); ++r) {
///       if (!texts[r].empty() && texts[r][0] >= 'a' && texts[r][0] <= 'z')
///         out(static_cast<Eigen::Index>(r), texts[r][0] - 'a') = 1;
///     }
///     return out;
///   }
/// };
/// static_assert(mll::text_embedder<first_letter>);
/// @endcode
///
/// Models: `hashed_ngrams`, `lsa_embedder`, `word_vectors`, `embedding_table`, `onnx_sentence_embedder`,
/// `cached_embedder`.
template <class E>
concept text_embedder = std::move_constructible<E> && has_dimension<E> && has_embed<E>;

}  // namespace mll
