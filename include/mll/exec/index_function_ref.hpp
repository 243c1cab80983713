// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace mll::exec {

/// A reference to a callable that takes an index: two pointers, one indirect call. It does not keep the
/// callable alive.
///
/// Erasing the callable here lets a backend compile its loop once, not once per callable.
class index_function_ref {
 public:
  /// @param[in] f callable with `std::size_t`, which must outlive the reference
  template <class F>
    requires(!std::same_as<std::remove_cv_t<F>, index_function_ref> && std::invocable<F&, std::size_t>)
  index_function_ref(F& f) noexcept  // NOLINT(google-explicit-constructor): a view, as std::span is
      : callable_{const_cast<std::remove_const_t<F>*>(std::addressof(f))},
        call_{[](void* callable, std::size_t i) { (*static_cast<F*>(callable))(i); }} {}

  void operator()(std::size_t i) const { call_(callable_, i); }

 private:
  void* callable_;
  void (*call_)(void*, std::size_t);
};

}  // namespace mll::exec
