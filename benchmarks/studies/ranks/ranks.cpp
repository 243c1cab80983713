// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Selection over ranks from a generated hub: what each rank does and what it exchanges.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "../../support/program.hpp"
#include "../../support/wide_hub.hpp"
#include "../../support/wide_match.hpp"
#include "../../support/wide_share.hpp"
#include "mll/dist/counted.hpp"
#include "mll/dist/deal.hpp"
#include "mll/dist/pieces.hpp"
#include "mll/dist/select.hpp"
#include "mll/dist/threads.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/calibrate/detail/fit_logistic.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"
#include "mll/select/select.hpp"

namespace mll::benchmark {
namespace {

struct study_options {
  std::size_t heads = 1000000;
  std::size_t nodes = 9000;
  std::size_t classes = 100;
  std::vector<std::size_t> ranks = {1, 2, 4, 8, 16};
  std::size_t modelled = 64;
  bool is_dealt = false;
  double bandwidth = 1.25e9;  // bytes per second and rank: 10 Gbit/s
  double latency = 50e-6;     // seconds per step of a collective call
  std::string json;
};

/// Processor seconds of this thread: what a rank computes, however many ranks share a core.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A communicator that measures what its rank computes before each call.
class timed {
 public:
  explicit timed(dist::counted<dist::threads::member>& base) : base_{&base} {}

  /// Seconds before each call so far.
  [[nodiscard]] const std::vector<double>& seconds() const noexcept { return seconds_; }
  /// Seconds since the last call.
  [[nodiscard]] double rest() const { return thread_seconds() - since_; }

  [[nodiscard]] std::size_t rank() const { return base_->rank(); }
  [[nodiscard]] std::size_t size() const { return base_->size(); }
  [[nodiscard]] dist::pieces all_gather(std::span<const std::byte> piece) {
    return call([&] { return base_->all_gather(piece); });
  }
  [[nodiscard]] dist::pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) {
    return call([&] { return base_->all_to_all(outgoing); });
  }
  void broadcast(std::vector<std::byte>& bytes, std::size_t root) {
    call([&] { return base_->broadcast(bytes, root), 0; });
  }
  void barrier() {
    call([&] { return base_->barrier(), 0; });
  }

 private:
  template <class Call>
  std::invoke_result_t<Call> call(const Call& next) {
    seconds_.push_back(rest());
    auto out = next();
    since_ = thread_seconds();
    return out;
  }

  dist::counted<dist::threads::member>* base_;
  std::vector<double> seconds_;
  double since_ = thread_seconds();
};

/// What one rank did: counts, bytes received, and processor seconds of each stage.
struct rank_work {
  std::size_t heads = 0;           // screened
  std::size_t fits = 0;            // calibrations
  std::uint64_t newton = 0;        // steps of these
  std::size_t responses = 0;       // read from its share
  std::vector<std::size_t> bytes;  // catalogue, screening, calibration, rows, search, names and check
  std::vector<double> seconds;     // screening, calibration, rows, search, rest
  std::size_t calls = 0;
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

/// The greatest value of a rank.
template <class Part>
auto greatest(const std::vector<rank_work>& ranks, const Part& part) {
  auto out = part(ranks.front());
  for (const rank_work& one : ranks) out = std::max(out, part(one));
  return out;
}

std::vector<rank_work> run(const wide_hub& hub, const std::vector<std::vector<node_excess>>& excesses,
                           std::size_t ranks, bool is_dealt, std::string& bytes) {
  const task_match match = match_of(hub, hub.task(0));
  const std::size_t models = wide_share::model_count(hub);
  const select_options<> options{.folds = 0};
  const dist::rank_options limits = is_dealt ? dist::rank_options{.max_row_bytes = 0} : dist::rank_options{};
  const auto rank_of = dist::deal(std::vector<double>(models, 1), ranks);
  std::vector<rank_work> out(ranks);
  std::vector<std::string> found(ranks);
  dist::threads{ranks}.run([&](dist::threads::member& base) {
    std::vector<std::size_t> mine;
    for (std::size_t m = 0; m < models; ++m) {
      if (rank_of[m] == base.rank()) mine.push_back(m);
    }
    const wide_share share{hub, excesses, mine};
    dist::counted counting{base};
    timed comm{counting};
    const std::uint64_t newton = detail::newton_steps;
    found[base.rank()] =
        detail::encode_selection(select(exec::sequential{}, comm, share, match, options, limits));
    // catalogue, screening, calibration, rows, (the search of dealt rows), names, check
    const auto log = counting.log();
    const auto& before = comm.seconds();
    const std::size_t last = log.size() - 2;  // names
    rank_work& of_rank = out[base.rank()];
    of_rank = {.heads = share.head_count(),
               .fits = (log[2].sent - 1) / sizeof(calibration),
               .newton = detail::newton_steps - newton,
               .responses = share.responses_read(),
               .bytes = {},
               .seconds = {},
               .calls = log.size()};
    std::size_t search_bytes = 0;
    double search_seconds = 0;
    for (std::size_t i = 4; i < last; ++i) {
      search_bytes += log[i].received;
      search_seconds += before[i];
    }
    of_rank.bytes = {log[0].received, log[1].received, log[2].received,
                     log[3].received, search_bytes,    log[last].received + log[last + 1].received};
    of_rank.seconds = {before[0] + before[1], before[2], before[3], search_seconds + before[last],
                       before[last + 1] + comm.rest()};
  });
  for (const std::string& each : found) {
    if (bytes.empty()) bytes = each;
    if (each != bytes) throw std::runtime_error{"ranks have selected differently"};
  }
  return out;
}

/// Seconds of a selection, if every rank had a core of its own: the slowest rank of each stage, and the
/// calls.
double modelled_seconds(const std::vector<rank_work>& work, const study_options& options) {
  double out = 0;
  for (std::size_t stage = 0; stage < work.front().seconds.size(); ++stage)
    out += greatest(work, [&](const rank_work& one) { return one.seconds[stage]; });
  std::size_t bytes = 0;
  for (const std::size_t each : work.front().bytes) bytes += each;
  const double steps = work.size() == 1 ? 0 : std::ceil(std::log2(static_cast<double>(work.size())));
  // A call first gathers the lengths of the pieces.
  return out + (work.size() == 1 ? 0 : static_cast<double>(bytes) / options.bandwidth) +
         2 * static_cast<double>(work.front().calls) * steps * options.latency;
}

void run(const study_options& options) {
  const wide_hub hub{{"study", options.nodes, options.heads, options.classes}, 1};
  const auto excesses = hub.excesses();
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  std::string bytes;  // of the selection, the same for any number of ranks
  std::printf(
      "%zu heads, %zu classes, rows %s; of the rank that has most, and by what it exceeds an even share\n",
      options.heads, options.classes, options.is_dealt ? "dealt" : "on all ranks");
  std::printf("%5s | %8s %5s | %6s %5s | %7s %5s | %9s %5s | %s\n", "ranks", "heads", "even", "fits", "even",
              "Newton", "even", "responses", "even",
              "bytes received: catalogue, screening, calibration, rows, search, names");
  std::vector<std::size_t> all = options.ranks;
  if (options.modelled != 0) all.push_back(options.modelled);
  std::vector<std::string> times;
  std::uint64_t newton_of_all = 0;
  for (const std::size_t ranks : all) {
    const auto work = run(hub, excesses, ranks, options.is_dealt, bytes);
    const auto heads = [](const rank_work& one) { return one.heads; };
    const auto fits = [](const rank_work& one) { return one.fits; };
    const auto newton = [](const rank_work& one) { return one.newton; };
    const auto responses = [](const rank_work& one) { return one.responses; };
    std::uint64_t total = 0;
    for (const rank_work& one : work) total += one.newton;
    if (newton_of_all == 0) newton_of_all = total;
    if (total != newton_of_all) throw std::runtime_error{"ranks have made other Newton steps than one rank"};
    const rank_work& any = work[0];
    std::printf("%5zu | %8zu %5.3f | %6zu %5.3f | %7zu %5.3f | %9zu %5.3f | %zu, %zu, %zu, %zu, %zu, %zu\n",
                ranks, greatest(work, heads), imbalance(work, heads), greatest(work, fits),
                imbalance(work, fits), static_cast<std::size_t>(greatest(work, newton)),
                imbalance(work, newton), greatest(work, responses), imbalance(work, responses), any.bytes[0],
                any.bytes[1], any.bytes[2], any.bytes[3], any.bytes[4], any.bytes[5]);
    std::fflush(stdout);
    std::vector<double> seconds;
    for (std::size_t stage = 0; stage < any.seconds.size(); ++stage)
      seconds.push_back(greatest(work, [&](const rank_work& one) { return one.seconds[stage]; }));
    const double modelled = modelled_seconds(work, options);
    char line[200];
    std::snprintf(line, sizeof line, "%5zu | %9.3f %11.3f %6.3f %6.3f %5.3f | %5zu | %.3f\n", ranks,
                  seconds[0], seconds[1], seconds[2], seconds[3], seconds[4], any.calls, modelled);
    times.emplace_back(line);
    results.push_back({{"ranks", ranks},
                       {"heads", greatest(work, heads)},
                       {"heads_to_even", imbalance(work, heads)},
                       {"fits", greatest(work, fits)},
                       {"fits_to_even", imbalance(work, fits)},
                       {"newton_steps", greatest(work, newton)},
                       {"newton_steps_of_all", total},
                       {"newton_steps_to_even", imbalance(work, newton)},
                       {"responses", greatest(work, responses)},
                       {"responses_to_even", imbalance(work, responses)},
                       {"bytes", any.bytes},
                       {"processor_seconds", seconds},
                       {"calls", any.calls},
                       {"modelled_seconds", modelled}});
  }
  std::printf(
      "\nprocessor seconds of the slowest rank of each stage, calls; modelled: a core per rank, %g B/s, %g "
      "s\n",
      options.bandwidth, options.latency);
  std::printf("%5s | %9s %11s %6s %6s %5s | %5s | %s\n", "ranks", "screening", "calibration", "rows",
              "search", "rest", "calls", "modelled seconds");
  for (const std::string& line : times) std::fputs(line.c_str(), stdout);
  std::printf("Newton steps of all ranks together: %zu, as of one rank\n",
              static_cast<std::size_t>(newton_of_all));
  if (!options.json.empty()) {
    write_json(options.json, {{"heads", options.heads},
                              {"classes", options.classes},
                              {"dealt", options.is_dealt},
                              {"runs", results}});
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
  app.add_option("--model", options.modelled, "Ranks of the model; 0: none")->capture_default_str();
  app.add_flag("--deal", options.is_dealt, "Deal the rows of the joint search to ranks");
  app.add_option("--bandwidth", options.bandwidth, "Bytes per second and rank, for the model")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--latency", options.latency, "Seconds per step of a collective call, for the model")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--json", options.json, "File for the results");
  return run_program(app, argc, argv, [&] { run(options); });
}
