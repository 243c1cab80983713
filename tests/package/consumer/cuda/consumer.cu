// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A user's program for a CUDA device, which asks for one where there is one.
#include <mll/exec/cuda.cuh>

int main() {
  if (mll::exec::cuda::device_count() == 0) return 0;
  const mll::exec::cuda device;
  device.synchronize();
  return device.name() == "cuda" ? 0 : 1;
}
