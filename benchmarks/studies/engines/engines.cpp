// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What runs ONNX files how fast: images per second of each engine alone, one thread, and through mll; memory
// per loaded network.
//
//   engines --models DIR [--images N] [--sessions N] [--json FILE]
//
// DIR has networks of images, NAME.onnx; benchmarks/studies/engines/export_models.py writes some. "alone"
// runs ready tensors; "labelling" and "reuse" are `mll::label` and `zero_shot_classifier::classify` of a hub
// of this expert on 8-bit images of the network's size, so that they include the conversion of pixels.
// "photos 1" and "photos 8" are labelling of 768 x 512 pixels, cut out as most experts ask for it (bicubic),
// by one expert and by eight that share the resized images: images per second and expert.
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
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
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

/// Median seconds of some calls, after one that does not count.
template <class F>
double seconds_of(const F& f, std::size_t runs = 5) {
  f();
  return mll::benchmark::median_seconds(runs, f);
}

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

/// What each of many loaded networks adds to a process; measured in a child.
std::optional<double> bytes_per_session(const mll::any_onnx_engine& engine, const network& of,
                                        std::size_t sessions) {
  int ends[2];
  if (pipe(ends) != 0) return std::nullopt;
  const pid_t child = fork();
  if (child == 0) {
    double found = -1;
    try {
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

/// One network on one engine.
nlohmann::ordered_json measure(const network& of, const engine_entry& by, std::size_t images,
                               std::size_t sessions) {
  const mll::onnx_options options{.batch_size = 32, .engine = by.id};
  const auto engine = mll::detail::onnx_input_of<cv::Mat>::engine(options);
  // First, while the process has loaded nothing.
  const auto memory = bytes_per_session(engine, of, sessions);
  const auto session = engine.load(of.file);
  const std::vector<std::string> wanted{of.output};
  const auto run = [&](std::size_t batch) {
    const std::vector<mll::detail::onnx_array> in{of.tensor(batch)};
    return session->run(in, wanted);
  };
  const std::size_t width = run(1)[0].shape.back();
  const auto alone = [&](std::size_t batch) {
    const std::vector<mll::detail::onnx_array> in{of.tensor(batch)};
    const double seconds = seconds_of([&] {
      for (std::size_t i = 0; i < images; i += batch) static_cast<void>(session->run(in, wanted));
    });
    return static_cast<double>((images + batch - 1) / batch * batch) / seconds;
  };
  nlohmann::ordered_json out{{"network", fs::path{of.file}.stem().string()}, {"engine", engine.name()}};
  out["alone_1"] = alone(1);
  out["alone_32"] = alone(32);

  std::vector<std::string> names;
  for (std::size_t h = 0; h < width; ++h) names.push_back("head " + std::to_string(h));
  const auto hub_of = [&](std::size_t experts, const mll::onnx_options& prepared) {
    mll::hub<cv::Mat> made;
    const auto cache = std::make_shared<mll::onnx_session_cache>();
    for (std::size_t i = 0; i < experts; ++i)
      made.add("expert " + std::to_string(i), mll::onnx_classifier<cv::Mat>{of.file, names, prepared, cache});
    return made;
  };
  const auto graph = mll::make_semantic_dag({{"a", "root"}, {"b", "root"}});
  const auto samples_of = [&](const std::vector<cv::Mat>& pictures) {
    mll::representation_table<cv::Mat> made;
    const auto half = pictures.begin() + static_cast<std::ptrdiff_t>(pictures.size() / 2);
    made.add(graph.at("a"), {pictures.begin(), half});
    made.add(graph.at("b"), {half, pictures.end()});
    return made;
  };
  // Images per second and expert.
  const auto labelling = [&](const mll::hub<cv::Mat>& experts, const auto& of_nodes) {
    const double seconds = seconds_of(
        [&] {
          static_cast<void>(
              mll::label(mll::exec::sequential{}, experts, of_nodes, graph, {.batch_size = 32}));
        },
        experts.size() > 1 ? 3 : 5);
    return static_cast<double>(images * experts.size()) / seconds;
  };
  const auto pictures = random_images(images, of.extent(2), of.extent(3));
  const auto samples = samples_of(pictures);
  const auto hub = hub_of(1, options);
  out["labelling_32"] = labelling(hub, samples);
  mll::onnx_options cut_out = options;
  cut_out.preparation = {.fit = mll::image_fit::crop,
                         .interpolation = mll::interpolation::bicubic,
                         .short_side = std::min(of.extent(2), of.extent(3)) * 8 / 7};
  const auto photos = samples_of(random_images(images, 512, 768));
  for (const std::size_t experts : {1U, 8U})
    out["photos_" + std::to_string(experts)] = labelling(hub_of(experts, cut_out), photos);
  const auto labels = mll::label(mll::exec::sequential{}, hub, samples, graph);
  const auto match = mll::match(mll::exec::sequential{}, mll::task{{"a"}, {"b"}}, graph, labels.samples());
  const auto chosen = mll::select(mll::exec::sequential{}, labels, match, {.folds = 0});
  const mll::zero_shot_classifier<cv::Mat> classifier{hub, chosen};
  const auto reuse = [&](std::size_t batch) {
    const double seconds = seconds_of([&] {
      for (std::size_t i = 0; i < images; i += batch)
        static_cast<void>(classifier.classify(mll::exec::sequential{},
                                              std::span{pictures}.subspan(i, std::min(batch, images - i))));
    });
    return static_cast<double>(images) / seconds;
  };
  out["reuse_1"] = reuse(1);
  out["reuse_32"] = reuse(32);
  if (memory) out["bytes_per_session"] = *memory;
  return out;
}

void compare(const fs::path& models, std::size_t images, std::size_t sessions, const std::string& json) {
  std::vector<fs::path> files;
  for (const auto& each : fs::directory_iterator{models}) {
    if (each.path().extension() == ".onnx") files.push_back(each.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw mll::invalid_argument{"--models", "a folder with .onnx files", "none in it"};
  cv::setNumThreads(1);
  std::printf("images per second, one thread; MB per network with %zu loaded\n", sessions);
  std::printf("%-22s %-13s %8s %8s %10s %9s %9s %8s %9s %8s\n", "network", "engine", "alone 1", "alone 32",
              "labelling", "photos 1", "photos 8", "reuse 1", "reuse 32", "MB each");
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const auto& file : files) {
    const network of{file};
    for (const auto& by : engines) {
      nlohmann::ordered_json row;
      try {
        row = measure(of, by, images, sessions);
      } catch (const mll::error& problem) {
        std::printf("%-22s %-13s %s\n", file.stem().string().c_str(), by.name,
                    std::string{problem.what()}.substr(0, 90).c_str());
        results.push_back(
            {{"network", file.stem().string()}, {"engine", by.name}, {"problem", problem.what()}});
        continue;
      }
      std::printf("%-22s %-13s %8.1f %8.1f %10.1f %9.1f %9.1f %8.1f %9.1f %8.1f\n",
                  file.stem().string().c_str(), by.name, row["alone_1"].get<double>(),
                  row["alone_32"].get<double>(), row["labelling_32"].get<double>(),
                  row["photos_1"].get<double>(), row["photos_8"].get<double>(), row["reuse_1"].get<double>(),
                  row["reuse_32"].get<double>(), row.value("bytes_per_session", 0.0) / 1e6);
      std::fflush(stdout);
      results.push_back(row);
    }
  }
  if (!json.empty()) mll::benchmark::write_json(json, {{"images", images}, {"results", results}});
}

}  // namespace

int main(int argc, char** argv) {
  std::string models;
  std::size_t images = 64;
  std::size_t sessions = 40;
  std::string json;
  CLI::App app{"Compares what runs ONNX files.", "engines"};
  app.add_option("--models", models, "Folder with networks of images")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--images", images, "Images per measurement")
      ->capture_default_str()
      ->check(CLI::Range(32, 100000));
  app.add_option("--sessions", sessions, "Networks loaded at once, for their memory")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--json", json, "File for the result");
  return mll::benchmark::run_program(app, argc, argv, [&] { compare(models, images, sessions, json); });
}
