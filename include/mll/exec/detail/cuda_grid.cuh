// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cub/block/block_radix_sort.cuh>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/device_code.hpp"

namespace mll::exec::detail {

/// A block of threads on a CUDA device; see `device_code.hpp`.
template <unsigned Threads>
class cuda_block {
 public:
  static constexpr unsigned threads = Threads;

  template <class T>
  class registers {
   public:
    __device__ T& operator[](unsigned) { return value_; }

   private:
    T value_;
  };

  __device__ unsigned index() const { return blockIdx.x; }

  template <class F>
  __device__ void each_thread(const F& f) const {
    f(threadIdx.x);
    if constexpr (Threads == 32) {
      __syncwarp();
    } else {
      __syncthreads();
    }
  }

  template <class T>
  __device__ T& shared() const {
    static_assert(std::is_trivially_default_constructible_v<T>);
    __shared__ alignas(T) unsigned char bytes[sizeof(T)];
    return *reinterpret_cast<T*>(bytes);
  }

  template <class T, class F>
  __device__ void warp_reduce(registers<T>& values, const F& f) const {
    constexpr int words = sizeof(T) / 4;
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 4 == 0);
    MLL_UNROLL
    for (int apart = 16; apart > 0; apart /= 2) {
      unsigned mine[words];
      unsigned other[words];
      memcpy(mine, &values[0], sizeof(T));
      MLL_UNROLL
      for (int i = 0; i < words; ++i) other[i] = __shfl_xor_sync(0xFFFFFFFFU, mine[i], apart);
      T value;
      memcpy(&value, other, sizeof(T));
      values[0] = f(values[0], value);
    }
  }
  __device__ void warp_sum(registers<double>& values) const {
    warp_reduce(values, [](double a, double b) { return a + b; });
  }

  __device__ void sort(std::uint64_t* keys) const {
    constexpr int per_thread = 8;
    using sorting = cub::BlockRadixSort<std::uint64_t, static_cast<int>(Threads), per_thread>;
    __shared__ typename sorting::TempStorage memory;
    std::uint64_t mine[per_thread];
    MLL_UNROLL
    for (int i = 0; i < per_thread; ++i) mine[i] = keys[threadIdx.x * per_thread + i];
    sorting{memory}.Sort(mine);
    MLL_UNROLL
    for (int i = 0; i < per_thread; ++i) keys[threadIdx.x * per_thread + i] = mine[i];
    __syncthreads();
  }
};

template <class Body>
__global__ void __launch_bounds__(Body::threads) run_body(const __grid_constant__ Body body) {
  cuda_block<Body::threads> block;
  body(block);
}

/// Memory and kernels on the stream of a CUDA backend; see `device_code.hpp`.
class cuda_grid {
 public:
  template <class T>
  class buffer {
   public:
    static_assert(std::is_trivially_copyable_v<T>);

    buffer() = default;
    buffer(const cuda& backend, std::size_t size) : buffer{nullptr, backend, size} {
      if (size == 0) return;
      void* memory = nullptr;
      const cudaError_t status =
          cudaMallocFromPoolAsync(&memory, size * sizeof(T), backend.pool(), backend.stream());
      if (status != cudaSuccess) {
        cuda::require(status, "allocating " + std::to_string(size * sizeof(T)) + " bytes on CUDA device " +
                                  std::to_string(backend.device()));
      }
      data_ = static_cast<T*>(memory);
    }
    buffer(buffer&& other) noexcept
        : data_{std::exchange(other.data_, nullptr)},
          size_{std::exchange(other.size_, 0)},
          backend_{std::move(other.backend_)} {}
    buffer& operator=(buffer&& other) noexcept {
      std::swap(data_, other.data_);
      std::swap(size_, other.size_);
      std::swap(backend_, other.backend_);
      return *this;
    }
    ~buffer() {
      // The stream belongs to a device, whichever is the current one.
      if (data_ != nullptr) static_cast<void>(cudaFreeAsync(data_, backend_->stream()));
    }

    [[nodiscard]] T* data() noexcept { return data_; }
    [[nodiscard]] const T* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

   private:
    buffer(std::nullptr_t, const cuda& backend, std::size_t size) : size_{size}, backend_{backend} {}

    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::optional<cuda> backend_;  // keeps stream and pool alive
  };

  explicit cuda_grid(const cuda& backend) : backend_{backend} {}

  [[nodiscard]] const cuda& backend() const noexcept { return backend_; }

  template <class T>
  [[nodiscard]] buffer<T> allocate(std::size_t size) const {
    const cuda::scope here{backend_};
    return {backend_, size};
  }
  /// `from` may be changed or freed when this returns.
  template <class T>
  void upload(std::span<T> from, buffer<std::remove_const_t<T>>& to) const {
    copy(to.data(), from.data(), from.size_bytes(), cudaMemcpyHostToDevice);
    // CUDA has copied pageable memory when the call returns, and may not have begun with pinned memory.
    cudaPointerAttributes attributes{};
    if (cudaPointerGetAttributes(&attributes, from.data()) != cudaSuccess)
      static_cast<void>(cudaGetLastError());
    if (attributes.type != cudaMemoryTypeUnregistered) backend_.synchronize();
  }
  template <class T>
  void clear(buffer<T>& what) const {
    if (what.size() == 0) return;
    const cuda::scope here{backend_};
    cuda::require(cudaMemsetAsync(what.data(), 0, what.size() * sizeof(T), backend_.stream()),
                  "clearing memory of a CUDA device");
  }
  template <class T>
  void download(const buffer<T>& from, std::span<T> to) const {
    copy(to.data(), from.data(), to.size_bytes(), cudaMemcpyDeviceToHost);
    backend_.synchronize();
  }

  /// Launches that are run again and again: a CUDA graph, or calls where a stream cannot be captured.
  template <class F>
  class recorded {
   public:
    recorded(const cuda& backend, const F& launches) : backend_{backend}, launches_{launches} {
      const cuda::scope here{backend_};
      if (cudaStreamBeginCapture(backend_.stream(), cudaStreamCaptureModeThreadLocal) != cudaSuccess) {
        static_cast<void>(cudaGetLastError());  // the default stream
        return;
      }
      cudaGraph_t graph = nullptr;
      try {
        launches_();
      } catch (...) {
        static_cast<void>(cudaStreamEndCapture(backend_.stream(), &graph));
        if (graph != nullptr) static_cast<void>(cudaGraphDestroy(graph));
        throw;
      }
      cuda::require(cudaStreamEndCapture(backend_.stream(), &graph), "recording a CUDA graph");
      const cudaError_t status = cudaGraphInstantiate(&runnable_, graph, 0);
      static_cast<void>(cudaGraphDestroy(graph));
      cuda::require(status, "making a CUDA graph");
    }
    ~recorded() {
      if (runnable_ != nullptr) static_cast<void>(cudaGraphExecDestroy(runnable_));
    }
    recorded(const recorded&) = delete;
    recorded& operator=(const recorded&) = delete;

    void run() const {
      const cuda::scope here{backend_};
      if (runnable_ == nullptr) {
        launches_();
      } else {
        cuda::require(cudaGraphLaunch(runnable_, backend_.stream()), "launching a CUDA graph");
      }
    }

   private:
    cuda backend_;
    F launches_;
    cudaGraphExec_t runnable_ = nullptr;
  };
  template <class F>
  [[nodiscard]] recorded<F> record(const F& launches) const {
    return {backend_, launches};
  }

  template <class Body>
  void launch(std::size_t blocks, const Body& body) const {
    static_assert(std::is_trivially_copyable_v<Body>);
    if (blocks == 0) return;
    const cuda::scope here{backend_};
    run_body<Body><<<static_cast<unsigned>(blocks), Body::threads, 0, backend_.stream()>>>(body);
    cuda::require(cudaGetLastError(), "launching a CUDA kernel");
  }

 private:
  void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) const {
    if (bytes == 0) return;
    const cuda::scope here{backend_};
    cuda::require(cudaMemcpyAsync(to, from, bytes, kind, backend_.stream()),
                  "copying to or from a CUDA device");
  }

  cuda backend_;
};

}  // namespace mll::exec::detail
