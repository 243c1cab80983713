// Selection over ranks from a generated hub: what each rank does and what it exchanges.

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../support/program.hpp"
#include "../../support/wide_hub.hpp"
#include "../../support/wide_match.hpp"
#include "../../support/wide_share.hpp"
#include "mll/dist/counted.hpp"
#include "mll/dist/deal.hpp"
#include "mll/dist/select.hpp"
#include "mll/dist/threads.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/select.hpp"

namespace mll::benchmark {
namespace {

struct study_options {
  std::size_t heads = 1000000;
  std::size_t nodes = 9000;
  std::size_t classes = 100;
  std::vector<std::size_t> ranks = {1, 2, 4, 8, 16};
  std::string json;
};

/// Work of one rank, and the bytes that it received in each stage.
struct rank_work {
  std::size_t heads = 0;      // screened
  std::size_t fits = 0;       // calibrations, each by some Newton steps
  std::size_t responses = 0;  // read from its share
  std::size_t catalogue = 0;
  std::size_t screening = 0;
  std::size_t calibration = 0;
  std::size_t rows = 0;
  std::size_t names = 0;
};

/// The greatest share of a rank, divided by an even share.
template <class Part>
double imbalance(const std::vector<rank_work>& ranks, const Part& part) {
  double sum = 0;
  double greatest = 0;
  for (const rank_work& one : ranks) {
    const auto value = static_cast<double>(part(one));
    sum += value;
    greatest = std::max(greatest, value);
  }
  return greatest * static_cast<double>(ranks.size()) / sum;
}

std::vector<rank_work> run(const wide_hub& hub, const std::vector<std::vector<node_excess>>& excesses,
                           std::size_t ranks, std::string& bytes) {
  const task_match match = match_of(hub, hub.task(0));
  const std::size_t models = wide_share::model_count(hub);
  const select_options<> options{.folds = 0};
  const auto rank_of = dist::deal(std::vector<double>(models, 1), ranks);
  std::vector<rank_work> out(ranks);
  std::vector<std::string> found(ranks);
  dist::threads{ranks}.run([&](dist::threads::member& base) {
    std::vector<std::size_t> mine;
    for (std::size_t m = 0; m < models; ++m) {
      if (rank_of[m] == base.rank()) mine.push_back(m);
    }
    const wide_share share{hub, excesses, mine};
    dist::counted comm{base};
    found[base.rank()] = detail::encode_selection(select(exec::sequential{}, comm, share, match, options));
    const auto log = comm.log();  // catalogue, screening, calibration, rows, names, check
    out[base.rank()] = {.heads = share.head_count(),
                        .fits = (log[2].sent - 1) / sizeof(calibration),
                        .responses = share.responses_read(),
                        .catalogue = log[0].received,
                        .screening = log[1].received,
                        .calibration = log[2].received,
                        .rows = log[3].received,
                        .names = log[4].received};
  });
  for (const std::string& each : found) {
    if (bytes.empty()) bytes = each;
    if (each != bytes) throw std::runtime_error{"ranks have selected differently"};
  }
  return out;
}

void run(const study_options& options) {
  const wide_hub hub{{"study", options.nodes, options.heads, options.classes}, 1};
  const auto excesses = hub.excesses();
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  std::string bytes;  // of the selection, the same for any number of ranks
  std::printf("%zu heads, %zu classes\n", options.heads, options.classes);
  std::printf("%5s %10s %6s %9s %6s %12s %6s | %s\n", "ranks", "heads", "x even", "fits", "x even",
              "responses", "x even", "bytes received: catalogue, screening, calibration, rows, names");
  for (const std::size_t ranks : options.ranks) {
    const auto work = run(hub, excesses, ranks, bytes);
    const double heads = imbalance(work, [](const rank_work& one) { return one.heads; });
    const double fits = imbalance(work, [](const rank_work& one) { return one.fits; });
    const double responses = imbalance(work, [](const rank_work& one) { return one.responses; });
    std::size_t most_fits = 0;
    std::size_t most_heads = 0;
    std::size_t most_responses = 0;
    for (const rank_work& one : work) {
      most_heads = std::max(most_heads, one.heads);
      most_fits = std::max(most_fits, one.fits);
      most_responses = std::max(most_responses, one.responses);
    }
    const rank_work& any = work[0];
    std::printf("%5zu %10zu %6.3f %9zu %6.3f %12zu %6.3f | %zu, %zu, %zu, %zu, %zu\n", ranks, most_heads,
                heads, most_fits, fits, most_responses, responses, any.catalogue, any.screening,
                any.calibration, any.rows, any.names);
    results.push_back({{"ranks", ranks},
                       {"heads", most_heads},
                       {"heads_to_even", heads},
                       {"fits", most_fits},
                       {"fits_to_even", fits},
                       {"responses", most_responses},
                       {"responses_to_even", responses},
                       {"bytes_catalogue", any.catalogue},
                       {"bytes_screening", any.screening},
                       {"bytes_calibration", any.calibration},
                       {"bytes_rows", any.rows},
                       {"bytes_names", any.names}});
  }
  if (!options.json.empty()) {
    write_json(options.json, {{"heads", options.heads}, {"classes", options.classes}, {"runs", results}});
  }
}

}  // namespace
}  // namespace mll::benchmark

int main(int argc, char** argv) {
  using namespace mll::benchmark;
  study_options options;
  CLI::App app{"Counts the work of ranks and the bytes between them.", "ranks"};
  app.add_option("--heads", options.heads, "Heads of the hub")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--nodes", options.nodes, "Nodes of the graph")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--classes", options.classes, "Classes of the task")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--ranks", options.ranks, "Numbers of ranks")->delimiter(',')->check(CLI::PositiveNumber);
  app.add_option("--json", options.json, "File for the results");
  return run_program(app, argc, argv, [&] { run(options); });
}
