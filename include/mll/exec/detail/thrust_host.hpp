// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/system/cpp/execution_policy.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

#include "mll/exec/backend.hpp"
#include "mll/exec/sequential.hpp"

namespace mll::exec::detail {

/// A backend on which Thrust algorithms can run: `sequential`, or one with a Thrust policy.
template <class B>
concept thrust_backend = execution_backend<B> && (std::same_as<B, sequential> || requires { B::policy(); });

/// Memory and Thrust algorithms of a backend of the host. With `thrust_device` on a CUDA device, the stages
/// that are written as Thrust algorithms are one template each, over the type of this object, their `Grid`.
///
/// For a `const Grid grid`:
/// - memory as in `device_code.hpp`: `buffer<T>`, `allocate`, `upload`, `clear`, `download`
/// - `grid.run(f)`: calls `f(policy)` once, with the Thrust policy of the backend and its thread limit in
///   force, or its device current. What `f` starts may be incomplete when it returns, but later work on the
///   grid waits for it.
///
/// Floating-point sums depend on the order of addition, which Thrust leaves to the policy. A stage therefore
/// adds floats within one call of a functor, in index order, and reduces integers (`to_fixed`) by Thrust: the
/// results are the same on every policy and thread count.
///
/// @tparam Backend thrust_backend
template <thrust_backend Backend>
class thrust_host {
 public:
  /// Owns some `T`, not initialised.
  template <class T>
  class buffer {
   public:
    static_assert(std::is_trivially_copyable_v<T>);

    buffer() = default;
    explicit buffer(std::size_t size) : data_{std::make_unique_for_overwrite<T[]>(size)}, size_{size} {}
    [[nodiscard]] T* data() noexcept { return data_.get(); }
    [[nodiscard]] const T* data() const noexcept { return data_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

   private:
    std::unique_ptr<T[]> data_;
    std::size_t size_ = 0;
  };

  explicit thrust_host(const Backend& backend = {}) : backend_{backend} {}

  template <class T>
  [[nodiscard]] buffer<T> allocate(std::size_t size) const {
    return buffer<T>{size};
  }
  template <class T>
  void upload(std::span<T> from, buffer<std::remove_const_t<T>>& to) const {
    std::copy(from.begin(), from.end(), to.data());
  }
  template <class T>
  void clear(buffer<T>& what) const {
    if (what.size() != 0) std::memset(static_cast<void*>(what.data()), 0, what.size() * sizeof(T));
  }
  template <class T>
  void download(const buffer<T>& from, std::span<T> to) const {
    std::copy_n(from.data(), to.size(), to.begin());
  }

  template <class F>
  void run(const F& f) const {
    if constexpr (std::same_as<Backend, sequential>) {
      f(thrust::cpp::par);
    } else {
      backend_.run([&] { f(Backend::policy()); });
    }
  }

 private:
  Backend backend_;
};

}  // namespace mll::exec::detail
