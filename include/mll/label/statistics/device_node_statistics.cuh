// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/exec/detail/thrust_device.cuh"
#include "mll/label/statistics/detail/statistics_view.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"

namespace mll {

namespace detail {

/// An excess to upload.
struct placed_excess {
  std::uint32_t node;
  std::uint32_t head;
  std::uint32_t excess;
};

/// Writes an excess to its row.
struct place_excess {
  const placed_excess* excesses;
  four_means* rows;
  std::size_t stride;

  __device__ void operator()(std::size_t i) const {
    const placed_excess& here = excesses[i];
    rows[here.node * stride + here.head / 4].of[here.head % 4] = static_cast<std::uint16_t>(here.excess);
  }
};

}  // namespace detail

/// Node statistics in the memory of a CUDA device: uploaded once per hub, read by every task.
///
/// Size: 2 bytes per node and head. Move-only; keeps the backend alive.
///
/// @code
/// const mll::exec::cuda device;
/// const mll::device_node_statistics means{device, mll::node_statistics{labels}};  // once per hub
/// @endcode
class device_node_statistics {
 public:
  /// Uploads the rows. Throws: `device_error` if they do not fit. Complexity: O(nodes heads).
  device_node_statistics(const exec::cuda& device, const node_statistics& statistics)
      : device_node_statistics{device, statistics.node_count(), statistics.head_count(), nullptr} {
    const exec::cuda::scope here{device};
    for (std::size_t v = 0; v < nodes_; ++v) {
      const auto row = statistics.row(v);
      exec::cuda::require(cudaMemcpyAsync(rows_.data() + v * stride_, row.data(), row.size_bytes(),
                                          cudaMemcpyHostToDevice, device.stream()),
                          "uploading node statistics");
    }
    find_min(device);
  }

  /// Uploads the excesses only; all other values are 0. Reuse scores are those of the sparse statistics.
  /// Throws: `device_error` if the rows do not fit. Complexity: O(nodes heads + excesses).
  device_node_statistics(const exec::cuda& device, const sparse_node_statistics& statistics)
      : device_node_statistics{device, statistics.node_count(), statistics.head_count(), nullptr} {
    std::vector<detail::placed_excess> excesses;
    excesses.reserve(statistics.excess_count());
    for (std::size_t v = 0; v < nodes_; ++v) {
      for (const head_excess& here : statistics.at_node(v))
        excesses.push_back({static_cast<std::uint32_t>(v), here.head, here.excess});
    }
    const exec::detail::cuda_grid grid{device};
    auto uploaded = grid.allocate<detail::placed_excess>(excesses.size());
    grid.upload(std::span{excesses}, uploaded);
    grid.clear(rows_);
    exec::detail::thrust_device{device}.run([&](const auto& policy) {
      thrust::for_each_n(policy, thrust::counting_iterator<std::size_t>{0}, excesses.size(),
                         detail::place_excess{uploaded.data(), rows_.data(), stride_});
    });
    find_min(device);
  }

  [[nodiscard]] std::size_t node_count() const noexcept { return nodes_; }
  [[nodiscard]] std::size_t head_count() const noexcept { return heads_; }
  /// Number of the device that holds them.
  [[nodiscard]] int device() const noexcept { return device_; }
  /// Bytes on the device.
  [[nodiscard]] std::size_t size_bytes() const noexcept {
    return (rows_.size() + min_.size()) * sizeof(detail::four_means);
  }
  /// A view for kernels.
  [[nodiscard]] detail::statistics_view view() const noexcept {
    return {rows_.data(), nodes_, heads_, stride_, min_.data()};
  }

 private:
  device_node_statistics(const exec::cuda& device, std::size_t nodes, std::size_t heads, std::nullptr_t)
      : device_{device.device()},
        nodes_{nodes},
        heads_{heads},
        stride_{(heads + node_statistics::padding - 1) / node_statistics::padding * node_statistics::padding /
                4},
        rows_{exec::detail::cuda_grid{device}.allocate<detail::four_means>(nodes * stride_)},
        min_{exec::detail::cuda_grid{device}.allocate<detail::four_means>(stride_)} {}

  void find_min(const exec::cuda& device) {
    exec::detail::cuda_grid{device}.launch(
        (view().groups() + detail::min_means::threads - 1) / detail::min_means::threads,
        detail::min_means{view(), min_.data()});
    device.synchronize();
  }

  int device_;
  std::size_t nodes_;
  std::size_t heads_;
  std::size_t stride_;
  exec::detail::cuda_grid::buffer<detail::four_means> rows_;
  exec::detail::cuda_grid::buffer<detail::four_means> min_;
};

}  // namespace mll
