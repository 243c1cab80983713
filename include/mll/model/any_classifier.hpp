// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "mll/core/matrix.hpp"
#include "mll/model/classifier.hpp"

namespace mll {

/// A type-erased classifier with value semantics. Copies are cheap: they share the immutable model.
///
/// @code
/// std::vector<mll::any_classifier<std::string>> experts{model, bird_expert};  // of any types
/// @endcode
///
/// @tparam Sample the `sample_type` of the models that it can hold
template <class Sample>
class any_classifier {
 public:
  using sample_type = Sample;

  /// Takes ownership of a model. Implicit, so that every classifier converts.
  template <class M>
    requires(!std::same_as<M, any_classifier>) &&  // before the concept, which asks whether M is copyable
            classifier<M> && std::same_as<typename M::sample_type, Sample>
  any_classifier(M model) : self_{std::make_shared<const holder<M>>(std::move(model))} {}

  [[nodiscard]] std::size_t head_count() const { return self_->head_count(); }
  [[nodiscard]] std::string head_name(std::size_t head) const { return self_->head_name(head); }
  void predict(std::span<const Sample> batch, matrix_ref<float> scores) const {
    self_->predict(batch, scores);
  }

  /// The model if it is an M, else null.
  template <class M>
  [[nodiscard]] const M* get_if() const noexcept {
    const auto* held = dynamic_cast<const holder<M>*>(self_.get());
    return held == nullptr ? nullptr : &held->model;
  }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual std::size_t head_count() const = 0;
    virtual std::string head_name(std::size_t head) const = 0;
    virtual void predict(std::span<const Sample> batch, matrix_ref<float> scores) const = 0;
  };

  template <class M>
  struct holder final : interface {
    explicit holder(M m) : model{std::move(m)} {}
    std::size_t head_count() const override { return static_cast<std::size_t>(model.head_count()); }
    std::string head_name(std::size_t head) const override { return model.head_name(head); }
    void predict(std::span<const Sample> batch, matrix_ref<float> scores) const override {
      model.predict(batch, scores);
    }
    M model;
  };

  std::shared_ptr<const interface> self_;
};

static_assert(classifier<any_classifier<std::string>>);

}  // namespace mll
