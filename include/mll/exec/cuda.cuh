// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#if !defined(__CUDACC__)
#error \
    "mll/exec/cuda.cuh needs nvcc: install the CUDA toolkit, link the CMake target mll::cuda, name the file .cu"
#endif

#include <cuda_runtime_api.h>
#include <thrust/system/cuda/execution_policy.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"

namespace mll::exec {

/// A CUDA device and a stream on it (Thrust's CUDA system). Component `mll::cuda`. A small value: copies
/// share the stream and the memory that work on it takes.
///
/// @code
/// if (mll::exec::cuda::device_count() > 0) {
///   const mll::exec::cuda device{0};
///   const mll::device_node_statistics means{device, mll::node_statistics{labels}};
///   const auto screened = mll::screen(device, means, mll::evidence_of(match, labels.samples()), 64);
/// }
/// @endcode
///
/// Not an `execution_backend`: such a backend calls what it is given, and what it is given is code of the
/// host. The stages for a device are overloads, with the same names, options and results, whose first
/// argument is this type.
class cuda {
 public:
  /// A new stream on a device. Throws: `device_error` if there is no such device.
  explicit cuda(int device = 0) : state_{std::make_shared<state>(device, nullptr, true)} {}
  /// A stream of the caller on the current device. It must outlive the backend and everything made with it.
  /// Throws: `device_error` if there is no device.
  explicit cuda(cudaStream_t stream) : state_{std::make_shared<state>(current_device(), stream, false)} {}

  [[nodiscard]] static constexpr std::string_view name() noexcept { return "cuda"; }
  /// Number of devices that can be used; 0 where there is no driver.
  [[nodiscard]] static std::size_t device_count() noexcept {
    int out = 0;
    if (cudaGetDeviceCount(&out) == cudaSuccess) return static_cast<std::size_t>(out);
    static_cast<void>(cudaGetLastError());  // clears the error, so that later calls do not report it
    return 0;
  }

  [[nodiscard]] int device() const noexcept { return state_->device; }
  [[nodiscard]] cudaStream_t stream() const noexcept { return state_->stream; }
  /// The memory pool of the device. It keeps freed memory, so that a second task of the same size does not
  /// wait for allocations.
  [[nodiscard]] cudaMemPool_t pool() const noexcept { return state_->pool; }
  /// Thrust algorithms called with it run on the stream and do not wait for their end.
  [[nodiscard]] auto policy() const noexcept { return thrust::cuda::par_nosync.on(stream()); }
  /// Waits for all work on the stream. Throws: `device_error` if some of it failed.
  void synchronize() const { require(cudaStreamSynchronize(stream()), "work on a CUDA stream"); }

  /// Makes the device current for the calling thread until the object is destroyed.
  class scope {
   public:
    explicit scope(const cuda& backend) : before_{current_device()}, is_other_{before_ != backend.device()} {
      if (is_other_) require(cudaSetDevice(backend.device()), "choosing a CUDA device");
    }
    ~scope() {
      if (is_other_) static_cast<void>(cudaSetDevice(before_));
    }
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

   private:
    int before_;
    bool is_other_;
  };

  /// Throws: `device_error` with what was attempted and CUDA's message, unless it succeeded. Clears the
  /// error.
  static void require(cudaError_t status, std::string_view attempt) {
    if (status == cudaSuccess) return;
    static_cast<void>(cudaGetLastError());
    throw device_error{attempt, cudaGetErrorString(status)};
  }

 private:
  static int current_device() {
    int out = 0;
    require(cudaGetDevice(&out), "looking for a CUDA device");
    return out;
  }

  struct state {
    state(int of_device, cudaStream_t of_stream, bool is_own) : device{of_device}, stream{of_stream} {
      const int before = current_device();
      if (device < 0 || static_cast<std::size_t>(device) >= device_count()) {
        throw device_error{"choosing CUDA device " + std::to_string(device),
                           "expected a number below " + std::to_string(device_count())};
      }
      require(cudaSetDevice(device), "choosing a CUDA device");
      cudaMemPoolProps wanted{};
      wanted.allocType = cudaMemAllocationTypePinned;
      wanted.location.type = cudaMemLocationTypeDevice;
      wanted.location.id = device;
      require(cudaMemPoolCreate(&pool, &wanted), "making a CUDA memory pool");
      auto kept = std::numeric_limits<std::uint64_t>::max();
      static_cast<void>(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &kept));
      if (is_own) {
        const cudaError_t status = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
        if (status != cudaSuccess) static_cast<void>(cudaMemPoolDestroy(pool));
        require(status, "making a CUDA stream");
        owned = stream;
      }
      static_cast<void>(cudaSetDevice(before));
    }
    ~state() {
      if (owned != nullptr) static_cast<void>(cudaStreamDestroy(owned));
      static_cast<void>(cudaMemPoolDestroy(pool));
    }
    state(const state&) = delete;
    state& operator=(const state&) = delete;

    int device;
    cudaStream_t stream;
    cudaStream_t owned = nullptr;
    cudaMemPool_t pool = nullptr;
  };

  std::shared_ptr<const state> state_;
};

// Otherwise every host stage would accept it, and fail at run time.
static_assert(!execution_backend<cuda>);

}  // namespace mll::exec
