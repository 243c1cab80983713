// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cublas_v2.h>
#include <cusolverDn.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <limits>
#include <mutex>
#include <span>
#include <string>

// The host's part has pragmas of GCC, which nvcc passes on and warns about.
#pragma nv_diagnostic push
#pragma nv_diag_suppress 1675
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/exec/detail/thrust_device.cuh"
#include "mll/profile/dense_algebra.hpp"
#pragma nv_diagnostic pop

namespace mll {

namespace detail {

/// Copies the lower triangle of a column-major matrix to the upper one.
struct mirror_lower_triangle {
  float* matrix;
  std::size_t size;

  __device__ void operator()(std::size_t i) const {
    const std::size_t row = i % size;
    const std::size_t column = i / size;
    if (row < column) matrix[i] = matrix[column + row * size];
  }
};

}  // namespace detail

/// Dense linear algebra on a CUDA device, by cuBLAS and cuSOLVER: the covariance of a profile, the
/// covariances that folds leave out, and the equations of discriminants. Component `mll::cuda_algebra`.
///
/// @code
/// const mll::exec::cuda device;
/// const auto algebra = std::make_shared<const mll::device_algebra>(device);
/// const mll::hub_profile profile = mll::profile(backend, labels, graph, {.algebra = algebra});
/// const mll::selection chosen = mll::select(backend, labels, match, {.method = {.budget = mll::experts{20}},
///                                                                    .profile = &profile});
/// @endcode
///
/// A profile that was read from a file gets it by `profile.algebra = algebra`.
///
/// Covariances are in single precision, as on the host: entries within 1e-5 of the product of the two
/// deviations. Equations are in double precision: within 1e-9 of the host's for a condition of 1e5. The same
/// call gives the same bits on the same device and library. Calls wait for each other and until they are
/// complete.
///
/// Throws: `device_error` if an allocation or a library call fails, or a matrix is not positive definite.
/// Device memory: 4 d^2 bytes and 256 MB of rows for a covariance (4 a d bytes for that of a columns with d),
/// 8 d (d + m) bytes for equations.
class device_algebra final : public dense_algebra {
 public:
  explicit device_algebra(const exec::cuda& device) : grid_{device}, blas_{device}, solver_{device} {}

  [[nodiscard]] const exec::cuda& device() const noexcept { return grid_.backend(); }

  [[nodiscard]] matrix<float> scatter(exec::backend_ref, const matrix<float>& rows,
                                      double divisor) const override {
    const auto size = static_cast<std::size_t>(rows.cols());
    const auto count = static_cast<std::size_t>(rows.rows());
    matrix<float> out = matrix<float>(rows.cols(), rows.cols());
    if (size == 0) return out;
    const std::scoped_lock lock{one_at_a_time_};
    const exec::cuda::scope here{device()};
    const std::size_t at_once = std::max<std::size_t>(1, std::min(count, max_chunk / size));
    auto chunk = grid_.allocate<float>(at_once * size);
    auto sum = grid_.allocate<float>(size * size);
    grid_.clear(sum);
    const auto factor = static_cast<float>(1 / divisor);
    for (std::size_t first = 0; first < count; first += at_once) {
      // Row-major [rows, size] is column-major [size, rows].
      const std::size_t height = std::min(at_once, count - first);
      grid_.upload(std::span{rows.data() + first * size, height * size}, chunk);
      const float one = 1;
      require(cublasSsyrk(blas_.handle, CUBLAS_FILL_MODE_LOWER, CUBLAS_OP_N, length(size), length(height),
                          &factor, chunk.data(), length(size), &one, sum.data(), length(size)),
              "a covariance of " + std::to_string(size) + " dimensions");
    }
    exec::detail::thrust_device{device()}.run([&](const auto& policy) {
      thrust::for_each_n(policy, thrust::counting_iterator<std::size_t>{0}, size * size,
                         detail::mirror_lower_triangle{sum.data(), size});
    });
    grid_.download(sum, std::span{out.data(), size * size});
    return out;
  }

  [[nodiscard]] matrix<float> cross_scatter(exec::backend_ref, const matrix<float>& left,
                                            const matrix<float>& rows, double divisor) const override {
    const auto height = static_cast<std::size_t>(left.cols());
    const auto width = static_cast<std::size_t>(rows.cols());
    const auto count = static_cast<std::size_t>(rows.rows());
    matrix<float> out = matrix<float>(left.cols(), rows.cols());
    if (height == 0 || width == 0) return out;
    const std::scoped_lock lock{one_at_a_time_};
    const exec::cuda::scope here{device()};
    const std::size_t at_once = std::max<std::size_t>(1, std::min(count, max_chunk / (height + width)));
    auto some_left = grid_.allocate<float>(at_once * height);
    auto some_rows = grid_.allocate<float>(at_once * width);
    auto sum = grid_.allocate<float>(height * width);
    grid_.clear(sum);
    const auto factor = static_cast<float>(1 / divisor);
    const float one = 1;
    for (std::size_t first = 0; first < count; first += at_once) {
      // Row-major [height, width] is column-major [width, height]: rows^T left there.
      const std::size_t some = std::min(at_once, count - first);
      grid_.upload(std::span{left.data() + first * height, some * height}, some_left);
      grid_.upload(std::span{rows.data() + first * width, some * width}, some_rows);
      require(cublasSgemm(blas_.handle, CUBLAS_OP_N, CUBLAS_OP_T, length(width), length(height), length(some),
                          &factor, some_rows.data(), length(width), some_left.data(), length(height), &one,
                          sum.data(), length(width)),
              "a covariance of " + std::to_string(height) + " with " + std::to_string(width) + " dimensions");
    }
    grid_.download(sum, std::span{out.data(), height * width});
    return out;
  }

  void solve(Eigen::MatrixXd a, Eigen::MatrixXd& b) const override {
    const auto size = static_cast<std::size_t>(a.rows());
    const auto sides = static_cast<std::size_t>(b.cols());
    if (size == 0 || sides == 0) return;
    const std::string what = "equations of " + std::to_string(size) + " unknowns";
    const std::scoped_lock lock{one_at_a_time_};
    const exec::cuda::scope here{device()};
    auto left = grid_.allocate<double>(size * size);
    auto right = grid_.allocate<double>(size * sides);
    auto info = grid_.allocate<int>(1);
    grid_.upload(std::span{a.data(), size * size}, left);
    grid_.upload(std::span{b.data(), size * sides}, right);
    int workspace_size = 0;
    require(cusolverDnDpotrf_bufferSize(solver_.handle, CUBLAS_FILL_MODE_LOWER, length(size), left.data(),
                                        length(size), &workspace_size),
            what);
    auto workspace = grid_.allocate<double>(static_cast<std::size_t>(workspace_size));
    require(cusolverDnDpotrf(solver_.handle, CUBLAS_FILL_MODE_LOWER, length(size), left.data(), length(size),
                             workspace.data(), workspace_size, info.data()),
            what);
    int status = 0;
    grid_.download(info, std::span{&status, 1});
    if (status != 0) throw device_error{what, "the matrix is not positive definite"};
    require(cusolverDnDpotrs(solver_.handle, CUBLAS_FILL_MODE_LOWER, length(size), length(sides), left.data(),
                             length(size), right.data(), length(size), info.data()),
            what);
    grid_.download(right, std::span{b.data(), size * sides});
  }

 private:
  static constexpr std::size_t max_chunk = std::size_t{64} << 20;  // numbers: 256 MB

  // The libraries count in int.
  static int length(std::size_t size) {
    if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      throw invalid_argument{"matrix", "at most 2147483647 rows and columns", std::to_string(size)};
    return static_cast<int>(size);
  }
  static void require(cublasStatus_t status, const std::string& attempt) {
    if (status != CUBLAS_STATUS_SUCCESS)
      throw device_error{attempt, std::string{"cuBLAS: "} + cublasGetStatusString(status)};
  }
  static void require(cusolverStatus_t status, const std::string& attempt) {
    if (status != CUSOLVER_STATUS_SUCCESS)
      throw device_error{attempt, "cuSOLVER: status " + std::to_string(static_cast<int>(status))};
  }

  struct blas {
    explicit blas(const exec::cuda& device) {
      const exec::cuda::scope here{device};
      require(cublasCreate(&handle), "starting cuBLAS");
      const cublasStatus_t status = cublasSetStream(handle, device.stream());
      if (status != CUBLAS_STATUS_SUCCESS) static_cast<void>(cublasDestroy(handle));
      require(status, "setting the stream of cuBLAS");
    }
    ~blas() { static_cast<void>(cublasDestroy(handle)); }
    blas(const blas&) = delete;
    blas& operator=(const blas&) = delete;

    cublasHandle_t handle = nullptr;
  };
  struct solver {
    explicit solver(const exec::cuda& device) {
      const exec::cuda::scope here{device};
      require(cusolverDnCreate(&handle), "starting cuSOLVER");
      const cusolverStatus_t status = cusolverDnSetStream(handle, device.stream());
      if (status != CUSOLVER_STATUS_SUCCESS) static_cast<void>(cusolverDnDestroy(handle));
      require(status, "setting the stream of cuSOLVER");
    }
    ~solver() { static_cast<void>(cusolverDnDestroy(handle)); }
    solver(const solver&) = delete;
    solver& operator=(const solver&) = delete;

    cusolverDnHandle_t handle = nullptr;
  };

  exec::detail::cuda_grid grid_;  // destroyed last: the handles use its stream
  blas blas_;
  solver solver_;
  mutable std::mutex one_at_a_time_;
};

}  // namespace mll
