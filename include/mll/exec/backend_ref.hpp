// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "mll/exec/backend.hpp"

namespace mll::exec {

/// A reference to a backend of any type, itself a backend. It does not keep the backend alive. Defaults stand
/// in for the optional members of the backend.
///
/// What takes a `backend_ref` is compiled once, whichever backends a program uses. The price is one indirect
/// call per loop.
///
/// @code
/// const auto describe = [](mll::exec::backend_ref where) {  // one function for all backends
///   std::cout << where.name() << ", " << where.concurrency() << " threads\n";
/// };
/// describe(mll::exec::sequential{});
/// @endcode
class backend_ref {
 public:
  /// @tparam B execution_backend
  /// @param[in] backend must outlive the reference
  template <class B>
    requires(!std::same_as<B, backend_ref> && execution_backend<B>)
  backend_ref(const B& backend) noexcept  // NOLINT(google-explicit-constructor): a view, as std::span is
      : backend_{std::addressof(backend)}, calls_{&calls_of<B>} {}

  [[nodiscard]] std::string name() const { return calls_->name(backend_); }
  [[nodiscard]] std::size_t concurrency() const { return calls_->concurrency(backend_); }
  void for_each(std::size_t count, index_function_ref f) const { calls_->for_each(backend_, count, f); }

 private:
  struct calls {
    std::string (*name)(const void*);
    std::size_t (*concurrency)(const void*);
    void (*for_each)(const void*, std::size_t, index_function_ref);
  };
  template <class B>
  static constexpr calls calls_of{
      []([[maybe_unused]] const void* b) {
        if constexpr (requires(const B& backend) { backend.name(); })
          return std::string{std::string_view{static_cast<const B*>(b)->name()}};
        else
          return std::string{"custom"};
      },
      []([[maybe_unused]] const void* b) {
        if constexpr (requires(const B& backend) { backend.concurrency(); })
          return static_cast<std::size_t>(static_cast<const B*>(b)->concurrency());
        else
          return std::max<std::size_t>(1, std::thread::hardware_concurrency());
      },
      [](const void* b, std::size_t count, index_function_ref f) {
        static_cast<const B*>(b)->for_each(count, f);
      }};

  const void* backend_;
  const calls* calls_;
};

static_assert(execution_backend<backend_ref>);

}  // namespace mll::exec
