// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/exec/cuda.cuh"

#include <thrust/device_ptr.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/label/statistics/detail/statistics_view.hpp"
#include "support/device_test.hpp"

static_assert(!mll::exec::execution_backend<mll::exec::cuda>);

MLL_DEVICE_TEST(thrust_runs_on_the_stream, "Thrust runs on the stream of exec::cuda") {
  const mll::exec::cuda device;
  const thrust::counting_iterator<long> first{0};
  MLL_DEVICE_CHECK(thrust::reduce(device.policy(), first, first + 100000) == 99999L * 50000);
  MLL_DEVICE_CHECK(device.name() == "cuda");
}

MLL_DEVICE_TEST(copies_share_a_stream, "copies of exec::cuda share a stream, others have their own") {
  const mll::exec::cuda one;
  const mll::exec::cuda copy = one;
  const mll::exec::cuda other;
  MLL_DEVICE_CHECK(copy.stream() == one.stream());
  MLL_DEVICE_CHECK(other.stream() != one.stream());
  cudaStream_t mine = nullptr;
  mll::exec::cuda::require(cudaStreamCreate(&mine), "making a stream");
  {
    const mll::exec::cuda borrowed{mine};
    MLL_DEVICE_CHECK(borrowed.stream() == mine);
    borrowed.synchronize();
  }
  MLL_DEVICE_CHECK(cudaStreamDestroy(mine) == cudaSuccess);  // it was not taken
}

MLL_DEVICE_TEST(a_device_that_is_none, "a device number out of range is an error that names it") {
  const std::string count = std::to_string(mll::exec::cuda::device_count());
  std::string said;
  try {
    const mll::exec::cuda none{static_cast<int>(mll::exec::cuda::device_count())};
  } catch (const mll::device_error& error) {
    said = error.what();
  }
  MLL_DEVICE_CHECK(said == "choosing CUDA device " + count + ": expected a number below " + count);
}

MLL_DEVICE_TEST(memory_that_is_not_there,
                "too large an allocation is an error that the next launch does not see") {
  const mll::exec::cuda device;
  const mll::exec::detail::cuda_grid grid{device};
  std::string said;
  try {
    static_cast<void>(grid.allocate<char>(std::size_t{1} << 50U));
  } catch (const mll::device_error& error) {
    said = error.what();
  }
  MLL_DEVICE_CHECK(said.starts_with("allocating 1125899906842624 bytes on CUDA device 0: "));
  auto here = grid.allocate<mll::detail::four_means>(64);
  grid.clear(here);
  grid.launch(1, mll::detail::min_means{{here.data(), 1, 256, 64}, here.data()});
  device.synchronize();
}

MLL_DEVICE_TEST(launches_are_recorded, "recorded launches run as often as asked, on any stream") {
  for (const bool is_own : {true, false}) {
    const mll::exec::cuda device = is_own ? mll::exec::cuda{} : mll::exec::cuda{cudaStream_t{nullptr}};
    const mll::exec::detail::cuda_grid grid{device};
    const std::vector<mll::detail::four_means> rows{{{9, 8, 7, 6}}, {{5, 9, 4, 9}}};
    auto from = grid.allocate<mll::detail::four_means>(2);
    auto to = grid.allocate<mll::detail::four_means>(1);
    const auto minimum = grid.record([&] {
      grid.launch(1, mll::detail::min_means{{from.data(), 2, 4, 1}, to.data()});
    });
    for (const std::uint16_t first : {9, 2}) {
      auto mine = rows;
      mine[0].of[0] = first;
      grid.upload(std::span{mine}, from);
      minimum.run();
      std::vector<mll::detail::four_means> back(1);
      grid.download(to, std::span{back});
      MLL_DEVICE_CHECK(back[0].of[0] == (first == 9 ? 5 : 2) && back[0].of[1] == 8 && back[0].of[2] == 4);
    }
  }
}
