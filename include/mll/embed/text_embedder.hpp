// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include "mll/core/matrix.hpp"

namespace mll {

/// Puts texts into a vector space in which texts of similar meaning lie in similar directions.
///
/// Valid expressions for a `const E e`:
/// - `e.dimension()`: number of columns, above 0, the same at every call
/// - `e.embed(texts)`: `matrix<float>` `[texts.size(), e.dimension()]`. A row has unit length, so that the
/// cosine of
///   two texts is the product of their rows, or is zero throughout: nothing is known about this text. All
///   entries are finite. A row depends on its own text only, and the same text always gives the same row.
/// `embed` may be called from several threads at once.
///
/// Models: `hashed_ngrams`, `lsa_embedder`, `word_vectors`, `embedding_table`, `onnx_sentence_embedder`,
/// `cached_embedder`.
template <class E>
concept text_embedder = requires(const E& e, std::span<const std::string_view> texts) {
  { e.dimension() } -> std::convertible_to<std::size_t>;
  { e.embed(texts) } -> std::convertible_to<matrix<float>>;
};

}  // namespace mll
