// A user's program for a CUDA device: statistics on a device, where there is one.
#include <mll/label/device_node_statistics.cuh>

int main() {
  if (mll::exec::cuda::device_count() == 0) return 0;
  const mll::exec::cuda device;
  mll::node_statistics statistics{2, 100};
  statistics.set(1, 99, 1.0F);
  const mll::device_node_statistics there{device, statistics};
  return there.head_count() == 100 && there.node_count() == 2 ? 0 : 1;
}
