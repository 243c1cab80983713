// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <thrust/system/cpp/execution_policy.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "mll/exec/backend.hpp"

namespace mll::exec {

/// One thread: the calling one (Thrust's C++ system). The backend to compare every other with.
class sequential {
 public:
  [[nodiscard]] static constexpr std::string_view name() noexcept { return "sequential"; }
  [[nodiscard]] static constexpr std::size_t concurrency() noexcept { return 1; }
  [[nodiscard]] static const auto& policy() noexcept { return thrust::cpp::par; }

  template <class F>
  void run(F&& f) const {
    std::forward<F>(f)();
  }
};

static_assert(execution_backend<sequential>);

}  // namespace mll::exec
