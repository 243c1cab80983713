// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What labelling and reuse add to the inference of the experts that they run: `overhead` is all time outside
// the experts over the time inside them, of the same run. On precomputed scores, where experts cost next to
// nothing, beside the same computation in NumPy (`numpy_ratio`: its time over the time outside the experts),
// and on the ONNX experts of a kit (see benchmarks/studies/accuracy), where the folder MLL_VISION_KIT has
// one.

#include <benchmark/benchmark.h>
#include <mll/label/io/npy.hpp>
#include <mll/mll.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#if MLL_TEST_OPENCV
#include <mll/model/onnx/onnx_opencv.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#endif

#include "../../../tests/support/vision_kit.hpp"
#include "../../support/numpy_program.hpp"
#include "../../support/synthetic_hub.hpp"
#include "../../support/timed_classifier.hpp"
#include "mll/core/io/temporary_folder.hpp"

namespace {

/// Times `run`, and the part of it outside the models.
template <class Run>
void measure(benchmark::State& state, double& inside, std::size_t samples, const Run& run) {
  double whole = 0;
  double models = 0;
  for (auto unused : state) {
    inside = 0;
    const auto begin = std::chrono::steady_clock::now();
    run();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    state.SetIterationTime(seconds);
    whole += seconds;
    models += inside;
  }
  state.counters["overhead"] = (whole - models) / models;
  state.counters["samples"] =
      benchmark::Counter(static_cast<double>(samples), benchmark::Counter::kIsIterationInvariantRate);
}

template <class Sample>
void measure_reuse(benchmark::State& state, double& inside, const mll::hub<Sample>& hub,
                   const mll::selection& chosen, const std::vector<Sample>& batch) {
  const mll::zero_shot_classifier<Sample> classifier{hub, chosen};
  mll::matrix<float> answers(static_cast<Eigen::Index>(batch.size()),
                             static_cast<Eigen::Index>(classifier.head_count()));
  measure(state, inside, batch.size(), [&] {
    classifier.predict(std::span{batch}, answers);
    benchmark::DoNotOptimize(answers.data());
  });
  state.counters["experts"] = static_cast<double>(classifier.model_count());
}

/// The same computation in NumPy: a table of all scores, one product, a softmax.
void compare_with_numpy(benchmark::State& state, double& inside, const mll::hub<std::size_t>& hub,
                        const mll::selection& chosen, const std::vector<std::size_t>& batch) {
  const auto python = mll::benchmark::find_numpy();
  const mll::ensemble& fitted = chosen.ensemble;
  if (!python || fitted.correction || fitted.scale != mll::vote_scale::log_odds) {
    std::fprintf(stderr, "NumPy beside reuse: skipped, %s\n",
                 python ? "the combination is not one of log-odds alone"
                        : "no Python with NumPy (install python3-numpy)");
    return;
  }
  const auto rows = static_cast<Eigen::Index>(batch.size());
  const auto heads = static_cast<Eigen::Index>(fitted.heads.size());
  const auto classes = static_cast<Eigen::Index>(fitted.votes.size());
  mll::matrix<float> scores(rows, heads);
  mll::matrix<float> slopes = mll::matrix<float>::Zero(heads, classes);
  mll::matrix<float> intercepts = mll::matrix<float>::Zero(1, classes);
  mll::matrix<float> answers(rows, classes);
  for (Eigen::Index h = 0; h < heads; ++h) {
    const mll::head_id head = fitted.heads[static_cast<std::size_t>(h)];
    const auto& model = hub.model(head.model);
    mll::matrix<float> all(rows, static_cast<Eigen::Index>(model.head_count()));
    model.predict(std::span{batch}, all);
    scores.col(h) = all.col(static_cast<Eigen::Index>(head.index));
  }
  for (Eigen::Index y = 0; y < classes; ++y) {
    for (const mll::vote& v : fitted.votes[static_cast<std::size_t>(y)]) {
      slopes(static_cast<Eigen::Index>(v.head), y) += fitted.temperature * v.weight * v.slope;
      intercepts(0, y) += fitted.temperature * v.weight * v.intercept;
    }
  }
  const mll::zero_shot_classifier<std::size_t> classifier{hub, chosen};
  double seconds = 1e9;
  for (int round = 0; round < 20; ++round) {
    inside = 0;
    const auto begin = std::chrono::steady_clock::now();
    classifier.predict(std::span{batch}, answers);
    const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    seconds = std::min(seconds, whole - inside);  // NumPy also starts from precomputed scores
  }
  const mll::detail::temporary_folder scratch;
  mll::write_npy(scratch.path() / "scores.npy", scores);
  mll::write_npy(scratch.path() / "slopes.npy", slopes);
  mll::write_npy(scratch.path() / "intercepts.npy", intercepts);
  mll::write_npy(scratch.path() / "answers.npy", answers);
  std::istringstream lines{mll::benchmark::run_numpy(*python, MLL_NUMPY_ENSEMBLE, scratch.path())};
  std::string name;
  double numpy_seconds = 0;
  double difference = 1;
  lines >> name >> numpy_seconds >> name >> difference;
  state.counters["numpy_ratio"] = numpy_seconds / seconds;
  if (!(difference < 1e-4)) state.SkipWithError("NumPy answers otherwise");
}

void reuse_of_scores(benchmark::State& state) {
  static const mll::benchmark::synthetic_hub world{40, 50, 60, 1};
  const auto seconds = std::make_shared<double>(0);
  mll::hub<std::size_t> hub;
  for (const mll::model_id id : world.hub.ids())
    hub.add(world.hub.name(id), mll::benchmark::timed_classifier{world.hub.model(id), seconds});
  const mll::exec::sequential backend;
  const auto labels = mll::label(backend, hub, world.samples, world.graph);
  const auto chosen = mll::select(backend, labels, world.first_nodes(20), {.folds = 0});
  std::vector<std::size_t> batch;
  for (const mll::node_id v : world.samples.nodes()) {
    for (const std::size_t row : world.samples.samples(v)) batch.push_back(row);
  }
  measure_reuse(state, *seconds, hub, chosen, batch);
  compare_with_numpy(state, *seconds, hub, chosen, batch);
}
BENCHMARK(reuse_of_scores)->UseManualTime()->Unit(benchmark::kMillisecond);

#if MLL_TEST_OPENCV
/// 20 experts of a kit, labelled on its images, and a task for them.
struct onnx_world {
  std::shared_ptr<double> seconds = std::make_shared<double>(0);
  mll::exec::sequential backend;
  mll::semantic_dag<> graph = mll::read_wordnet("/usr/share/wordnet");
  mll::hub<cv::Mat> hub;
  mll::representation_table<cv::Mat> samples;
  std::size_t sample_count = 0;
  std::vector<cv::Mat> images;
  mll::model_labels labels;
  mll::task_match match;

  explicit onnx_world(const std::filesystem::path& kit)
      : match{mll::task{{"airplane"}, {"automobile"}, {"bird"}, {"cat"}, {"frog"}, {"truck"}}, {}} {
    cv::setNumThreads(1);
    const auto models = mll::test::tsv_rows(kit / "hub" / "models.tsv");
    const auto heads = mll::test::tsv_rows(kit / "hub" / "heads.tsv");
    for (std::size_t m = 0; m < models.size(); m += models.size() / 20) {
      std::vector<std::string> names;
      for (const auto& head : heads) {
        if (head[1] == models[m][0]) names.push_back(head[3]);
      }
      hub.add(models[m][0], mll::benchmark::timed_classifier{
                                mll::onnx_classifier<cv::Mat>{kit / "hub" / models[m][1], names}, seconds});
    }
    const auto nodes = mll::test::tsv_rows(kit / "pretest" / "nodes.tsv");
    const std::vector<cv::Mat> shown = read_images(kit / "pretest" / "images.npy");
    const mll::test::npy_rows<int> row{kit / "pretest" / "image_sample.npy", "<i4", shown.size()};
    const mll::test::npy_rows<int> node{kit / "pretest" / "node_of_sample.npy", "<i4", 1U << 30U};
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const auto v = static_cast<std::size_t>(node.values.at(static_cast<std::size_t>(row.values[i])));
      samples.add(graph, nodes.at(v)[1], {shown[i]});
    }
    sample_count = shown.size();
    images = read_images(kit / "tasks" / "cifar10" / "images.npy");
    labels = mll::label(backend, hub, samples, graph);
    match = mll::match(backend, match.task, graph, labels.samples());
  }

  static std::vector<cv::Mat> read_images(const std::filesystem::path& file) {
    mll::test::npy_rows<unsigned char> raw{file, "|u1", 2000};
    std::vector<cv::Mat> out;
    for (std::size_t i = 0; i < raw.values.size() / raw.width; ++i) {
      out.emplace_back();
      cv::cvtColor(cv::Mat{32, 32, CV_8UC3, raw.values.data() + i * raw.width}, out.back(),
                   cv::COLOR_RGB2BGR);
    }
    return out;
  }
};

const bool with_kit = [] {
  const auto kit = mll::test::vision_kit();
  if (!kit) {
    std::fprintf(stderr, "reuse and labelling of ONNX experts: skipped, no kit (set MLL_VISION_KIT)\n");
    return false;
  }
  const auto world = [folder = *kit]() -> onnx_world& {
    static onnx_world made{folder};
    return made;
  };
  benchmark::RegisterBenchmark("label_by_onnx_experts",
                               [world](benchmark::State& state) {
                                 onnx_world& w = world();
                                 measure(state, *w.seconds, w.sample_count, [&] {
                                   const auto labels = mll::label(w.backend, w.hub, w.samples, w.graph);
                                   benchmark::DoNotOptimize(&labels);
                                 });
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("reuse_of_onnx_experts_by_heads",
                               [world](benchmark::State& state) {
                                 onnx_world& w = world();
                                 const auto chosen = mll::select(w.backend, w.labels, w.match, {.folds = 0});
                                 measure_reuse(state, *w.seconds, w.hub, chosen, w.images);
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark(
      "reuse_of_all_onnx_experts",
      [world](benchmark::State& state) {
        onnx_world& w = world();
        const auto profile = mll::profile(w.backend, w.labels, w.graph);
        const auto chosen =
            mll::select(w.backend, w.labels, w.match,
                        {.method = {.budget = mll::all_experts{}}, .profile = &profile, .folds = 0});
        measure_reuse(state, *w.seconds, w.hub, chosen, w.images);
      })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
  return true;
}();
#endif

}  // namespace
