// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>

#include "mll/core/matrix.hpp"

namespace mll {

/// A model that answers a batch of samples with one score in [0, 1] per sample and head: the contract of
/// every expert of a hub, and of the classifier that mll hands back.
///
/// Valid expressions for a `const M m`:
/// - `M::sample_type`: what it takes (an image, a sentence, a feature vector)
/// - `m.head_count()`: number of heads, at least 1, constant
/// - `m.head_name(i)`: name of head i < head_count(), as documented by its maker; need not mean anything
/// - `m.predict(batch, scores)`: writes the score of head i for `batch[r]` to `scores(r, i)`; `scores` is
///   `[batch.size(), head_count()]`. Every score is finite and in [0, 1], each row depends on its sample
///   only, an empty batch is legal and writes nothing.
///
/// Thread-safety: mll never calls `predict` of one model from two threads at once, but may run different
/// models at the same time. Copies are taken as equal.
///
/// Models: `any_classifier`, `callable_classifier`, `linear_classifier`, `mlp_classifier`, `onnx_classifier`,
/// `precomputed_scores`, `zero_shot_classifier`. Not a model: a regressor, or a network that gives raw logits
/// (wrap it with a softmax).
template <class M>
concept classifier = std::copy_constructible<M> && requires { typename M::sample_type; } &&
                     requires(const M& m, std::size_t head, std::span<const typename M::sample_type> batch,
                              matrix_ref<float> scores) {
                       { m.head_count() } -> std::convertible_to<std::size_t>;
                       { m.head_name(head) } -> std::convertible_to<std::string>;
                       m.predict(batch, scores);
                     };

}  // namespace mll
