// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace mll::detail {

/// Allocates tables for fast reading: aligned to cache lines, and on Linux with huge pages if they are large.
template <class T>
struct table_allocator {
  using value_type = T;

  table_allocator() = default;
  template <class U>
  explicit table_allocator(const table_allocator<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length{};
    const std::size_t bytes = count * sizeof(T);
    void* const memory = ::operator new(bytes, alignment_of(bytes));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (bytes >= large) static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));  // it may refuse
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    ::operator delete(memory, alignment_of(count * sizeof(T)));
  }
  [[nodiscard]] friend bool operator==(const table_allocator&, const table_allocator&) noexcept {
    return true;
  }

  static constexpr std::size_t line = 64;
  static constexpr std::size_t page = std::size_t{1} << 21U;
  static constexpr std::size_t large = 2 * page;

 private:
  static std::align_val_t alignment_of(std::size_t bytes) noexcept {
    return std::align_val_t{bytes >= large ? page : line};
  }
};

}  // namespace mll::detail
