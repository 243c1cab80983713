// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_ONNXRUNTIME
#include "mll/model/onnx/engines/onnxruntime_engine.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/onnx/engines/detail/with_plain_locale.hpp"
#include "mll/model/onnx/onnx_texts.hpp"
#include "mll/model/onnx/onnx_vectors.hpp"
#include "mll/model/onnx/prove_onnx_classifier.hpp"
#include "mll/testing/check_classifier.hpp"
#include "support/complaints.hpp"
#include "support/conv_onnx.hpp"
#include "support/tiny_onnx.hpp"
#if MLL_TEST_OPENCV
#include "mll/model/onnx/onnx_opencv.hpp"
#endif

namespace {

using mll::test::protobuf_writer;
using mll::test::tiny_onnx;
using vector_model = mll::onnx_classifier<Eigen::VectorXf>;
using text_model = mll::onnx_classifier<std::string>;

tiny_onnx vector_network(std::size_t inputs, std::size_t heads, std::uint64_t seed) {
  mll::random_engine engine{seed};
  tiny_onnx out;
  out.input_shape = {0, inputs};
  for (std::size_t h = 0; h < heads; ++h) {
    out.weights.emplace_back();
    for (std::size_t i = 0; i < inputs; ++i)
      out.weights.back().push_back(static_cast<float>(engine() % 2001) / 1000.0F - 1);
    out.bias.push_back(static_cast<float>(engine() % 1000) / 1000.0F);
  }
  return out;
}

std::vector<Eigen::VectorXf> some_vectors(std::size_t count, Eigen::Index length, std::uint64_t seed) {
  mll::random_engine engine{seed};
  std::vector<Eigen::VectorXf> out(count, Eigen::VectorXf(length));
  for (auto& each : out) {
    for (float& value : each) value = static_cast<float>(engine() % 9) - 4;
  }
  return out;
}

/// The softmax of `weights * x + bias`, in double precision.
std::vector<double> softmax_by_hand(const tiny_onnx& net, const Eigen::VectorXf& x) {
  std::vector<double> out;
  double total = 0;
  for (std::size_t h = 0; h < net.bias.size(); ++h) {
    double sum = static_cast<double>(net.bias[h]);
    for (Eigen::Index i = 0; i < x.size(); ++i)
      sum += static_cast<double>(net.weights[h][static_cast<std::size_t>(i)]) * static_cast<double>(x[i]);
    out.push_back(std::exp(sum));
    total += out.back();
  }
  for (double& value : out) value /= total;
  return out;
}

template <class Model, class Sample>
mll::matrix<float> scores_of(const Model& model, const std::vector<Sample>& batch) {
  mll::matrix<float> out(static_cast<Eigen::Index>(batch.size()),
                         static_cast<Eigen::Index>(model.head_count()));
  model.predict(batch, out);
  return out;
}

std::vector<std::string> head_list(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("h" + std::to_string(i));
  return out;
}

template <class F>
std::string refusal(const F& f) {
  try {
    f();
  } catch (const mll::error& problem) {
    return problem.what();
  }
  return "nothing was thrown";
}

std::string model_bytes(const protobuf_writer& graph) {
  protobuf_writer model;
  model.number(1, 6).message(7, graph);
  return model.message(8, protobuf_writer{}.text(1, "").number(2, 11)).bytes;
}

}  // namespace

TEST_CASE("ONNX Runtime is loaded and reports its version") {
  REQUIRE(mll::onnxruntime_engine::missing() == "");
  CHECK(mll::onnxruntime_engine::version().starts_with("1."));
}

TEST_CASE("vectors: scores match a computation by hand, for open and fixed batches") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const auto batch = some_vectors(7, 5, 1);
  for (const bool inside : {true, false}) {
    for (const std::size_t fixed : {0, 1, 4}) {
      tiny_onnx net = vector_network(5, 3, 2);
      net.softmax = inside;
      net.input_shape.front() = fixed;
      net.write(file);
      const vector_model model{
          file, head_list(3), {.batch_size = 3}, std::make_shared<mll::onnx_session_cache>()};
      const auto scores = scores_of(model, batch);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto expected = softmax_by_hand(net, batch[i]);
        for (std::size_t h = 0; h < 3; ++h) {
          CHECK(static_cast<double>(scores(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(h))) ==
                doctest::Approx(expected[h]).epsilon(1e-4));
        }
      }
      const auto found = model.describe();
      CHECK(found.engine == "ONNX Runtime " + mll::onnxruntime_engine::version());
      CHECK(found.kind == mll::onnx_input_kind::vector);
      CHECK(found.inputs.at(0).name == "image");
      CHECK(found.inputs.at(0).type == "float32");
      CHECK(found.batch_size == (fixed == 0 ? 3 : fixed));
      CHECK(found.is_batch_fixed == (fixed != 0));
      CHECK(found.activation.kind == (inside ? mll::activation::identity : mll::activation::softmax));
      CHECK(found.activation.source == mll::activation_source::graph);
      CHECK(found.bytes > 0);
    }
  }
}

TEST_CASE("vectors: a classifier keeps the contract, passes the proof and works in a hub") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  vector_network(5, 3, 3).write(file);
  const vector_model model{file, {"a", "b", "c"}, {.batch_size = 4}};
  const auto batch = some_vectors(9, 5, 4);
  const auto found = mll::testing::check_classifier(model, std::span<const Eigen::VectorXf>{batch});
  for (const auto& each : found) MESSAGE(each);
  CHECK(found.empty());
  CHECK_NOTHROW(mll::prove_onnx_classifier(model));
  mll::hub<Eigen::VectorXf> models;
  models.add("x", model);
  CHECK(models.size() == 1);
}

TEST_CASE("vectors: inputs that do not match are refused with the reason") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const std::string name = file.string();
  tiny_onnx net = vector_network(5, 3, 5);
  net.write(file);
  const vector_model model{file, head_list(3)};
  CHECK(refusal([&] { scores_of(model, some_vectors(1, 4, 6)); }) ==
        "batch[0]: expected a vector of length 5, found one of length 4");
  CHECK(refusal([&] {
          vector_model{file, head_list(3), {.engine = mll::onnx_engine_id::opencv}};
        }) == "options.engine: expected onnxruntime, which takes more than images, found opencv");
  // An open number of features: given, or that of the samples.
  net.input_shape = {0, 0};
  net.write(file);
  const auto batch = some_vectors(5, 5, 7);
  const auto cache = [] { return std::make_shared<mll::onnx_session_cache>(); };
  const auto open = scores_of(vector_model{file, head_list(3), {}, cache()}, batch);
  const auto given = scores_of(vector_model{file, head_list(3), {.width = 5}, cache()}, batch);
  CHECK((open - given).cwiseAbs().maxCoeff() < 1e-6F);
  CHECK((open - scores_of(model, batch)).cwiseAbs().maxCoeff() < 1e-6F);
  CHECK(refusal([&] {
          static_cast<void>(vector_model{file, head_list(3), {}, cache()}.describe());
        }) == "model '" + name + "': leaves the number of features open: set options.width to it");
  net.input_shape = {0, 5};
  net.element_type = 8;
  net.write(file);
  CHECK(refusal([&] {
          vector_model{file, head_list(3)};
        }) == "model '" + name + "': expected inputs of numbers (vectors), found string for 'image'");
  net.element_type = 1;
  net.last_operator = "NobodyKnowsThis";
  net.write(file);
  const std::string unknown = refusal([&] {
    scores_of(vector_model{file, head_list(3), {}, cache()}, batch);
  });
  CHECK(unknown.starts_with("model '" + name + "': ONNX Runtime: "));
  CHECK(mll::test::contains(unknown, "NobodyKnowsThis"));
  CHECK(!mll::test::contains(unknown, "\n"));
  tiny_onnx::write_bytes(file, "this is no network");
  CHECK(refusal([&] { vector_model{file, head_list(3)}; }).starts_with(name + ": expected "));
}

TEST_CASE("vectors: several threads run one session at once, within the budget of the cache") {
  const mll::detail::temporary_folder folder;
  std::vector<std::filesystem::path> files;
  const auto budget = std::make_shared<mll::onnx_session_cache>(std::size_t{1} << 18U);
  std::vector<vector_model> models;
  for (std::size_t m = 0; m < 6; ++m) {
    files.push_back(folder.path() / (std::to_string(m) + ".onnx"));
    vector_network(5, 3, 20 + m).write(files.back());
    models.emplace_back(files.back(), head_list(3), mll::onnx_options{.batch_size = 2}, budget);
  }
  const auto batch = some_vectors(5, 5, 8);
  std::vector<mll::matrix<float>> expected;
  for (const auto& model : models) expected.push_back(scores_of(model, batch));
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> running;
    for (std::size_t t = 0; t < 4; ++t) {
      running.emplace_back([&, t] {
        for (std::size_t round = 0; round < 30; ++round) {
          const std::size_t m = round % 2 == 0 ? 0 : (round * (t + 1)) % models.size();
          if (!(scores_of(models[m], batch).array() == expected[m].array()).all()) ++wrong;
        }
      });
    }
  }
  CHECK(wrong == 0);
  CHECK(budget->statistics().bytes <= budget->budget());
  CHECK(budget->statistics().sessions < models.size());
  CHECK(budget->statistics().loads > models.size());
}

TEST_CASE("the memory of a session is that of its weights in two layouts") {
  const mll::detail::temporary_folder folder;
  const auto bytes_of = [&](std::size_t inputs) {
    const auto file = folder.path() / (std::to_string(inputs) + ".onnx");
    vector_network(inputs, 100, 9).write(file);
    return vector_model{file, head_list(100)}.describe().bytes;
  };
  const std::size_t small = bytes_of(10);
  const std::size_t large = bytes_of(2010);
  const std::size_t weights = 2000 * 100 * sizeof(float);
  CHECK(large - small > weights * 2);
  CHECK(large - small < weights * 5 / 2);
}

TEST_CASE("texts: strings and token ids") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  // sigmoid(sum of the ids of the tokens that are no padding * 1), of ids and a mask of 64-bit integers.
  protobuf_writer graph;
  protobuf_writer to_float;
  graph.message(1, mll::test::onnx_node({"input_ids", "attention_mask"}, "kept", "Mul"));
  to_float.text(1, "to").number(3, 1).number(20, 2);
  graph.message(1, mll::test::onnx_node({"kept"}, "real", "Cast").message(5, to_float));
  protobuf_writer sum = mll::test::onnx_node({"real"}, "sum", "ReduceSum");
  mll::test::add_numbers(sum, "axes", {1});
  graph.message(1, sum);
  graph.message(1, mll::test::onnx_node({"sum", "weights"}, "scaled", "MatMul"));
  graph.message(1, mll::test::onnx_node({"scaled"}, "scores", "Sigmoid"));
  graph.text(2, "tokens");
  graph.message(5, mll::test::onnx_tensor("weights", {1, 2}, {0.1F, -0.1F}));
  graph.message(11, mll::test::value_info("input_ids", {0, 0}, 7));
  graph.message(11, mll::test::value_info("attention_mask", {0, 0}, 7));
  graph.message(12, mll::test::value_info("scores", {0, 2}, 1));
  tiny_onnx::write_bytes(file, model_bytes(graph));
  const auto vocabulary = folder.path() / "vocab.txt";
  std::ofstream{vocabulary} << "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\ndog\n";
  CHECK(refusal([&] {
          text_model{file, head_list(2)};
        }) == "options.tokenizer: expected tokenizer.json, vocab.json or vocab.txt, because '" +
                  file.string() + "' takes token ids, found none");
  const text_model model{file, head_list(2), {.tokenizer = vocabulary}};
  const std::vector<std::string> texts{"cat", "a dog and a cat", "", "DOG dog"};
  const std::vector<double> sums{2 + 4 + 3, 2 + 1 + 5 + 1 + 1 + 4 + 3, 2 + 3, 2 + 5 + 5 + 3};
  const auto scores = scores_of(model, texts);
  for (Eigen::Index i = 0; i < 4; ++i) {
    const double expected = 1 / (1 + std::exp(-0.1 * sums[static_cast<std::size_t>(i)]));
    CHECK(static_cast<double>(scores(i, 0)) == doctest::Approx(expected).epsilon(1e-5));
    CHECK(static_cast<double>(scores(i, 1)) == doctest::Approx(1 - expected).epsilon(1e-4));
  }
  CHECK(model.describe().kind == mll::onnx_input_kind::tokens);
  CHECK_NOTHROW(mll::prove_onnx_classifier(model));
  const std::string bad = refusal([&] { scores_of(model, std::vector<std::string>{"cat", "\xFF"}); });
  CHECK(bad == "batch[1]: expected UTF-8, found other bytes");
}

TEST_CASE("texts: a locale is named where the file names none") {
  protobuf_writer graph;
  graph.message(1, mll::test::onnx_node({"text"}, "folded", "StringNormalizer"));
  graph.message(1, mll::test::onnx_node({"folded"}, "out", "Identity"));
  const std::string before = model_bytes(graph);
  const std::string after = mll::detail::with_plain_locale(mll::detail::file_bytes::of(before, "x"));
  CHECK(after.find("C.UTF-8") != std::string::npos);
  const auto header = mll::detail::read_onnx_header(mll::detail::file_bytes::of(after, "x"));
  CHECK(header.operators.size() == 2);
  CHECK(header.operators.at("folded").type == "StringNormalizer");
  // Once.
  CHECK(mll::detail::with_plain_locale(mll::detail::file_bytes::of(after, "x")) == after);
}

#if MLL_TEST_OPENCV
TEST_CASE("images: ONNX Runtime is the default, and agrees with OpenCV") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  mll::test::conv_onnx{.seed = 5}.write(file);
  const mll::onnx_classifier<cv::Mat> by_default{file, head_list(3)};
  const mll::onnx_classifier<cv::Mat> by_opencv{file, head_list(3), {.engine = mll::onnx_engine_id::opencv}};
  CHECK(by_default.describe().engine.starts_with("ONNX Runtime 1."));
  CHECK(by_opencv.describe().engine.starts_with("OpenCV "));
  const auto images = by_default.probe_samples(5);
  CHECK((scores_of(by_default, images) - scores_of(by_opencv, images)).cwiseAbs().maxCoeff() < 1e-5F);
  CHECK_NOTHROW(mll::prove_onnx_classifier(by_default));
}

TEST_CASE("images: weights beside the file are used, and refused by name where they are missing or outside") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const auto outcome = [&](const std::string& place) {
    mll::test::conv_onnx{.external = place}.write(file);
    return refusal([&] { mll::onnx_classifier<cv::Mat>{file, head_list(3)}; });
  };
  CHECK(outcome("none.data").starts_with(file.string() + ": expected constant '"));
  CHECK(mll::test::contains(outcome("none.data"), "in the file 'none.data', found No such file"));
  CHECK(mll::test::contains(outcome("../x.data"),
                            "expected weights in files of its own folder, found constant"));
  CHECK(mll::test::contains(outcome("/etc/passwd"), "expected weights in files of its own folder"));
}
#endif
#endif
