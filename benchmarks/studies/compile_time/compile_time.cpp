// What a user's translation unit pays for `#include <mll/mll.hpp>` alone, beside what it would pay for the
// libraries that mll stands on, each alone. Target: at most 1.2 times their sum.
//
// Usage: compile_time [runs]      (default 5; the median counts)

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

// Seconds of processor time that the compilers run so far have taken: other programs on the machine change
// them less than they change the time of day.
double spent() {
  rusage use{};
  getrusage(RUSAGE_CHILDREN, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

// Compiles an empty file that includes one header, without optimisation; returns seconds of processor time,
// or a negative number if it does not compile.
double compile_once(const std::string& header) {
  const std::string command = std::string{"\"" MLL_COMPILER "\" \"@" MLL_COMPILER_FLAGS "\" -include "} +
                              header + " -x c++ -c /dev/null -o /dev/null";
  const double before = spent();
  const int status = std::system(command.c_str());
  return status == 0 ? spent() - before : -1.0;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 5;
  if (argc > 2 || runs < 1) {
    std::fprintf(stderr, "usage: compile_time [runs]\n");
    return 2;
  }
  const std::string umbrella = "mll/mll.hpp";
  const std::vector<std::string> headers = {
      "Eigen/Dense",         "boost/graph/adjacency_list.hpp", "boost/graph/compressed_sparse_row_graph.hpp",
      "xtensor/xtensor.hpp", "thrust/transform_reduce.h",      umbrella};

  // Round by round, so that a change in the machine's load touches every header alike.
  std::vector<std::vector<double>> seconds(headers.size());
  for (int run = 0; run < runs; ++run) {
    for (std::size_t i = 0; i < headers.size(); ++i) {
      const double once = compile_once(headers[i]);
      if (once < 0) {
        std::fprintf(stderr, "compile_time: <%s> does not compile\n", headers[i].c_str());
        return 1;
      }
      seconds[i].push_back(once);
    }
  }

  std::printf("%s, seconds of processor time, median of %d\n", MLL_COMPILER, runs);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < headers.size(); ++i) {
    std::printf("%7.2f s  <%s>\n", median(seconds[i]), headers[i].c_str());
    sum += median(seconds[i]);
  }
  const double whole = median(seconds.back());
  std::printf("%7.2f s  sum of these\n%7.2f s  <%s>\nratio %.2f (target: at most 1.20)\n", sum, whole,
              umbrella.c_str(), whole / sum);
}
