// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mll::detail {

/// Four adjacent heads of a row of node statistics; one load of a thread.
struct alignas(8) four_means {
  std::uint16_t of[4];
};

/// Node statistics in device memory: rows of `four_means`.
struct statistics_view {
  const four_means* rows = nullptr;  ///< `[nodes, stride]`
  std::size_t nodes = 0;
  std::size_t heads = 0;
  std::size_t stride = 0;  ///< in `four_means`
};

}  // namespace mll::detail
