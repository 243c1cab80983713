// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What runs ONNX files how fast: images per second of each engine alone, one thread, and through mll; memory
// per loaded network.
//
//   engines --models DIR [--images N] [--rounds N] [--sessions N] [--photos] [--json FILE]
//
// DIR has networks of images, NAME.onnx; benchmarks/studies/engines/export_models.py writes some. "alone"
// runs ready tensors; "labelling" and "reuse" are `mll::label` and `zero_shot_classifier::classify` of a hub
// of this expert on 8-bit images of the network's size, so that they include the conversion of pixels; beside
// them what they take more than the engine alone, in batches of the size that mll chose ("rows").
// With --photos, "photos 1" and "photos 8" are labelling of 768 x 512 pixels, cut out as most experts ask for
// it (bicubic), by one expert and by eight that share the resized images: images per second and expert.
//
// The engines take turns: every round measures all steps of all engines once, and figures are medians over
// the rounds, those of what a step adds over ratios within a round. So a machine whose speed changes does not
// favour an engine.
#include <CLI/CLI.hpp>
#include <mll/mll.hpp>
#include <mll/model/onnx/onnx_opencv.hpp>
#include <opencv2/core.hpp>
#if MLL_TEST_OPENVINO
#include <mll/model/onnx/engines/openvino_engine.hpp>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../../support/median.hpp"
#include "../../support/program.hpp"
#include "../../support/simple_selection.hpp"

namespace {

namespace fs = std::filesystem;

struct engine_entry {
  const char* name;
  mll::onnx_engine_id id;
};
constexpr engine_entry engines[] = {{"onnxruntime", mll::onnx_engine_id::onnxruntime},
                                    {"openvino", mll::onnx_engine_id::openvino},
                                    {"opencv", mll::onnx_engine_id::opencv}};

/// A network, its input, and what it costs.
struct network {
  std::string file;
  mll::detail::onnx_tensor input;
  std::string output;

  explicit network(const fs::path& from) : file{from.string()} {
    const auto header = mll::detail::read_onnx_header(mll::detail::map_onnx(file));
    if (header.inputs.size() != 1 || header.inputs[0].shape.size() != 4 || header.outputs.empty())
      throw mll::model_error{file, "expected one input of images"};
    input = header.inputs[0];
    output = header.outputs[0].name;
  }
  [[nodiscard]] std::size_t extent(std::size_t at) const {
    return input.shape[at] != 0 ? input.shape[at] : 224;
  }

  [[nodiscard]] mll::detail::onnx_array tensor(std::size_t batch) const {
    mll::detail::onnx_array out{.name = input.name};
    out.reset(mll::detail::onnx_element::float32, {batch, 3, extent(2), extent(3)});
    std::vector<float> values(out.size());
    mll::random_engine engine{5};
    for (float& value : values) value = static_cast<float>(engine() % 1000) / 1000;
    out.write<float>(0, values);
    return out;
  }
};

std::vector<cv::Mat> random_images(std::size_t count, std::size_t rows, std::size_t columns) {
  std::vector<cv::Mat> out;
  mll::random_engine engine{7};
  for (std::size_t i = 0; i < count; ++i) {
    cv::Mat image(static_cast<int>(rows), static_cast<int>(columns), CV_8UC3);
    for (std::size_t b = 0; b < image.total() * 3; ++b) image.data[b] = static_cast<unsigned char>(engine());
    out.push_back(image);
  }
  return out;
}

/// Bytes of this process in memory.
double resident_bytes() {
  std::ifstream from{"/proc/self/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  from >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

mll::any_onnx_engine engine_of(const engine_entry& entry) {
  return mll::detail::onnx_input_of<cv::Mat>::engine({.engine = entry.id});
}

/// What each of many loaded networks adds to a process; measured in a child, before this process has loaded
/// an engine: those that have threads cannot be used in a child.
std::optional<double> bytes_per_session(const engine_entry& entry, const network& of, std::size_t sessions) {
  int ends[2];
  if (pipe(ends) != 0) return std::nullopt;
  const pid_t child = fork();
  if (child == 0) {
    double found = -1;
    try {
      const auto engine = engine_of(entry);
      const std::vector<mll::detail::onnx_array> in{of.tensor(1)};
      const std::vector<std::string> out{of.output};
      std::vector<std::unique_ptr<mll::onnx_session>> loaded;
      double before = 0;
      for (std::size_t i = 0; i <= sessions; ++i) {
        loaded.push_back(engine.load(of.file));
        static_cast<void>(loaded.back()->run(in, out));
        if (i == 0) before = resident_bytes();  // the library is loaded
      }
      found = (resident_bytes() - before) / static_cast<double>(sessions);
    } catch (...) {
    }
    static_cast<void>(!write(ends[1], &found, sizeof found));
    _exit(0);
  }
  close(ends[1]);
  double found = -1;
  const bool is_read = read(ends[0], &found, sizeof found) == sizeof found;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return is_read && found >= 0 ? std::optional{found} : std::nullopt;
}

/// One network on one engine, ready to run.
class contestant {
 public:
  contestant(const network& of, const engine_entry& by, std::size_t images, bool with_photos)
      : name_{by.name}, images_{images}, wanted_{of.output}, session_{engine_of(by).load(of.file)} {
    const mll::onnx_options options{.engine = by.id};
    one_ = {of.tensor(1)};
    many_ = {of.tensor(batch)};
    const std::size_t width = session_->run(one_, wanted_)[0].shape.back();
    for (std::size_t h = 0; h < width; ++h) heads_.push_back("head " + std::to_string(h));

    pictures_ = random_images(images, of.extent(2), of.extent(3));
    samples_ = samples_of(pictures_);
    hub_ = hub_of(1, of, options);
    rows_ = mll::onnx_classifier<cv::Mat>{of.file, heads_, options}.describe().batch_size;
    own_ = {of.tensor(rows_)};
    if (with_photos) {
      mll::onnx_options cut_out = options;
      cut_out.preparation = {.fit = mll::image_fit::crop,
                             .interpolation = mll::interpolation::bicubic,
                             .short_side = std::min(of.extent(2), of.extent(3)) * 8 / 7};
      photos_ = samples_of(random_images(images, 512, 768));
      hub_of_photos_ = hub_of(1, of, cut_out);
      hub_of_eight_ = hub_of(8, of, cut_out);
    }
    const auto labels = mll::label(mll::exec::sequential{}, hub_, samples_, graph_);
    const auto match = mll::match(mll::exec::sequential{}, mll::task{{"a"}, {"b"}}, graph_, labels.samples());
    classifier_.emplace(hub_, mll::select(mll::exec::sequential{}, labels, match, {.folds = 0}));
  }
  contestant(const contestant&) = delete;
  contestant& operator=(const contestant&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  void forget_rounds() { seconds_.clear(); }

  /// Every step once.
  void run_round() {
    time_step("alone_1", 1, [&] { run_alone(one_, 1); });
    time_step("reuse_1", 1, [&] { run_reuse(1); });
    time_step("labelling_32", 1, [&] { run_labelling(hub_, samples_); });
    if (rows_ != 1) time_step("alone", 1, [&] { run_alone(own_, rows_); });
    time_step("reuse_32", 1, [&] { run_reuse(batch); });
    time_step("alone_32", 1, [&] { run_alone(many_, batch); });
    if (hub_of_eight_.size() == 0) return;
    time_step("photos_1", 1, [&] { run_labelling(hub_of_photos_, photos_); });
    time_step("photos_8", 8, [&] { run_labelling(hub_of_eight_, photos_); });
  }

  /// Images per second and expert, and what steps add to the engine alone, as a share of its time.
  [[nodiscard]] nlohmann::ordered_json result(const std::string& network) const {
    nlohmann::ordered_json out{{"network", network}, {"engine", name_}};
    for (const auto& [step, seconds] : seconds_)
      out[step] = static_cast<double>(images_) / mll::benchmark::median(seconds);
    out["rows"] = rows_;
    const char* alone = rows_ == 1 ? "alone_1" : "alone";
    out["labelling_32_adds"] = adds("labelling_32", alone);
    out["reuse_32_adds"] = adds("reuse_32", alone);
    out["reuse_1_adds"] = adds("reuse_1", "alone_1");
    return out;
  }

 private:
  static constexpr std::size_t batch = 32;

  std::string name_;
  std::size_t images_;
  std::vector<std::string> wanted_;
  std::unique_ptr<mll::onnx_session> session_;
  std::vector<mll::detail::onnx_array> one_;
  std::vector<mll::detail::onnx_array> many_;
  std::size_t rows_ = 1;  // that mll runs at once
  std::vector<mll::detail::onnx_array> own_;
  std::vector<std::string> heads_;
  decltype(mll::make_semantic_dag({})) graph_ = mll::make_semantic_dag({{"a", "root"}, {"b", "root"}});
  std::vector<cv::Mat> pictures_;
  mll::representation_table<cv::Mat> samples_;
  mll::representation_table<cv::Mat> photos_;
  mll::hub<cv::Mat> hub_;
  mll::hub<cv::Mat> hub_of_photos_;
  mll::hub<cv::Mat> hub_of_eight_;
  std::optional<mll::zero_shot_classifier<cv::Mat>> classifier_;
  std::map<std::string, std::vector<double>> seconds_;  // per step: per round, of one expert

  [[nodiscard]] mll::hub<cv::Mat> hub_of(std::size_t experts, const network& of,
                                         const mll::onnx_options& prepared) const {
    mll::hub<cv::Mat> made;
    const auto cache = std::make_shared<mll::onnx_session_cache>();
    for (std::size_t i = 0; i < experts; ++i)
      made.add("expert " + std::to_string(i),
               mll::onnx_classifier<cv::Mat>{of.file, heads_, prepared, cache});
    return made;
  }
  [[nodiscard]] mll::representation_table<cv::Mat> samples_of(const std::vector<cv::Mat>& pictures) const {
    mll::representation_table<cv::Mat> made;
    const auto half = pictures.begin() + static_cast<std::ptrdiff_t>(pictures.size() / 2);
    made.add(graph_.at("a"), {pictures.begin(), half});
    made.add(graph_.at("b"), {half, pictures.end()});
    return made;
  }

  template <class F>
  void time_step(const char* step, std::size_t experts, const F& f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    seconds_[step].push_back(mll::benchmark::seconds_since(begin) / static_cast<double>(experts));
  }
  void run_alone(const std::vector<mll::detail::onnx_array>& in, std::size_t rows) const {
    for (std::size_t i = 0; i < images_; i += rows) static_cast<void>(session_->run(in, wanted_));
  }
  void run_labelling(const mll::hub<cv::Mat>& experts,
                     const mll::representation_table<cv::Mat>& of_nodes) const {
    static_cast<void>(mll::label(mll::exec::sequential{}, experts, of_nodes, graph_, {.batch_size = batch}));
  }
  void run_reuse(std::size_t rows) const {
    for (std::size_t i = 0; i < images_; i += rows)
      static_cast<void>(
          classifier_->classify(mll::exec::sequential{}, std::span{pictures_}.subspan(i, rows)));
  }
  [[nodiscard]] double adds(const char* step, const char* alone) const {
    std::vector<double> shares;
    for (std::size_t r = 0; r < seconds_.at(step).size(); ++r)
      shares.push_back(seconds_.at(step)[r] / seconds_.at(alone)[r] - 1);
    return mll::benchmark::median(shares);
  }
};

struct study_options {
  fs::path models;
  std::size_t images = 64;
  std::size_t rounds = 5;
  std::size_t sessions = 40;
  bool photos = false;
  std::string json;
};

void print_row(const nlohmann::ordered_json& row) {
  const auto speed = [&](const char* step) { return row.at(step).get<double>(); };
  const auto percent = [&](const char* step) { return 100 * row.at(step).get<double>(); };
  std::printf("%-20s %-12s %8.1f %8.1f %4zu %8.1f %+5.1f %% %8.1f %+5.1f %% %8.1f %+5.1f %% %8.1f",
              row.at("network").get<std::string>().c_str(), row.at("engine").get<std::string>().c_str(),
              speed("alone_1"), speed("alone_32"), row.at("rows").get<std::size_t>(), speed("labelling_32"),
              percent("labelling_32_adds"), speed("reuse_1"), percent("reuse_1_adds"), speed("reuse_32"),
              percent("reuse_32_adds"), row.value("bytes_per_session", 0.0) / 1e6);
  if (row.contains("photos_8")) std::printf(" %9.1f %9.1f", speed("photos_1"), speed("photos_8"));
  std::printf("\n");
}

void compare(const study_options& options) {
  std::vector<fs::path> files;
  for (const auto& each : fs::directory_iterator{options.models}) {
    if (each.path().extension() == ".onnx") files.push_back(each.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw mll::invalid_argument{"--models", "a folder with .onnx files", "none in it"};
  cv::setNumThreads(1);
  std::printf("images per second, one thread, medians of %zu rounds; MB per network with %zu loaded\n",
              options.rounds, options.sessions);
  std::printf("%-20s %-12s %8s %8s %4s %16s %16s %16s %8s%s\n", "network", "engine", "alone 1", "alone 32",
              "rows", "labelling", "reuse 1", "reuse 32", "MB each",
              options.photos ? "  photos 1  photos 8" : "");
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  // Memory first: see bytes_per_session.
  std::vector<network> networks;
  std::map<std::pair<std::string, std::string>, double> memory;  // of a session, by file and engine
  for (const auto& file : files) {
    networks.emplace_back(file);
    for (const auto& by : engines) {
      if (const auto bytes = bytes_per_session(by, networks.back(), options.sessions))
        memory[{file.string(), by.name}] = *bytes;
    }
  }
  for (const network& of : networks) {
    const std::string name = fs::path{of.file}.stem().string();
    std::vector<std::unique_ptr<contestant>> contestants;
    for (const auto& by : engines) {
      try {
        auto made = std::make_unique<contestant>(of, by, options.images, options.photos);
        made->run_round();  // a refusal comes here; what is not warm yet, too
        made->forget_rounds();
        contestants.push_back(std::move(made));
      } catch (const mll::error& problem) {
        std::printf("%-20s %-12s %s\n", name.c_str(), by.name,
                    std::string{problem.what()}.substr(0, 90).c_str());
        results.push_back({{"network", name}, {"engine", by.name}, {"problem", problem.what()}});
      }
    }
    for (std::size_t round = 0; round < options.rounds; ++round) {
      for (const auto& each : contestants) each->run_round();
    }
    for (const auto& each : contestants) {
      results.push_back(each->result(name));
      if (const auto found = memory.find({of.file, each->name()}); found != memory.end())
        results.back()["bytes_per_session"] = found->second;
      print_row(results.back());
    }
    std::fflush(stdout);
  }
  if (!options.json.empty())
    mll::benchmark::write_json(
        options.json, {{"images", options.images}, {"rounds", options.rounds}, {"results", results}});
}

}  // namespace

int main(int argc, char** argv) {
  study_options options;
  CLI::App app{"Compares what runs ONNX files.", "engines"};
  app.add_option("--models", options.models, "Folder with networks of images")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--images", options.images, "Images per measurement, a multiple of 64")
      ->capture_default_str()
      ->check(CLI::Range(64, 100000));
  app.add_option("--rounds", options.rounds, "How often each step is measured")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--sessions", options.sessions, "Networks loaded at once, for their memory")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_flag("--photos", options.photos, "Also label photos, by one expert and by eight");
  app.add_option("--json", options.json, "File for the result");
  return mll::benchmark::run_program(app, argc, argv, [&] {
    if (options.images % 64 != 0)
      throw mll::invalid_argument{"--images", "a multiple of 64", std::to_string(options.images)};
    compare(options);
  });
}
