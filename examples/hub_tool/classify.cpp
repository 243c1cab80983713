// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// classify
#include <mll/core/io/npy_rows.hpp>
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
#include <iostream>
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
#include "commands.hpp"
#include "general.hpp"
#include "solved_task.hpp"
#include "task_runner.hpp"
#if MLL_TEST_OPENCV
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#endif

namespace hub_tool {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A file to classify, and what to call it.
struct input {
  fs::path file;
  std::string name;
};

/// The samples of a batch: their names and the folders that may name their class.
template <class Sample>
struct sample_batch {
  std::vector<Sample> samples;
  std::vector<std::string> names;
  std::vector<std::string> folders;
};

/// All files of a folder and those below it with an accepted name, in order.
template <class IsInput>
void find_inputs(const fs::path& folder, const IsInput& is_input, const output& out, std::vector<input>& to) {
  std::vector<fs::path> found;
  std::error_code problem;
  if (!fs::is_directory(folder, problem))
    throw mll::invalid_argument{"--images", "a folder", "'" + folder.string() + "'"};
  fs::recursive_directory_iterator next{folder, fs::directory_options::skip_permission_denied, problem};
  for (; !problem && next != fs::recursive_directory_iterator{}; next.increment(problem)) {
    std::error_code unknown;  // of a link to itself; what is not a regular file is skipped when it is read
    if (is_input(next->path()) && !next->is_directory(unknown)) found.push_back(next->path());
  }
  if (problem) out.warn("skipped: " + folder.string() + ": " + problem.message());
  std::sort(found.begin(), found.end());
  for (const fs::path& file : found) to.push_back({file, file.lexically_relative(folder).string()});
}

/// How the files of a kind of hub are read. `read` passes the samples of a file on, one at a time, and
/// returns how many it skipped.
struct vector_files {
  static bool is_input(const fs::path& file) { return file.extension() == ".npy"; }
  static std::size_t sample_bytes(std::size_t) { return 4096; }
  static std::string thumbnail(const Eigen::VectorXf&) { return {}; }

  /// Rows of a `.npy` file, which is mapped: rows are read when they are used.
  template <class Take>
  static std::size_t read(const input& from, std::size_t, const Take& take, const output& out) {
    const mll::npy_rows rows{from.file};
    std::size_t skipped = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      Eigen::VectorXf sample(static_cast<Eigen::Index>(rows.columns()));
      rows.read(row, {sample.data(), rows.columns()});
      const std::string name = from.name + ":" + std::to_string(row);
      if (!sample.array().isFinite().all()) {
        out.warn("skipped: " + name + ": expected finite numbers, found NaN or infinity");
        ++skipped;
        continue;
      }
      take(std::move(sample), name);
    }
    return skipped;
  }
};

#if MLL_TEST_ONNXRUNTIME
struct text_files {
  static bool is_input(const fs::path& file) { return file.extension() == text_hub::sample_extension; }
  static std::size_t sample_bytes(std::size_t) { return 4096; }
  static std::string thumbnail(const std::string&) { return {}; }

  /// The lines of a file.
  template <class Take>
  static std::size_t read(const input& from, std::size_t, const Take& take, const output&) {
    auto lines = text_hub::read_lines(from.file);
    for (std::size_t i = 0; i < lines.size(); ++i)
      take(std::move(lines[i]), from.name + ":" + std::to_string(i));
    return 0;
  }
};
#endif

#if MLL_TEST_OPENCV
struct image_files {
  static bool is_input(const fs::path& file) { return mll::image_folder::has_image_name(file); }
  static std::size_t sample_bytes(std::size_t side) { return 3 * side * side; }

  /// A small JPEG of an image; empty if it cannot be made.
  static std::string thumbnail(const cv::Mat& image) {
    constexpr double side = 96;
    const double factor = std::min({1.0, side / image.cols, side / image.rows});
    cv::Mat small;
    cv::resize(image, small,
               {std::max(1, static_cast<int>(image.cols * factor)),
                std::max(1, static_cast<int>(image.rows * factor))},
               0, 0, cv::INTER_AREA);
    std::vector<unsigned char> bytes;
    if (!cv::imencode(".jpg", small, bytes, {cv::IMWRITE_JPEG_QUALITY, 80})) return {};
    return {bytes.begin(), bytes.end()};
  }

  template <class Take>
  static std::size_t read(const input& from, std::size_t max_side, const Take& take, const output&) {
    take(mll::read_image(from.file, {.max_side = max_side, .keeps_aspect = true}), from.name);
    return 0;
  }
};
#endif

/// The files of a kind of hub, by the type of its samples.
template <class Sample>
struct files_for;
template <>
struct files_for<Eigen::VectorXf> : vector_files {};
#if MLL_TEST_ONNXRUNTIME
template <>
struct files_for<std::string> : text_files {};
#endif
#if MLL_TEST_OPENCV
template <>
struct files_for<cv::Mat> : image_files {};
#endif

/// What was classified, and how well where that is known.
struct counts {
  std::size_t samples = 0;
  std::size_t answered = 0;
  std::size_t skipped = 0;
  std::size_t with_truth = 0;  // samples in a folder that has the name of a class
  std::size_t correct = 0;
};

/// Writes the answers, as they come, to the terminal, as JSON and to a table.
class answer_writer {
 public:
  answer_writer(const mll::selection& chosen, const arguments& given, float threshold, std::ostream* table)
      : record{chosen, threshold, examples_of(chosen.match.task)},
        task_{chosen.match.task},
        given_{given},
        table_{table} {
    for (const auto& each : task_.classes()) normal_names_.push_back(mll::lexicon::normalize(each.name));
    if (table_ != nullptr) *table_ << "sample,answer,probability,confidence,belongs\n";
  }

  /// @param[in] thumbnail `()`: a small picture of the sample
  template <class Thumbnail>
  void write(const std::string& sample, const std::string& folder, const mll::prediction& found,
             std::span<const float> probabilities, const Thumbnail& thumbnail) {
    const std::string answer = found.answer ? task_[*found.answer].name : std::string{};
    ++count.samples;
    count.answered += found.answer ? 1 : 0;
    const auto truth = std::find(normal_names_.begin(), normal_names_.end(), mll::lexicon::normalize(folder));
    std::optional<mll::class_id> known;
    if (truth != normal_names_.end()) {
      ++count.with_truth;
      known = mll::class_id{static_cast<std::size_t>(truth - normal_names_.begin())};
      count.correct += found.answer == known ? 1 : 0;
    }
    if (!given_.page.empty()) record.add(sample, probabilities, known, thumbnail, !found.answer);
    if (table_ != nullptr)
      *table_ << std::quoted(sample, '"', '"') << ',' << std::quoted(answer, '"', '"') << ','
              << found.probability << ',' << found.confidence << ','
              << (found.belongs ? std::to_string(*found.belongs) : std::string{}) << '\n';
    if (given_.as_json) {
      std::cout << (count.samples == 1 ? "{\n  \"answers\": [\n    " : ",\n    ")
                << json{{"sample", printable(sample)},
                        {"class", found.answer ? json(answer) : json()},
                        {"probability", found.probability},
                        {"confidence", found.confidence},
                        {"belongs", found.belongs ? json(*found.belongs) : json()},
                        {"probabilities", std::vector<float>(probabilities.begin(), probabilities.end())}}
                       .dump();
    } else if (!given_.quiet && table_ == nullptr) {
      std::cout << printable(sample) << '\t' << (found.answer ? printable(answer) : "-") << '\t'
                << found.probability << '\n';
    }
  }

  /// Ends the JSON with what is known at the end.
  void finish(const json& rest) {
    if (!given_.as_json) return;
    if (count.samples == 0) std::cout << "{\n  \"answers\": [";
    std::cout << "\n  ]";
    for (const auto& [key, value] : rest.items())
      std::cout << ",\n  " << json(key).dump() << ": " << value.dump();
    std::cout << "\n}\n";
  }

  counts count;
  mll::batch_record record;  // for the report

 private:
  /// A page of many classes shows few samples of each, to stay small.
  static std::size_t examples_of(const mll::task& of) {
    return std::clamp<std::size_t>(160 / std::max<std::size_t>(1, of.size()), 1, 4);
  }

  const mll::task& task_;
  const arguments& given_;
  std::ostream* table_;
  std::vector<std::string> normal_names_;
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

template <class Hub>
int classify_with(const solved_task& solved, std::vector<std::string> files, const arguments& given,
                  const output& out) {
  using sample_type = typename Hub::sample_type;
  using files_type = files_for<sample_type>;
  std::vector<input> inputs;
  for (const std::string& file : files) inputs.push_back({file, file});
  if (!given.images.empty()) find_inputs(given.images, files_type::is_input, out, inputs);
  if (inputs.empty()) throw mll::invalid_argument{"FILE", "samples to classify", "none"};

  const task_runner<Hub> runner{solved, given.ranks};
  const std::size_t max_side = runner.max_side();
  const float threshold = given.threshold.value_or(solved.chosen.threshold);
  // At most so many samples are in memory.
  const mll::label_options limits;
  const std::size_t batch_size =
      std::clamp<std::size_t>(limits.batch_bytes / files_type::sample_bytes(max_side), 1, limits.batch_size);

  const auto run = [&](std::ostream* table, std::ostream* page) {
    answer_writer answers{solved.chosen, given, threshold, table};
    sample_batch<sample_type> batch;
    seen_batch seen;
    std::size_t skipped = 0;
    std::optional<std::string> problem;  // of the last sample that an expert did not take
    const auto answer = [&](std::size_t first, std::size_t count) {
      const auto samples = std::span{batch.samples}.subspan(first, count);
      mll::matrix<float> scores(static_cast<Eigen::Index>(count),
                                static_cast<Eigen::Index>(runner.class_count()));
      const auto responses = runner.respond(samples);
      seen.add(responses);
      mll::detail::combine_to(solved.chosen.ensemble, responses.log_odds, responses.embeddings, true, scores);
      const auto found = mll::detail::predictions_of(example_backend{}, solved.chosen, responses, scores,
                                                     {threshold, given.belongs});
      for (std::size_t i = 0; i < found.size(); ++i) {
        const auto* row = scores.data() + i * runner.class_count();
        answers.write(batch.names[first + i], batch.folders[first + i], found[i], {row, runner.class_count()},
                      [&] { return files_type::thumbnail(samples[i]); });
      }
    };
    const auto flush = [&] {
      if (batch.samples.empty()) return;
      try {
        answer(0, batch.samples.size());
      } catch (const mll::cancelled&) {
        throw;
      } catch (const mll::error&) {  // one sample that an expert does not take leaves the others alone
        for (std::size_t i = 0; i < batch.samples.size(); ++i) {
          try {
            answer(i, 1);
          } catch (const mll::error& reason) {
            ++skipped;
            problem = batch.names[i] + ": " + reason.what();
            out.warn("skipped: " + *problem);
          }
        }
      }
      batch = {};
    };
    const auto observe = out.progress();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (stop.stop_requested()) throw mll::cancelled{"classify: stopped"};
      try {
        const std::string folder = inputs[i].file.parent_path().filename().string();
        std::size_t taken = 0;
        const std::size_t refused = files_type::read(
            inputs[i], max_side,
            [&](sample_type sample, const std::string& name) {
              ++taken;
              batch.samples.push_back(std::move(sample));
              batch.names.push_back(name);
              batch.folders.push_back(folder);
              if (batch.samples.size() == batch_size) flush();
            },
            out);
        skipped += refused;
        if (taken + refused == 0)
          throw mll::parse_error{inputs[i].file.string(), 0, "at least one sample", "none"};
      } catch (const mll::parse_error& damaged) {
        ++skipped;
        out.warn("skipped: " + std::string{damaged.what()});
      }
      if (i + 1 == inputs.size()) flush();
      if (observe) observe({"classifying", inputs[i].name, i + 1, inputs.size()});
    }
    if (problem && answers.count.samples == 0)
      throw mll::invalid_argument{"FILE", "samples that the experts take", *problem};
    answers.count.skipped = skipped;
    std::vector<std::string> classes;
    for (const auto& each : solved.chosen.match.task.classes()) classes.push_back(each.name);
    json rest{{"classes", classes},
              {"threshold", threshold},
              {"belongs", given.belongs},
              {"experts_run", runner.model_count()},
              {"skipped", skipped}};
    const counts& all = answers.count;
    const bool is_known = all.samples > 0 && all.with_truth == all.samples;
    const double accuracy = static_cast<double>(all.correct) / static_cast<double>(all.samples);
    if (is_known) rest["accuracy"] = accuracy;
    const mll::accuracy_estimate expected = seen.estimate(solved.chosen);
    rest["expected_accuracy"] =
        expected.is_known()
            ? json{{"value", expected.accuracy}, {"low", expected.low}, {"high", expected.high},
                   {"samples", seen.size()},     {"fit", expected.fit}, {"caution", expected.caution}}
            : json{{"insufficient", expected.insufficient}};
    answers.finish(rest);
    std::ostringstream text;
    text << "classified " << all.samples << " samples with " << runner.model_count() << " experts; "
         << all.answered << " answers";
    text << std::fixed;
    if (is_known) text << std::setprecision(4) << "; accuracy " << accuracy;
    if (expected.is_known()) {
      text << std::setprecision(2) << "; expected accuracy on samples like these " << expected.accuracy
           << " (" << expected.low << " to " << expected.high << ')';
      if (!expected.caution.empty()) text << ", with caution: " << expected.caution;
    }
    for (const std::string& file : {given.csv, given.page}) {
      if (!file.empty()) text << "; see " << printable(file);
    }
    if (page != nullptr) *page << mll::html_batch_report(solved.name, answers.record);
    out.say(text.str());
    return all;
  };

  counts all;
  // Files are opened before the work, and have their names when it is done.
  const auto with_page = [&](std::ostream* table) {
    if (given.page.empty()) {
      all = run(table, nullptr);
    } else {
      mll::detail::replace_file(given.page, [&](std::ostream& page) { all = run(table, &page); });
    }
  };
  std::error_code problem;
  if (given.csv.empty()) {
    with_page(nullptr);
  } else if (const auto status = fs::status(given.csv, problem);
             fs::exists(status) && !fs::is_regular_file(status)) {  // a pipe, or a device
    std::ofstream table{given.csv};
    with_page(&table);
    if (!table.flush()) throw mll::error{"cannot write " + given.csv};
  } else {
    mll::detail::replace_file(given.csv, [&](std::ostream& table) { with_page(&table); });
  }
  runner.finish();
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
