// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <span>
#include <string_view>

#include "mll/core/matrix.hpp"

namespace mll {

/// A general model that can score any sample against any text (an image-text model, say), because it puts
/// both into one space. It answers every question, usually worse than an expert: the patch for what no expert
/// covers.
///
/// Valid expressions for a `const S s`:
/// - `S::sample_type`
/// - `s.embed_samples(batch)`: `matrix<float>` `[batch.size(), dim]`
/// - `s.embed_texts(texts)`: `matrix<float>` `[texts.size(), dim]`, the same dim
/// The score of a sample and a text is the cosine of their rows. All entries are finite; lengths do not
/// matter.
template <class S>
concept general_model = std::copy_constructible<S> && requires { typename S::sample_type; } &&
                        requires(const S& s, std::span<const typename S::sample_type> batch,
                                 std::span<const std::string_view> texts) {
                          { s.embed_samples(batch) } -> std::convertible_to<matrix<float>>;
                          { s.embed_texts(texts) } -> std::convertible_to<matrix<float>>;
                        };

}  // namespace mll
