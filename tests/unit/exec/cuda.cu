#include "mll/exec/cuda.cuh"

#include <thrust/device_ptr.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>

#include <string>

#include "mll/exec/backend.hpp"
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

MLL_DEVICE_TEST(a_device_that_is_none, "a device number out of range is an error that names the attempt") {
  std::string said;
  try {
    const mll::exec::cuda none{static_cast<int>(mll::exec::cuda::device_count())};
  } catch (const mll::device_error& error) {
    said = error.what();
  }
  MLL_DEVICE_CHECK(said.starts_with("choosing a CUDA device: "));
  static_cast<void>(cudaGetLastError());
}
