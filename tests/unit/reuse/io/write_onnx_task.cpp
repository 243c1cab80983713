// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Needs the component `opencv`, for protozero.
#if MLL_TEST_OPENCV
#include "mll/reuse/io/write_onnx_task.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"
#include "support/small_selection.hpp"
#include "support/tiny_onnx.hpp"

namespace {

/// The selection of `small_selection` without its general model, and an expert for it.
struct onnx_task {
  mll::detail::temporary_folder folder;
  std::filesystem::path out = folder.path() / "task.onnx";
  mll::selection chosen = mll::test::small_selection();
  std::vector<mll::onnx_task_expert> experts;

  explicit onnx_task(const mll::test::tiny_onnx& network = small_network()) {
    chosen.models.pop_back();
    chosen.ensemble.heads.pop_back();
    chosen.ensemble.votes[0].pop_back();
    chosen.ensemble.correction.reset();
    chosen.general_texts.resize(0, 0);
    const auto file = folder.path() / "birds.onnx";
    network.write(file);
    mll::onnx_options options;
    options.width = options.height = 2;
    options.channels = 3;
    experts.push_back({.name = "birds", .file = file, .options = options});
  }
  static mll::test::tiny_onnx small_network() {
    return {.weights = {std::vector<float>(12, 0.1F), std::vector<float>(12, -0.1F)},
            .bias = {0, 0},
            .softmax = true};
  }
  void write() const { mll::write_onnx_task(out, chosen, experts); }
};

}  // namespace

TEST_CASE("the graph declares images, probabilities and answers") {
  const onnx_task task;
  task.write();
  const auto header = mll::detail::read_onnx_header(task.out);
  REQUIRE(header.inputs.size() == 1);
  CHECK(header.inputs[0].name == "input");
  CHECK(header.inputs[0].element_type == 2);
  CHECK(header.inputs[0].shape == std::vector<std::size_t>{0, 0, 0, 3});
  REQUIRE(header.outputs.size() == 2);
  CHECK(header.outputs[0].name == "probabilities");
  CHECK(header.outputs[0].shape == std::vector<std::size_t>{0, 2});
  CHECK(header.outputs[1].name == "answer");
  CHECK(header.operators.contains("expert0/shares"));
  CHECK(mll::test::read_file(task.out).find("a tall wading bird") == std::string::npos);
  CHECK(mll::test::read_file(task.out).find("geese") != std::string::npos);
}

TEST_CASE("vectors go through linear models") {
  onnx_task task;
  task.experts = {
      {.name = "birds", .weights = mll::matrix<float>::Ones(2, 5), .bias = Eigen::VectorXf::Zero(2)}};
  task.write();
  CHECK(mll::detail::read_onnx_header(task.out).inputs.at(0).shape == std::vector<std::size_t>{0, 5});
  task.experts[0].bias.resize(3);
  CHECK_THROWS_WITH_AS(task.write(), doctest::Contains("weights of expert 'birds'"), mll::invalid_argument);
}

TEST_CASE("experts with one preparation share it") {
  onnx_task task;
  auto other = task.chosen.models[0];
  other.id = mll::model_id{2U};
  other.name = "other";
  task.chosen.models.push_back(other);
  task.experts.push_back(task.experts[0]);
  task.experts[1].name = "other";
  const auto size = [&] {
    task.write();
    return std::filesystem::file_size(task.out);
  };
  const auto shared = size();
  task.experts[1].options.preparation.fit = mll::image_fit::crop;
  const auto two_ways = size();
  CHECK(two_ways > shared + 1000);
  task.experts[0].options.preparation.fit = mll::image_fit::crop;
  CHECK(size() < two_ways);
}

TEST_CASE("a general model is a part of the graph") {
  onnx_task task;
  task.chosen = mll::test::small_selection();
  const auto file = task.folder.path() / "general.onnx";
  onnx_task::small_network().write(file);
  task.experts.push_back({.name = "general model", .file = file, .options = task.experts[0].options});
  task.write();
  const auto header = mll::detail::read_onnx_header(task.out);
  CHECK(header.inputs.size() == 1);
  CHECK(header.operators.contains("expert1/shares"));
}

TEST_CASE("what cannot be part of a graph is refused by name, and an old graph stays") {
  const auto refuses = [](const auto& change, const char* message) {
    onnx_task task;
    mll::test::write_file(task.out, "old");
    change(task);
    CHECK_THROWS_WITH_AS(task.write(), doctest::Contains(message), mll::error);
    CHECK(mll::test::read_file(task.out) == "old");
  };
  refuses([](onnx_task& t) { t.experts.clear(); }, "expert 'birds', which owns a chosen head");
  refuses([](onnx_task& t) { t.chosen = mll::test::small_selection(); },
          "expert 'general model', which owns");
  refuses(
      [](onnx_task& t) {
        t.chosen = mll::test::small_selection();
        t.experts.push_back({.name = "general model"});
      },
      "the image side of 'general model' in an ONNX file");
  refuses(
      [](onnx_task& t) {
        t.chosen.ensemble.heads.clear(), t.chosen.ensemble.votes = {{}, {}};
      },
      "at least one head");
  refuses([](onnx_task& t) { t.experts[0].options.width = 0; }, "the complete options of expert 'birds'");
  refuses([](onnx_task& t) { std::filesystem::remove(t.experts[0].file); }, "birds.onnx: expected");
  refuses([](onnx_task& t) { mll::test::write_file(t.experts[0].file, "text"); }, "birds.onnx: expected");
  refuses(
      [](onnx_task& t) {
        auto fixed = onnx_task::small_network();
        fixed.input_shape = {4, 3, 2, 2};
        fixed.write(t.experts[0].file);
      },
      "it takes exactly 4 images");
  refuses(
      [](onnx_task& t) {  // the other expert asks for version 13, in which Softmax is another one
        auto newer = t.chosen.models[0];
        newer.id = mll::model_id{2U};
        newer.name = "newer";
        t.chosen.models.push_back(newer);
        std::string bytes = onnx_task::small_network().bytes();
        bytes.back() = 13;
        const auto file = t.folder.path() / "newer.onnx";
        mll::test::write_file(file, bytes);
        t.experts.push_back(t.experts[0]);
        t.experts[1].name = "newer";
        t.experts[1].file = file;
      },
      "and Softmax changed between them");
}
#endif
