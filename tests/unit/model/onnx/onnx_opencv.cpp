// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/onnx_opencv.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/model/hub.hpp"
#include "mll/testing/check_classifier.hpp"
#include "support/complaints.hpp"
#include "support/conv_onnx.hpp"
#include "support/tiny_onnx.hpp"

using mll::test::tiny_onnx;

namespace {

/// Run by OpenCV, even where ONNX Runtime is installed.
struct onnx_classifier : mll::onnx_classifier<cv::Mat> {
  onnx_classifier(const std::filesystem::path& file, std::vector<std::string> head_names,
                  mll::onnx_options options = {}, std::shared_ptr<mll::onnx_session_cache> cache = nullptr)
      : mll::onnx_classifier<cv::Mat>{file, std::move(head_names), with_opencv(std::move(options)),
                                      std::move(cache)} {}
  static mll::onnx_options with_opencv(mll::onnx_options options) {
    options.engine = mll::onnx_engine_id::opencv;
    return options;
  }
};

/// A random 8-bit image.
cv::Mat noise(int rows, int columns, int type, mll::random_engine& engine) {
  cv::Mat image(rows, columns, type);
  for (int r = 0; r < rows; ++r) {
    for (int i = 0; i < columns * image.channels(); ++i) {
      image.ptr<unsigned char>(r)[i] = static_cast<unsigned char>(engine() & 0xFFU);
    }
  }
  return image;
}

std::vector<cv::Mat> noise_batch(std::size_t count, std::uint64_t seed) {
  mll::random_engine engine{seed};
  std::vector<cv::Mat> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(noise(2, 2, CV_8UC3, engine));
  return out;
}

tiny_onnx network(std::size_t heads, std::uint64_t seed, std::size_t inputs = 12) {
  mll::random_engine engine{seed};
  tiny_onnx out;
  for (std::size_t h = 0; h < heads; ++h) {
    out.weights.emplace_back();
    for (std::size_t i = 0; i < inputs; ++i) {
      out.weights.back().push_back(static_cast<float>(engine() % 2001) / 1000.0F - 1);
    }
    out.bias.push_back(static_cast<float>(engine() % 1000) / 1000.0F);
  }
  return out;
}

/// The output of the network for a 2 by 2 image, in double precision, by loops.
std::vector<double> by_hand(const tiny_onnx& net, const cv::Mat& image, const mll::onnx_options& options) {
  std::vector<double> flat(12);
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 2; ++column) {
      for (int c = 0; c < 3; ++c) {
        const double pixel =
            image.at<cv::Vec3b>(row, column)[options.order == mll::channel_order::rgb ? 2 - c : c];
        const auto k = static_cast<std::size_t>(c);
        const auto at =
            static_cast<std::size_t>(options.layout != mll::tensor_layout::nhwc ? c * 4 + row * 2 + column
                                                                                : (row * 2 + column) * 3 + c);
        flat[at] = (pixel * static_cast<double>(options.scale.value_or(1.0F / 255)) -
                    static_cast<double>(options.mean[k])) /
                   static_cast<double>(options.deviation[k]);
      }
    }
  }
  std::vector<double> sums;
  double total = 0;
  for (std::size_t h = 0; h < net.bias.size(); ++h) {
    double sum = static_cast<double>(net.bias[h]);
    for (std::size_t i = 0; i < 12; ++i) sum += static_cast<double>(net.weights[h][i]) * flat[i];
    sums.push_back(std::exp(sum));
    total += sums.back();
  }
  for (double& sum : sums) sum /= total;
  return sums;
}

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("head " + std::to_string(i));
  return out;
}

mll::matrix<float> answers(const mll::onnx_classifier<cv::Mat>& model, std::span<const cv::Mat> batch) {
  mll::matrix<float> scores(static_cast<Eigen::Index>(batch.size()),
                            static_cast<Eigen::Index>(model.head_count()));
  model.predict(batch, scores);
  return scores;
}

/// The message of an exception.
std::string complaint(const std::function<void()>& f) {
  try {
    f();
  } catch (const mll::error& problem) {
    return problem.what();
  }
  return "nothing was thrown";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("scores match a computation by hand for every order, layout and normalisation") {
  const mll::detail::temporary_folder folder;
  const auto batch = noise_batch(7, 1);
  for (const bool softmax_inside : {true, false}) {
    for (const auto order : {mll::channel_order::rgb, mll::channel_order::bgr}) {
      for (const auto layout : {mll::tensor_layout::nchw, mll::tensor_layout::nhwc}) {
        tiny_onnx net = network(4, 2);
        net.softmax = softmax_inside;
        if (layout == mll::tensor_layout::nhwc) net.input_shape = {0, 2, 2, 3};
        const auto file = folder.path() / ("x" + std::to_string(softmax_inside) +
                                           std::to_string(layout == mll::tensor_layout::nhwc) + ".onnx");
        net.write(file);
        const mll::onnx_options options{
            .order = order,
            .layout = layout,
            .scale = 1.0F / 128,
            .mean = {0.4F, 0.5F, 0.6F},
            .deviation = {0.2F, 0.3F, 0.4F},
            .output = softmax_inside ? mll::activation::identity : mll::activation::softmax,
            .batch_size = 3};
        const onnx_classifier model{file, names(4), options};
        const auto scores = answers(model, batch);
        for (std::size_t i = 0; i < batch.size(); ++i) {
          const auto expected = by_hand(net, batch[i], options);
          for (std::size_t h = 0; h < 4; ++h) {
            CHECK(static_cast<double>(scores(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(h))) ==
                  doctest::Approx(expected[h]).epsilon(1e-4));
          }
        }
      }
    }
  }
}

TEST_CASE("an ONNX classifier keeps the contract and works in a hub") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  tiny_onnx net = network(3, 5);
  net.softmax = true;
  net.write(file);
  const onnx_classifier model{file, {"a", "b", "c"}, {.batch_size = 4}};
  CHECK(model.options().width == 2);
  CHECK(model.options().height == 2);
  CHECK(model.options().channels == 3);
  CHECK(model.file() == file.string());
  const auto batch = noise_batch(9, 6);
  const auto found = mll::testing::check_classifier(model, std::span<const cv::Mat>{batch});
  for (const auto& each : found) MESSAGE(each);
  CHECK(found.empty());
  mll::hub<cv::Mat> models;
  models.add("x", model);
  CHECK(models.size() == 1);
}

TEST_CASE("a file with a fixed batch size gets batches of that size") {
  const mll::detail::temporary_folder folder;
  const auto batch = noise_batch(7, 8);
  tiny_onnx net = network(3, 9);
  net.softmax = true;
  net.write(folder.path() / "free.onnx");
  const auto expected = answers({folder.path() / "free.onnx", names(3)}, batch);
  for (const std::size_t fixed : {std::size_t{1}, std::size_t{4}}) {
    net.input_shape = {fixed, 3, 2, 2};
    const auto file = folder.path() / ("fixed" + std::to_string(fixed) + ".onnx");
    net.write(file);
    CHECK((answers({file, names(3)}, batch) - expected).cwiseAbs().maxCoeff() < 1e-6F);
  }
}

TEST_CASE("images of any size, grey or coloured") {
  const mll::detail::temporary_folder folder;
  tiny_onnx net = network(3, 11);
  net.softmax = true;
  net.write(folder.path() / "colour.onnx");
  const onnx_classifier colour{folder.path() / "colour.onnx", names(3)};
  // Blocks of one colour shrink to that colour; a part of a larger image is read in place.
  const cv::Mat small = noise_batch(1, 12).front();
  cv::Mat large(6, 10, CV_8UC3);
  for (int r = 0; r < 6; ++r) {
    for (int c = 0; c < 10; ++c) large.at<cv::Vec3b>(r, c) = small.at<cv::Vec3b>(r / 3, c / 5);
  }
  cv::Mat around(20, 20, CV_8UC3, cv::Scalar{1, 2, 3});
  large.copyTo(around(cv::Rect{4, 5, 10, 6}));
  const std::vector<cv::Mat> batch{small, large, around(cv::Rect{4, 5, 10, 6})};
  const auto scores = answers(colour, batch);
  CHECK((scores.row(0) - scores.row(1)).cwiseAbs().maxCoeff() < 1e-5F);
  CHECK((scores.row(0) - scores.row(2)).cwiseAbs().maxCoeff() < 1e-5F);
  // Grey is the same as three equal channels, also for a network that takes one.
  mll::random_engine engine{13};
  const cv::Mat grey = noise(2, 2, CV_8UC1, engine);
  cv::Mat three;
  cv::merge(std::vector<cv::Mat>{grey, grey, grey}, three);
  const auto both = answers(colour, std::vector<cv::Mat>{grey, three});
  CHECK((both.row(0) - both.row(1)).cwiseAbs().maxCoeff() < 1e-6F);
  tiny_onnx one = network(3, 14, 4);
  one.softmax = true;
  one.input_shape = {0, 1, 2, 2};
  one.write(folder.path() / "grey.onnx");
  const onnx_classifier monochrome{folder.path() / "grey.onnx", names(3)};
  CHECK(monochrome.options().channels == 1);
  const auto same = answers(monochrome, std::vector<cv::Mat>{grey, three});
  CHECK((same.row(0) - same.row(1)).cwiseAbs().maxCoeff() < 1e-6F);
}

TEST_CASE("a file that leaves its size open uses that of the options") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "open.onnx";
  tiny_onnx net = network(2, 15);
  net.softmax = true;
  net.input_shape = {0, 0, 0, 0};
  net.write(file);
  CHECK(complaint([&] {
          onnx_classifier{file, names(2), {.width = 2}};
        }) ==
        "options.height: expected a size in pixels, because '" + file.string() + "' declares none, found 0");
  CHECK(complaint([&] {
          onnx_classifier{file, names(2), {.height = 2}};
        }) ==
        "options.width: expected a size in pixels, because '" + file.string() + "' declares none, found 0");
  const auto batch = noise_batch(2, 16);
  const onnx_classifier model{file, names(2), {.width = 2, .height = 2}};
  CHECK(static_cast<double>(answers(model, batch)(0, 0)) ==
        doctest::Approx(by_hand(net, batch[0], model.options())[0]).epsilon(1e-4));
}

TEST_CASE("by default the larger the images, the fewer run at once") {
  const mll::detail::temporary_folder folder;
  const auto batch_of = [&](std::size_t size) {
    tiny_onnx net;
    net.input_shape = {0, 3, size, size};
    net.weights.assign(2, std::vector<float>(3 * size * size, 0.0F));
    net.bias = {0.1F, 0.3F};
    net.softmax = true;
    const auto file = folder.path() / "sized.onnx";
    net.write(file);
    const onnx_classifier model{file, names(2), {}, std::make_shared<mll::onnx_session_cache>()};
    CHECK(model.options().batch_size ==
          std::max<std::size_t>(1, std::min<std::size_t>(16, 131072 / (3 * size * size))));
    const onnx_classifier told{
        file, names(2), {.batch_size = 7}, std::make_shared<mll::onnx_session_cache>()};
    CHECK(told.options().batch_size == 7);
    return *model.options().batch_size;
  };
  CHECK(batch_of(2) == 16);
  CHECK(batch_of(32) == 16);
  CHECK(batch_of(96) == 4);
  CHECK(batch_of(224) == 1);
}

TEST_CASE("a file that is missing, cut off, garbage or not for images is named with the reason") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const std::string name = file.string();
  const auto construct = [&] { return complaint([&] { onnx_classifier{file, names(3)}; }); };
  CHECK(construct() == name + ": expected an ONNX model, found no such file");
  const std::string whole = network(3, 17).bytes();
  // A file cut at any point is refused.
  for (std::size_t length = 0; length < whole.size(); length += 5) {
    tiny_onnx::write_bytes(file, whole.substr(0, length));
    const std::string found = construct();
    CAPTURE(length);
    CAPTURE(found);
    // Except in the last bytes, the version of the operators, which the header reader does not need.
    CHECK((contains(found, name + ": expected ") || length + 8 > whole.size()));
  }
  tiny_onnx::write_bytes(file, whole.substr(0, whole.size() / 2));
  CHECK(contains(construct(), "expected a whole ONNX model, found one that lacks"));
  CHECK_THROWS_AS(onnx_classifier(file, names(3)), mll::parse_error);
  mll::random_engine engine{18};
  for (int round = 0; round < 50; ++round) {
    std::string bytes;
    for (int i = 0; i < 200; ++i) bytes += static_cast<char>(engine() & 0xFFU);
    tiny_onnx::write_bytes(file, bytes);
    CHECK(contains(construct(), name + ": expected "));
  }
  tiny_onnx::write_bytes(file, "");
  CHECK(construct() == name + ": expected an ONNX model, found a file without a graph");

  tiny_onnx net = network(3, 19);
  net.input_count = 2;
  net.write(file);
  CHECK(construct() == "model '" + name + "': expected 1 input, found 2: image, more1");
  net.input_count = 1;
  net.element_type = 7;
  net.write(file);
  CHECK(construct() == "model '" + name + "': expected an input of type float32 (1), found ONNX type 7");
  net.element_type = 1;
  net.input_shape = {0, 12};
  net.write(file);
  CHECK(construct() == "model '" + name + "': expected an input of 4 dimensions (images), found 2");
  net.input_shape = {0, 2, 2, 3};
  net.write(file);
  CHECK(construct() == "nothing was thrown");  // the layout is that of the 3 channels
  CHECK(complaint([&] {
          onnx_classifier{file, names(3), {.layout = mll::tensor_layout::nchw}};
        }) == "model '" + name +
                  "': expected 1 or 3 channels in dimension 1 of the input (is options.layout right?), "
                  "found 2");
  net.input_shape = {0, 3, 2, 2};
  net.write(file);
  CHECK(complaint([&] {
          onnx_classifier{file, names(3), {.width = 3}};
        }) == "options.width: expected 2, as '" + name + "' declares, found 3");
  CHECK(complaint([&] {
          onnx_classifier{file, names(2)};
        }) == "head_names: expected 3 names, one per output of '" + name + "', found 2");
  CHECK(complaint([&] {
          onnx_classifier{file, {}};
        }) == "head_names: expected at least one name, found none");

  // Sizes whose product overflows 32 or 64 bits.
  net.input_shape = {0, 3, 65536, 65536};
  net.write(file);
  CHECK(construct() ==
        "model '" + name +
            "': expected an input of less than 2^31 values per sample, found [1, 3, 65536, 65536]");
  net.input_shape = {0, 3, 2147483647, 2147483647};
  net.write(file);
  CHECK(contains(construct(), "expected an input of less than 2^31 values per sample"));
  net.input_shape = {0, 3, 0, 0};
  net.write(file);
  CHECK(contains(complaint([&] {
                   onnx_classifier{file, names(3), {.width = std::size_t{1} << 60U, .height = 16}};
                 }),
                 "expected an input of less than 2^31 values per sample"));
}

TEST_CASE("what OpenCV cannot load or run is a model_error, and its log level is restored") {
  namespace logging = cv::utils::logging;
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const auto level = logging::getLogLevel();
  const auto batch = noise_batch(2, 20);
  tiny_onnx net = network(3, 21);
  net.last_operator = "NobodyKnowsThis";
  net.write(file);
  const onnx_classifier unsupported{file, names(3)};  // not loaded yet
  const auto run = [&](const onnx_classifier& model) {
    return complaint([&] { static_cast<void>(answers(model, batch)); });
  };
  CHECK(contains(run(unsupported), "model '" + file.string() + "': OpenCV: "));
  CHECK(contains(run(unsupported), "NobodyKnowsThis"));
  CHECK(!contains(run(unsupported), "\n"));
  CHECK(logging::getLogLevel() == level);

  // Weights of a shape that does not match the image.
  tiny_onnx narrow = network(3, 22, 11);
  narrow.write(folder.path() / "narrow.onnx");
  CHECK(contains(run({folder.path() / "narrow.onnx", names(3)}), "narrow.onnx': OpenCV: "));

  // Removed after its header was read; put back, it works.
  tiny_onnx good = network(3, 23);
  good.softmax = true;
  good.write(folder.path() / "good.onnx");
  const onnx_classifier model{folder.path() / "good.onnx", names(3)};
  std::filesystem::remove(folder.path() / "good.onnx");
  CHECK(contains(run(model), "good.onnx': cannot be read: "));
  good.write(folder.path() / "good.onnx");
  CHECK(run(model) == "nothing was thrown");
}

TEST_CASE("a batch is trusted only if it returns what its images return alone") {
  const mll::detail::temporary_folder folder;
  mll::random_engine engine{40};
  std::vector<cv::Mat> batch;
  for (int i = 0; i < 11; ++i) {
    cv::Mat image = noise(8, 8, CV_8UC3, engine);
    image = image / 4 + cv::Scalar(17.0 * i, 190.0 - 17 * i, 90);  // mean colours far apart
    batch.push_back(image);
  }
  // The oracle has no batch, and no subtraction in the network.
  mll::test::conv_onnx plain{.seed = 41};
  plain.write(folder.path() / "plain.onnx");
  const onnx_classifier oracle{
      folder.path() / "plain.onnx", names(3), {.mean = {0.2F, 0.5F, 0.7F}, .batch_size = 1}};
  const auto expected = answers(oracle, batch);
  CHECK((expected.row(0) - expected.row(10)).cwiseAbs().maxCoeff() > 0.01F);
  plain.subtract_mean = true;
  plain.write(folder.path() / "subtracts.onnx");
  for (const std::size_t size : {1, 2, 3, 4, 16}) {
    CAPTURE(size);
    const onnx_classifier model{folder.path() / "subtracts.onnx",
                                names(3),
                                {.batch_size = size},
                                std::make_shared<mll::onnx_session_cache>()};
    CHECK((answers(model, batch) - expected).cwiseAbs().maxCoeff() < 1e-5F);
    CHECK((answers(model, std::span{batch}.first(size < 11 ? size : 11)) -
           expected.topRows(size < 11 ? static_cast<int>(size) : 11))
              .cwiseAbs()
              .maxCoeff() < 1e-5F);
  }
  // A network that OpenCV runs on one image only.
  mll::test::conv_onnx scaled{.seed = 42, .scale_channels = true};
  scaled.write(folder.path() / "scales.onnx");
  const auto alone = answers({folder.path() / "scales.onnx", names(3), {.batch_size = 1}}, batch);
  const auto together = answers({folder.path() / "scales.onnx",
                                 names(3),
                                 {.batch_size = 4},
                                 std::make_shared<mll::onnx_session_cache>()},
                                batch);
  CHECK((alone - together).cwiseAbs().maxCoeff() < 1e-5F);
  // A fixed batch cannot run one by one: right or refused.
  plain.batch = 3;
  plain.write(folder.path() / "fixed.onnx");
  const std::string found = complaint([&] {
    const auto scores = answers({folder.path() / "fixed.onnx", names(3)}, batch);
    CHECK((scores - expected).cwiseAbs().maxCoeff() < 1e-5F);
  });
  MESSAGE(found);
  CHECK((found == "nothing was thrown" ||
         contains(found, "returns other values for a sample in a batch of 3")));
}

TEST_CASE("a softmax is not applied twice") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const auto with = [&](mll::activation output) {
    return complaint([&] {
      static_cast<void>(
          answers({file, names(3), {.output = output}, std::make_shared<mll::onnx_session_cache>()},
                  noise_batch(2, 50)));
    });
  };
  const std::string before = "options.output: expected identity, because '" + file.string() + "' ends with ";
  tiny_onnx net = network(3, 51);
  net.softmax = true;
  net.write(file);
  CHECK(with(mll::activation::softmax) == before + "Softmax, found softmax");
  CHECK(with(mll::activation::sigmoid) == before + "Softmax, found sigmoid");
  CHECK(with(mll::activation::identity) == "nothing was thrown");
  net.last_operator = "Identity";  // changes nothing
  net.write(file);
  CHECK(with(mll::activation::softmax) == before + "Softmax, found softmax");
  net.softmax = false;
  net.last_operator = "Sigmoid";
  net.write(file);
  CHECK(with(mll::activation::softmax) == before + "Sigmoid, found softmax");
  net.last_operator = "";
  net.write(file);
  CHECK(with(mll::activation::softmax) == "nothing was thrown");
  // By its values, where the last operator does not tell: absolute values of shares.
  net.softmax = true;
  net.last_operator = "Abs";
  net.write(file);
  CHECK(with(mll::activation::softmax) ==
        "model '" + file.string() +
            "': returns probabilities, and options.output asks for a softmax of logits");
}

TEST_CASE("outputs of another width or outside [0, 1] are errors") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  tiny_onnx net = network(3, 24);
  net.declare_output = false;
  net.softmax = true;
  net.write(file);
  const auto batch = noise_batch(2, 25);
  const auto run = [&](const onnx_classifier& model) {
    return complaint([&] { static_cast<void>(answers(model, batch)); });
  };
  CHECK(run({file, names(3)}) == "nothing was thrown");
  CHECK(run({file, names(5), {}, std::make_shared<mll::onnx_session_cache>()}) ==
        "model '" + file.string() +
            "': expected output of shape [1, 5], one column per head name, found [1, 3]");
  // The same, if the network is loaded already.
  CHECK(run({file, names(5)}) ==
        "model '" + file.string() +
            "': expected output of shape [1, 5], one column per head name, found [1, 3]");
  tiny_onnx logits = network(2, 26);
  logits.bias = {9, -9};
  logits.write(folder.path() / "logits.onnx");
  const onnx_classifier wrong{folder.path() / "logits.onnx", names(2), {.output = mll::activation::identity}};
  CHECK(run({folder.path() / "logits.onnx", names(2)}) == "nothing was thrown");  // recognised
  CHECK(contains(run(wrong), "expected a probability, found "));
  CHECK(contains(run(wrong),
                 "for sample 0, head 'head 0' (for logits set options.output to activation::softmax)"));
}

TEST_CASE("a sample that is not an 8-bit image is named by its position") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  tiny_onnx net = network(2, 27);
  net.softmax = true;
  net.write(file);
  const onnx_classifier model{file, names(2)};
  const auto run = [&](const cv::Mat& image) {
    const std::vector<cv::Mat> batch{noise_batch(1, 28).front(), image};
    return complaint([&] { static_cast<void>(answers(model, batch)); });
  };
  CHECK(run({}) == "batch[1]: expected an 8-bit image of 1 or 3 channels, found an empty image");
  CHECK(run(cv::Mat::zeros(2, 2, CV_32FC3)) ==
        "batch[1]: expected an 8-bit image of 1 or 3 channels, found an image of type CV_32FC3");
  CHECK(run(cv::Mat::zeros(2, 2, CV_8UC4)) ==
        "batch[1]: expected an 8-bit image of 1 or 3 channels, found an image of 4 channels");
}

TEST_CASE("head names from the file beside the model") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const std::string sidecar = (folder.path() / "x.labels.txt").string();
  tiny_onnx net = network(2, 29);
  net.softmax = true;
  net.write(file);
  const auto load = [&] {
    return complaint(
        [&] { static_cast<void>(mll::load_onnx_classifier(file, {.engine = mll::onnx_engine_id::opencv})); });
  };
  CHECK(load() == sidecar + ": expected a readable file with one head name per line, found no such file");
  tiny_onnx::write_bytes(sidecar, "cat\n\ndog\n");
  CHECK(load() == sidecar + ":2: expected a head name, found a blank line");
  tiny_onnx::write_bytes(sidecar, "cat\ndog\nbird\n");
  CHECK(load() == sidecar + ": expected 2 head names, one per output of '" + file.string() + "', found 3");
  tiny_onnx::write_bytes(sidecar, "cat\ndog\n");
  const auto model = mll::load_onnx_classifier(file, {.engine = mll::onnx_engine_id::opencv});
  CHECK(model.head_name(0) == "cat");
  CHECK(model.head_name(1) == "dog");
  CHECK(answers(model, noise_batch(3, 30)).allFinite());
}

TEST_CASE("threads that run copies of the same and other models get the same answers") {
  const mll::detail::temporary_folder folder;
  const auto cache =
      std::make_shared<mll::onnx_session_cache>(2 * mll::onnx_session_cache::bytes_per_session + 1000);
  std::vector<onnx_classifier> models;
  for (std::size_t m = 0; m < 4; ++m) {
    tiny_onnx net = network(3, 40 + m);
    net.softmax = true;
    const auto file = folder.path() / (std::to_string(m) + ".onnx");
    net.write(file);
    models.emplace_back(file, names(3), mll::onnx_options{.batch_size = 2}, cache);
  }
  const auto batch = noise_batch(5, 31);
  std::vector<mll::matrix<float>> expected;
  for (const auto& model : models) expected.push_back(answers(model, batch));
  constexpr std::size_t threads = 4;
  std::vector<float> worst(threads, 0);
  {
    std::vector<std::jthread> running;
    for (std::size_t t = 0; t < threads; ++t) {
      running.emplace_back([&, t, mine = models] {
        for (std::size_t round = 0; round < 20; ++round) {
          const std::size_t m = (round * (t + 1)) % mine.size();
          const float off = (answers(mine[m], batch) - expected[m]).cwiseAbs().maxCoeff();
          worst[t] = std::max(worst[t], off);
        }
      });
    }
  }
  for (const float off : worst) CHECK(off == 0);
  // Two networks fit into the budget, so some were loaded again.
  CHECK(cache->statistics().bytes <= cache->budget());
  CHECK(cache->statistics().sessions <= 2);
  CHECK(cache->statistics().loads > 4);
}
#endif
