// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// classify
#include <mll/core/io/replace_file.hpp>
#include <mll/core/progress.hpp>
#include <mll/label/label_options.hpp>
#include <mll/report/html_batch_report.hpp>
#include <mll/reuse/estimate_on_batch.hpp>
#include <mll/reuse/prediction.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../support/backend.hpp"
#include "answer_writer.hpp"
#include "commands.hpp"
#include "input_files.hpp"
#include "solved_task.hpp"
#include "task_runner.hpp"

namespace hub_tool {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Samples that are answered together: their names and the folders that may name their class.
template <class Sample>
struct sample_batch {
  std::vector<Sample> samples;
  std::vector<std::string> names;
  std::vector<std::string> folders;
  std::size_t bytes = 0;  // of the samples
};

/// The first responses of a stream, for an estimate of the accuracy on samples like these.
class seen_batch {
 public:
  static constexpr Eigen::Index limit = 2000;

  void add(const mll::batch_responses& more) {
    const Eigen::Index taken = std::min<Eigen::Index>(more.log_odds.rows(), limit - seen_.log_odds.rows());
    if (taken <= 0) return;
    const Eigen::Index before = seen_.log_odds.rows();
    seen_.log_odds.conservativeResize(before + taken, more.log_odds.cols());
    seen_.log_odds.bottomRows(taken) = more.log_odds.topRows(taken);
    if (more.embeddings.size() == 0) return;
    seen_.embeddings.conservativeResize(before + taken, more.embeddings.cols());
    seen_.embeddings.bottomRows(taken) = more.embeddings.topRows(taken);
  }
  /// Unknown without an estimate of the selection, or samples.
  [[nodiscard]] mll::accuracy_estimate estimate(const mll::selection& chosen) const {
    if (!chosen.estimate || seen_.log_odds.rows() == 0)
      return {.insufficient = chosen.estimate ? "no samples" : "the selection has no estimate"};
    return mll::estimate_on_batch(chosen, seen_);
  }
  [[nodiscard]] Eigen::Index size() const { return seen_.log_odds.rows(); }

 private:
  mll::batch_responses seen_;
};

json to_json(const mll::accuracy_estimate& expected, Eigen::Index samples) {
  if (!expected.is_known()) return {{"insufficient", expected.insufficient}};
  return {{"value", expected.accuracy}, {"low", expected.low}, {"high", expected.high},
          {"samples", samples},         {"fit", expected.fit}, {"caution", expected.caution}};
}

/// Classifies the samples of files as a stream: at most one batch of samples is in memory.
template <class Hub>
class classification {
 public:
  classification(const solved_task& solved, const arguments& given, const output& out)
      : solved_{solved}, given_{given}, out_{out}, runner_{solved, given.ranks} {}

  /// Reads and answers all inputs.
  /// @param[in] table for the answers, or null
  /// @param[in] page  for the report, or null
  counts run(const std::vector<input>& inputs, std::ostream* table, std::ostream* page) {
    answer_writer answers{solved_.chosen, given_, threshold_, table};
    const auto observe = out_.progress();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (stop.stop_requested()) throw mll::cancelled{"classify: stopped"};
      read(inputs[i], answers);
      if (i + 1 == inputs.size()) flush(answers);
      if (observe) observe({"classifying", inputs[i].name, i + 1, inputs.size()});
    }
    if (refused_ && answers.count.samples == 0)
      throw mll::invalid_argument{"FILE", "samples that the experts take", *refused_};
    summarise(answers);
    if (page != nullptr) *page << mll::html_batch_report(solved_.name, answers.record);
    return answers.count;
  }
  void finish() const { runner_.finish(); }

 private:
  using sample_type = typename Hub::sample_type;
  using files = files_for<sample_type>;

  /// Reads the samples of a file, and answers those of full batches.
  void read(const input& from, answer_writer& answers) {
    try {
      const std::string folder = from.file.parent_path().filename().string();
      std::size_t taken = 0;
      const auto take = [&](sample_type sample, const std::string& name) {
        ++taken;
        batch_.bytes += files::bytes_of(sample);
        batch_.samples.push_back(std::move(sample));
        batch_.names.push_back(name);
        batch_.folders.push_back(folder);
        if (batch_.samples.size() >= limits_.batch_size || batch_.bytes >= limits_.batch_bytes)
          flush(answers);
      };
      const std::size_t damaged = files::read(from, max_side_, take, out_);
      answers.count.skipped += damaged;
      if (taken + damaged == 0) throw mll::parse_error{from.file.string(), 0, "at least one sample", "none"};
    } catch (const mll::parse_error& damaged) {
      ++answers.count.skipped;
      out_.warn("skipped: " + std::string{damaged.what()});
    }
  }

  /// Answers the batch, and empties it.
  void flush(answer_writer& answers) {
    if (batch_.samples.empty()) return;
    try {
      answer(0, batch_.samples.size(), answers);
    } catch (const mll::cancelled&) {
      throw;
    } catch (const mll::error&) {  // one sample that an expert does not take leaves the others alone
      for (std::size_t i = 0; i < batch_.samples.size(); ++i) {
        try {
          answer(i, 1, answers);
        } catch (const mll::error& reason) {
          ++answers.count.skipped;
          refused_ = batch_.names[i] + ": " + reason.what();
          out_.warn("skipped: " + *refused_);
        }
      }
    }
    batch_ = {};
  }

  void answer(std::size_t first, std::size_t count, answer_writer& answers) {
    const auto samples = std::span{batch_.samples}.subspan(first, count);
    const std::size_t classes = runner_.class_count();
    mll::matrix<float> scores(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(classes));
    const auto responses = runner_.respond(samples);
    seen_.add(responses);
    mll::detail::combine_to(solved_.chosen.ensemble, responses.log_odds, responses.embeddings, true, scores);
    const auto found = mll::detail::predictions_of(example_backend{}, solved_.chosen, responses, scores,
                                                   {threshold_, given_.belongs});
    for (std::size_t i = 0; i < found.size(); ++i) {
      answers.write(batch_.names[first + i], batch_.folders[first + i], found[i],
                    {scores.data() + i * classes, classes}, [&] { return files::thumbnail(samples[i]); });
    }
  }

  /// Says what is known at the end.
  void summarise(answer_writer& answers) const {
    const counts& all = answers.count;
    const bool is_known = all.samples > 0 && all.with_truth == all.samples;
    const double accuracy = static_cast<double>(all.correct) / static_cast<double>(all.samples);
    const mll::accuracy_estimate expected = seen_.estimate(solved_.chosen);

    std::vector<std::string> classes;
    for (const auto& each : solved_.chosen.match.task.classes()) classes.push_back(each.name);
    json rest{{"classes", classes},
              {"threshold", threshold_},
              {"belongs", given_.belongs},
              {"experts_run", runner_.model_count()},
              {"skipped", all.skipped}};
    if (is_known) rest["accuracy"] = accuracy;
    rest["expected_accuracy"] = to_json(expected, seen_.size());
    answers.finish(rest);

    std::ostringstream text;
    text << "classified " << all.samples << " samples with " << runner_.model_count() << " experts; "
         << all.answered << " answers";
    text << std::fixed;
    if (is_known) text << std::setprecision(4) << "; accuracy " << accuracy;
    if (expected.is_known()) {
      text << std::setprecision(2) << "; expected accuracy on samples like these " << expected.accuracy
           << " (" << expected.low << " to " << expected.high << ')';
      if (!expected.caution.empty()) text << ", with caution: " << expected.caution;
    }
    for (const std::string& file : {given_.csv, given_.page}) {
      if (!file.empty()) text << "; see " << printable(file);
    }
    out_.say(text.str());
  }

  const solved_task& solved_;
  const arguments& given_;
  const output& out_;
  task_runner<Hub> runner_;
  float threshold_ = given_.threshold.value_or(solved_.chosen.threshold);
  std::size_t max_side_ = runner_.max_side();
  mll::label_options limits_;  // of a batch
  sample_batch<sample_type> batch_;
  seen_batch seen_;
  std::optional<std::string> refused_;  // the last sample that an expert did not take, and why
};

/// Calls `write(stream)` for the content of a file, which has its name when it is written whole; a pipe or a
/// device is written as it comes. `write(null)` if the name is empty.
template <class Write>
void write_table(const std::string& file, const Write& write) {
  if (file.empty()) return write(nullptr);
  std::error_code unknown;
  if (const auto status = fs::status(file, unknown); fs::exists(status) && !fs::is_regular_file(status)) {
    std::ofstream table{file};
    write(&table);
    if (!table.flush()) throw mll::error{"cannot write " + file};
  } else {
    mll::detail::replace_file(file, [&](std::ostream& table) { write(&table); });
  }
}

template <class Hub>
int classify_with(const solved_task& solved, const std::vector<std::string>& files, const arguments& given,
                  const output& out) {
  std::vector<input> inputs;
  for (const std::string& file : files) inputs.push_back({file, file});
  if (!given.images.empty())
    find_inputs(given.images, files_for<typename Hub::sample_type>::is_input, out, inputs);
  if (inputs.empty()) throw mll::invalid_argument{"FILE", "samples to classify", "none"};

  classification<Hub> work{solved, given, out};
  counts all;
  // Files are opened before the work.
  write_table(given.csv, [&](std::ostream* table) {
    if (given.page.empty()) {
      all = work.run(inputs, table, nullptr);
    } else {
      mll::detail::replace_file(given.page,
                                [&](std::ostream& page) { all = work.run(inputs, table, &page); });
    }
  });
  work.finish();
  return all.skipped == 0 ? ok : incomplete;
}

}  // namespace

int classify(const arguments& given, const output& out) {
  std::vector<std::string> files = given.files;
  const auto open = [&] {
    if (is_pack(given.store)) return open_packed_task(given.store);
    if (files.empty()) throw mll::invalid_argument{"NAME", "the name of a selection", "none"};
    const std::string name = files.front();
    files.erase(files.begin());
    return open_stored_task(mll::hub_store::open(given.store, {.access = mll::store_access::read_only}),
                            name);
  };
  const solved_task solved = open();
  if (given.ranks && given.ranks->rank() != 0) {
    return with_hub(solved.samples, [&](auto hub) -> int {
      task_runner<decltype(hub)>{solved, given.ranks}.help();
      return ok;
    });
  }
  for (const auto& each : solved.warnings) out.warn(each);
  return with_hub(solved.samples,
                  [&](auto hub) { return classify_with<decltype(hub)>(solved, files, given, out); });
}

}  // namespace hub_tool
