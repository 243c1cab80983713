// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The grid of a device, on the host: every block of a kernel is one call, run on a backend, and its threads
// are a loop. See mll/exec/detail/device_code.hpp for what a grid and a block are.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "mll/exec/for_each_index.hpp"

namespace mll::test {

/// @tparam Backwards whether threads take their turns from the last to the first: nothing may rely on an
/// order
template <unsigned Threads, bool Backwards>
class host_block {
 public:
  static constexpr unsigned threads = Threads;
  template <class T>
  using registers = std::array<T, Threads>;

  explicit host_block(std::size_t index) : index_{static_cast<unsigned>(index)} {}

  [[nodiscard]] unsigned index() const noexcept { return index_; }

  template <class F>
  void each_thread(const F& f) const {
    for (unsigned turn = 0; turn < Threads; ++turn) f(Backwards ? Threads - 1 - turn : turn);
  }
  template <class T>
  [[nodiscard]] T& shared() {
    static_assert(std::is_trivially_default_constructible_v<T> && sizeof(T) <= 48 * 1024);
    if (shared_.empty()) shared_.assign(sizeof(T) / sizeof(std::max_align_t) + 1, poison());
    return *reinterpret_cast<T*>(shared_.data());
  }
  template <class T, class F>
  void warp_reduce(registers<T>& values, const F& f) const {
    for (unsigned apart = 16; apart > 0; apart /= 2) {
      registers<T> next;
      for (unsigned t = 0; t < Threads; ++t) next[t] = f(values[t], values[t ^ apart]);
      values = next;
    }
  }
  void warp_sum(registers<double>& values) const {
    warp_reduce(values, [](double a, double b) { return a + b; });
  }
  void sort(std::uint64_t* keys) const { std::sort(keys, keys + 8 * std::size_t{Threads}); }

 private:
  static std::max_align_t poison() {
    std::max_align_t out;
    std::memset(&out, 0xA5, sizeof out);
    return out;
  }

  unsigned index_;
  std::vector<std::max_align_t> shared_;
};

template <class Backend, bool Backwards = true>
class host_grid {
 public:
  template <class T>
  class buffer {
   public:
    buffer() = default;
    explicit buffer(std::size_t size) : values_(size) {
      std::memset(static_cast<void*>(values_.data()), 0xA5, size * sizeof(T));  // nothing may rely on zeros
    }
    [[nodiscard]] T* data() noexcept { return values_.data(); }
    [[nodiscard]] const T* data() const noexcept { return values_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }

   private:
    std::vector<T> values_;
  };

  explicit host_grid(Backend backend = {}) : backend_{backend} {}

  template <class T>
  [[nodiscard]] buffer<T> allocate(std::size_t size) const {
    return buffer<T>{size};
  }
  template <class T>
  void upload(std::span<const T> from, buffer<T>& to) const {
    std::copy(from.begin(), from.end(), to.data());
  }
  template <class T>
  void upload(std::span<T> from, buffer<T>& to) const {
    upload(std::span<const T>{from}, to);
  }
  template <class T>
  void clear(buffer<T>& what) const {
    std::memset(static_cast<void*>(what.data()), 0, what.size() * sizeof(T));
  }
  template <class T>
  void download(const buffer<T>& from, std::span<T> to) const {
    std::copy_n(from.data(), to.size(), to.begin());
  }
  template <class F>
  [[nodiscard]] auto record(const F& launches) const {
    struct recorded {
      F launches;
      void run() const { launches(); }
    };
    return recorded{launches};
  }
  template <class Body>
  void launch(std::size_t blocks, const Body& body) const {
    static_assert(std::is_trivially_copyable_v<Body>);
    exec::for_each_index(backend_, blocks, [&](std::size_t b) {
      host_block<Body::threads, Backwards> block{b};
      body(block);
    });
  }

 private:
  Backend backend_;
};

}  // namespace mll::test
