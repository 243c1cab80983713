// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <span>
#include <string_view>

#include "mll/core/matrix.hpp"
#include "mll/core/sample_type.hpp"

namespace mll {

/// `m.embed_samples(batch)`, a matrix.
template <class M>
concept has_embed_samples = requires(const M& m, std::span<const typename M::sample_type> batch) {
  { m.embed_samples(batch) } -> std::convertible_to<matrix<float>>;
};

/// `m.embed_texts(texts)`, a matrix.
template <class M>
concept has_embed_texts = requires(const M& m, std::span<const std::string_view> texts) {
  { m.embed_texts(texts) } -> std::convertible_to<matrix<float>>;
};

/// A model that embeds samples and texts into one space, as CLIP does, so that it scores any sample against
/// any text. Usually weaker than an expert; used for classes that no expert covers.
///
/// Valid expressions for a `const M m`:
/// - `M::sample_type`
/// - `m.embed_samples(batch)`: `matrix<float>` `[batch.size(), dim]`
/// - `m.embed_texts(texts)`: `matrix<float>` `[texts.size(), dim]`, with the same `dim`
///
/// Semantics: the score of a sample and a text is the cosine of their rows, so the length of a row does not
/// matter. Entries are finite. A row depends on its input only. Copies embed the same.
/// `testing::check_general_model` checks all of this.
///
/// @code
/// struct letter_counts {  // texts as samples; one dimension per letter
///   using sample_type = std::string;
///   static mll::matrix<float> count(auto texts) {
///     mll::matrix<float> out = mll::matrix<float>::Zero(static_cast<Eigen::Index>(texts.size()), 26);
///     for (std::size_t r = 0; r < texts.size(); ++r)
///       for (const char c : texts[r])
///         if (c >= 'a' && c <= 'z') out(static_cast<Eigen::Index>(r), c - 'a') += 1;
///     return out;
///   }
///   mll::matrix<float> embed_samples(std::span<const std::string> batch) const { return count(batch); }
///   mll::matrix<float> embed_texts(std::span<const std::string_view> texts) const { return count(texts); }
/// };
/// static_assert(mll::general_model<letter_counts>);
/// @endcode
///
/// Models: `onnx_general_model`.
template <class M>
concept general_model =
    std::copy_constructible<M> && has_sample_type<M> && has_embed_samples<M> && has_embed_texts<M>;

}  // namespace mll
