// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A user's program with optional components.
#include <mll/exec/for_each_index.hpp>
#include <mll/exec/sequential.hpp>
#if USE_OMP
#include <mll/exec/omp.hpp>
#endif
#if USE_TBB
#include <mll/exec/tbb.hpp>
#endif
#if USE_OPENCV
#include <mll/model/onnx/onnx_opencv.hpp>
#endif
#if USE_ICU
#include <mll/embed/sentences/read_wordpiece_options.hpp>
#endif
#if USE_MPI
#include <mll/dist/mpi.hpp>
#include <mll/dist/mpi_session.hpp>
#endif

#include <atomic>
#include <cstddef>

template <class Backend>
bool counts_to_100(const Backend& backend) {
  std::atomic<int> calls = 0;
  mll::exec::for_each_index(backend, 100, [&](std::size_t) { ++calls; });
  return calls == 100;
}

int main() {
  bool good = counts_to_100(mll::exec::sequential{});
#if USE_OMP
  good = counts_to_100(mll::exec::omp{2}) && good;
#endif
#if USE_TBB
  good = counts_to_100(mll::exec::tbb{2}) && good;
#endif
#if USE_OPENCV
  try {
    const mll::onnx_classifier<cv::Mat> expert{"no_such_file.onnx", {"cat"}};
    good = false;
  } catch (const mll::error&) {
  }
#endif
#if USE_ICU
  try {
    good = mll::read_wordpiece_options("no_such_file.json").lower_case && false;
  } catch (const mll::error&) {
  }
#endif
#if USE_MPI
  if (!mll::dist::mpi_session::launched_ranks()) {  // a job of one rank
    const mll::dist::mpi_session session;
    mll::dist::mpi comm;
    good = comm.size() == 1 && comm.all_gather({}).size() == 1 && good;
  }
#endif
  return good ? 0 : 1;
}
