// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The dense linear algebra of budgets of experts on a CUDA device, beside Eigen on all cores of the host.
//
// Usage: algebra_cuda [JSON FILE]
//
// Covariances: of the vision hub's size (15,000 samples of 1,335 dimensions) and of a hub with 8,000 heads.
// Equations: those of a discriminant of 20 classes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "../../support/median.hpp"
#include "../../support/thread_backend.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/device_algebra.cuh"

namespace mll::benchmark {
namespace {

struct line {
  std::string name;
  double device = 0;
  double host = 0;
  double difference = 0;  // largest, in units of the largest result
};

matrix<float> random_rows(std::size_t rows, std::size_t columns) {
  matrix<float> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  std::mt19937 engine{3};
  std::normal_distribution<float> normal;
  for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = normal(engine);
  return out;
}

template <class Matrix>
double difference(const Matrix& a, const Matrix& b) {
  double largest = 0;
  double out = 0;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(b.data()[i])));
    out = std::max(out, std::abs(static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i])));
  }
  return out / largest;
}

int run(const char* json) {
  const exec::cuda device;
  const device_algebra algebra{device};
  const detail::host_algebra on_host;
  const thread_backend host;
  std::vector<line> lines;
  for (const auto& [rows, size] : {std::pair<std::size_t, std::size_t>{15000, 1335}, {15000, 8000}}) {
    const auto x = random_rows(rows, size);
    matrix<float> found = algebra.scatter(host, x, 1);  // loads the libraries
    matrix<float> expected;
    line out{"covariance of " + std::to_string(size) + " dimensions, " + std::to_string(rows) + " samples"};
    out.device = median_seconds(5, [&] { found = algebra.scatter(host, x, static_cast<double>(rows)); });
    out.host = median_seconds(3, [&] { expected = on_host.scatter(host, x, static_cast<double>(rows)); });
    out.difference = difference(found, expected);
    lines.push_back(out);
    if (size > 4000) continue;
    const Eigen::MatrixXd left = expected.cast<double>();
    const Eigen::MatrixXd right = random_rows(size, 20).cast<double>();
    Eigen::MatrixXd solved = right;
    Eigen::MatrixXd solved_by_host = right;
    line equations{"equations of " + std::to_string(size) + " unknowns, 20 right sides"};
    algebra.solve(left, solved);
    equations.device = median_seconds(5, [&] {
      solved = right;
      algebra.solve(left, solved);
    });
    equations.host = median_seconds(3, [&] {
      solved_by_host = right;
      on_host.solve(left, solved_by_host);
    });
    equations.difference = difference(solved, solved_by_host);
    lines.push_back(equations);
  }
  std::printf("dense algebra, data in the memory of the host before and after; host: %zu cores\n",
              host.concurrency());
  std::printf("%-52s %10s %10s %8s %12s\n", "", "device [s]", "host [s]", "ratio", "difference");
  for (const line& one : lines) {
    std::printf("%-52s %10.5f %10.5f %7.1fx %12.1e\n", one.name.c_str(), one.device, one.host,
                one.host / one.device, one.difference);
  }
  bool is_equal = true;
  for (const line& one : lines) is_equal = is_equal && one.difference < 1e-4;
  if (!is_equal) std::printf("FAILED: results differ\n");
  if (json != nullptr) {
    std::ofstream out{json};
    out << "{\"results\": [";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      char text[256];
      std::snprintf(
          text, sizeof text, "%s{\"name\": \"%s\", \"device\": %.6g, \"host\": %.6g, \"difference\": %.3g}",
          i == 0 ? "" : ", ", lines[i].name.c_str(), lines[i].device, lines[i].host, lines[i].difference);
      out << text;
    }
    out << "]}\n";
    if (!out.flush()) {
      std::fprintf(stderr, "algebra_cuda: cannot write %s\n", json);
      return 1;
    }
  }
  return is_equal ? 0 : 1;
}

}  // namespace
}  // namespace mll::benchmark

int main(int argc, char** argv) {
  try {
    if (argc > 2) {
      std::fprintf(stderr, "usage: algebra_cuda [JSON FILE]\n");
      return 2;
    }
    if (mll::exec::cuda::device_count() == 0) {
      std::printf(
          "SKIP: no CUDA device is here; where one is, run bash benchmarks/studies/cuda/cuda_run.sh\n");
      return 0;
    }
    return mll::benchmark::run(argc == 2 ? argv[1] : nullptr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "algebra_cuda: %s\n", error.what());
    return 1;
  }
}
