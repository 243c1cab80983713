// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/system/cpp/execution_policy.h>

#include <cstddef>
#include <string_view>

#include "mll/exec/backend.hpp"

namespace mll::exec {

/// The calling thread only (Thrust's C++ system): the reference for all other backends.
class sequential {
 public:
  [[nodiscard]] static constexpr std::string_view name() noexcept { return "sequential"; }
  [[nodiscard]] static constexpr std::size_t concurrency() noexcept { return 1; }
  /// In index order.
  static void for_each(std::size_t count, index_function_ref f) {
    thrust::for_each_n(thrust::cpp::par, thrust::counting_iterator<std::size_t>{0}, count, f);
  }

  /// The policy for Thrust algorithms of one's own.
  [[nodiscard]] static const auto& policy() noexcept { return thrust::cpp::par; }
};

static_assert(execution_backend<sequential>);

}  // namespace mll::exec
