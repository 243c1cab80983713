// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>

#include "mll/core/matrix.hpp"
#include "mll/core/sample_type.hpp"

namespace mll {

/// `m.head_count()`, a number.
template <class M>
concept has_head_count = requires(const M& m) {
  { m.head_count() } -> std::convertible_to<std::size_t>;
};

/// `m.head_name(i)`, a string.
template <class M>
concept has_head_name = requires(const M& m, std::size_t head) {
  { m.head_name(head) } -> std::convertible_to<std::string>;
};

/// `m.predict(batch, scores)`, const or not.
template <class M>
concept has_predict = requires(M& m, std::span<const typename M::sample_type> batch,
                               matrix_ref<float> scores) { m.predict(batch, scores); };

/// `predict` does not take an `Eigen::Array` where it should take a `matrix_ref<float>`.
template <class M>
concept predicts_into_a_matrix_not_an_array =
    has_predict<M> || !requires(M& m, std::span<const typename M::sample_type> batch,
                                Eigen::ArrayXXf& scores) { m.predict(batch, scores); };

/// `m.predict(batch, scores)` for a const model.
template <class M>
concept has_const_predict = requires(const M& m, std::span<const typename M::sample_type> batch,
                                     matrix_ref<float> scores) { m.predict(batch, scores); };

/// A model that gives every sample of a batch one score in [0, 1] per head: each expert of a hub, and the
/// classifier that mll returns.
///
/// Valid expressions for a `const M m`:
/// - `M::sample_type`: an image, a sentence, a feature vector
/// - `m.head_count()`: number of heads, at least 1, constant
/// - `m.head_name(i)`: name of head i < head_count(), for reports; nothing is derived from it
/// - `m.predict(batch, scores)`: writes the score of head i for `batch[r]` to `scores(r, i)`; `scores` is
///   `[batch.size(), head_count()]`
///
/// Semantics: scores are finite and in [0, 1]. A row depends on its sample only. An empty batch is valid and
/// writes nothing. Copies predict the same. `testing::check_classifier` checks all of this.
///
/// Threads: mll never calls `predict` of one model from two threads at once, but runs different models
/// concurrently.
///
/// @code
/// struct length_expert {
///   using sample_type = std::string;
///   std::size_t head_count() const { return 1; }
///   std::string head_name(std::size_t) const { return "long text"; }
///   void predict(std::span<const std::string> batch, mll::matrix_ref<float> scores) const {
///     for (std::size_t r = 0; r < batch.size(); ++r)
///       scores(static_cast<Eigen::Index>(r), 0) = batch[r].size() > 60 ? 1.0F : 0.0F;
///   }
/// };
/// static_assert(mll::classifier<length_expert>);
/// @endcode
///
/// Models: `any_classifier`, `callable_classifier`, `linear_classifier`, `mlp_classifier`, `onnx_classifier`,
/// `precomputed_scores`, `zero_shot_classifier`. Not models: a regressor, a network that returns logits (add
/// a softmax).
template <class M>
concept classifier =
    std::copy_constructible<M> && has_sample_type<M> && has_head_count<M> && has_head_name<M> &&
    predicts_into_a_matrix_not_an_array<M> && has_predict<M> && has_const_predict<M>;

}  // namespace mll
