// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/system/cuda/execution_policy.h>
#include <thrust/system_error.h>

#include <cstddef>

#include "mll/core/error.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"

namespace mll::exec::detail {

/// Memory and Thrust algorithms of a CUDA device; see `thrust_host`.
class thrust_device : public cuda_grid {
 public:
  explicit thrust_device(const cuda& device) : cuda_grid{device} {}

  /// Throws: `device_error` if an algorithm fails.
  template <class F>
  void run(const F& f) const {
    const cuda::scope here{backend()};
    temporary_memory memory{&backend()};
    try {
      f(thrust::cuda::par_nosync(memory).on(backend().stream()));
    } catch (const thrust::system_error& failure) {
      static_cast<void>(cudaGetLastError());  // clears the error, so that later calls do not report it
      throw device_error{"running a Thrust algorithm", failure.what()};
    }
  }

 private:
  // Temporary memory of the algorithms. Thrust's own allocator waits for the device, twice per algorithm.
  struct temporary_memory {
    using value_type = char;

    char* allocate(std::ptrdiff_t size) const {
      void* out = nullptr;
      cuda::require(
          cudaMallocFromPoolAsync(&out, static_cast<std::size_t>(size), device->pool(), device->stream()),
          "allocating memory of a CUDA device");
      return static_cast<char*>(out);
    }
    void deallocate(char* what, std::size_t) const {
      static_cast<void>(cudaFreeAsync(what, device->stream()));
    }

    const cuda* device;
  };
};

}  // namespace mll::exec::detail
