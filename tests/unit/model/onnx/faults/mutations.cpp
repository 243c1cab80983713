// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Networks that were damaged at random: none ends the process, and those that are sound are labelled every
// time.
#if MLL_TEST_OPENCV
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <opencv2/dnn/layer.details.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/label.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/onnx/detail/probe_images.hpp"
#include "mll/model/onnx/engines/detail/protobuf_message.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "mll/model/onnx/prove_onnx_classifier.hpp"
#include "support/conv_onnx.hpp"
#include "support/fault_cases.hpp"
#include "support/files.hpp"
#include "support/small_graph.hpp"
#include "support/vision_kit.hpp"

namespace {

using mll::detail::protobuf_message;
using mll::test::conv_onnx;

/// A file to damage, and its bytes that are not weights: most flipped bits in weights change some scores
/// only.
struct victim {
  std::string bytes;
  std::size_t heads = 0;
  std::vector<std::size_t> structure;  // positions in `bytes`
};

/// Marks the raw weights of a graph.
void find_weights(protobuf_message model, const char* begin, std::vector<bool>& weights) {
  while (model.next()) {
    if (model.tag() != 7 || !model.has_content()) {
      model.skip();
      continue;
    }
    for (protobuf_message graph = model.message(); graph.next();) {
      if (graph.tag() != 5 || !graph.has_content()) {
        graph.skip();
        continue;
      }
      for (protobuf_message tensor = graph.message(); tensor.next();) {
        if (tensor.tag() != 9) {
          tensor.skip();
          continue;
        }
        const std::string_view raw = tensor.text();
        for (std::size_t i = 0; i < raw.size(); ++i)
          weights[static_cast<std::size_t>(raw.data() - begin) + i] = true;
      }
    }
  }
}

victim make_victim(std::string bytes, std::size_t heads) {
  const auto file = mll::detail::file_bytes::of(std::move(bytes), "victim");
  std::vector<bool> weights(file.content.size(), false);
  find_weights(protobuf_message{file}, file.content.data(), weights);
  victim out{std::string{file.content}, heads, {}};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!weights[i]) out.structure.push_back(i);
  }
  return out;
}

/// Networks of the tests, and real ones where there are some.
std::vector<victim> victims() {
  std::vector<victim> out;
  out.push_back(make_victim(mll::test::conv_onnx{.seed = 2}.bytes(), 3));
  out.push_back(make_victim(mll::test::conv_onnx{.seed = 3, .subtract_mean = true}.bytes(), 3));
  out.push_back(make_victim(mll::test::conv_onnx{.seed = 5, .batch = 4}.bytes(), 3));
  out.push_back(make_victim(mll::test::conv_onnx{.seed = 4, .scale_channels = true}.bytes(), 3));
  const auto kit = mll::test::vision_kit();
  if (!kit) return out;
  for (const auto& row : mll::test::tsv_rows(*kit / "hub" / "models.tsv")) {
    if (out.size() == 10) break;
    out.push_back(make_victim(mll::test::read_file(*kit / "hub" / row[1]), std::stoul(row[5])));
  }
  return out;
}

/// One damage: some flipped bits, a changed byte, a cut, or a repeated or missing part.
std::string damage(const victim& from, mll::random_engine& engine) {
  std::string out = from.bytes;
  const auto anywhere = [&] { return static_cast<std::size_t>(engine() % out.size()); };
  const auto in_structure = [&] { return from.structure[engine() % from.structure.size()]; };
  const auto flip = [&](std::size_t at) { out[at] = static_cast<char>(out[at] ^ (1 << (engine() % 8))); };
  switch (engine() % 8) {
    case 0:  // weights, mostly
      for (int i = 0; i < 20; ++i) flip(anywhere());
      break;
    case 1:
      out.resize(anywhere());
      break;
    case 2:
      out.erase(in_structure(), 1 + engine() % 8);
      break;
    case 3: {
      const std::size_t at = in_structure();
      out.insert(at, out.substr(at, 1 + engine() % 40));
      break;
    }
    case 4:  // small numbers are extents and attributes
      out[in_structure()] = static_cast<char>(engine() % 5);
      break;
    case 5:
      out[in_structure()] = static_cast<char>(engine() & 0xFFU);
      break;
    default:
      for (std::uint64_t i = engine() % 3; i < 3; ++i) flip(in_structure());
  }
  return out;
}

/// A network whose attributes and extents are drawn at random, some of them absurd.
std::string absurd(mll::random_engine& engine) {
  const auto number = [&]() -> std::int64_t {
    constexpr std::int64_t known[] = {0,  1, 1,   1,     2,          3,           3,
                                      -1, 7, 255, 65536, 2147483647, -2147483648, std::int64_t{1} << 40U};
    return known[engine() % std::size(known)];
  };
  const auto numbers = [&](std::size_t usual) {
    std::vector<std::int64_t> out(engine() % 4 == 0 ? engine() % 6 : usual);
    for (auto& each : out) each = number();
    return out;
  };
  mll::test::conv_onnx net{.seed = engine()};
  const auto often = [&] { return engine() % 3 == 0; };
  if (often()) net.group = number();
  if (often()) net.kernel = numbers(2);
  if (often()) net.strides = numbers(2);
  if (often()) net.pads = numbers(4);
  if (often()) net.dilations = numbers(2);
  if (often()) net.weight_shape = {engine() % 7, engine() % 5, engine() % 4, engine() % 4};
  if (engine() % 6 == 0) net.weight_shape = {162};
  net.subtract_mean = often();
  net.scale_channels = often();
  net.empty_bias = engine() % 8 == 0;
  if (engine() % 6 == 0) net.flatten_axis = number();
  if (engine() % 6 == 0) net.last_axis = number();
  if (engine() % 8 == 0) net.batch = 1 + engine() % 5;
  return net.bytes();
}

/// Ends its process when it runs, as damaged networks do in some versions of an engine.
class crashing_layer : public cv::dnn::Layer {
 public:
  explicit crashing_layer(const cv::dnn::LayerParams& given) : Layer{given} {}
  static cv::Ptr<cv::dnn::Layer> create(cv::dnn::LayerParams& given) {
    return cv::makePtr<crashing_layer>(given);
  }
  void forward(cv::InputArrayOfArrays, cv::OutputArrayOfArrays, cv::OutputArrayOfArrays) override {
    std::raise(SIGSEGV);
  }
};

/// Networks of sound operators with an attribute that has no meaning.
std::vector<conv_onnx> absurd_attributes() {
  constexpr std::int64_t huge = std::int64_t{1} << 40U;
  return {{.group = 0},
          {.group = -1},
          {.group = huge},
          {.kernel = {0, 0}},
          {.kernel = {huge, 1}},
          {.kernel = {-3, -3}},
          {.strides = {0, 0}},
          {.strides = {-1, -1}},
          {.dilations = {0, 0}},
          {.dilations = {-1, -1}},
          {.dilations = {huge, 1}},
          {.pads = {-9, -9, -9, -9}},
          {.pads = {huge, 1, 1, 1}},
          {.flatten_axis = 9},
          {.flatten_axis = -9},
          {.last_axis = 9},
          {.last_axis = -9}};
}

}  // namespace

TEST_CASE("faults: damaged networks are left out by name, and the others are labelled every time") {
  const std::size_t cases = mll::test::fault_cases(60, 1200);
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}, {2, 0}});
  mll::representation_table<cv::Mat> samples;
  samples.add(graph.at("s1"), mll::detail::probe_images(3, 9, 7, 3));
  samples.add(graph.at("s2"), mll::detail::probe_images(2, 20, 20, 3));
  const auto good_file = folder.path() / "good.onnx";
  mll::test::conv_onnx{.seed = 9}.write(good_file);
  const std::vector<std::string> heads(3, "head");
  const mll::onnx_options options{.batch_size = 4, .engine = mll::onnx_engine_id::opencv};
  const auto label_with = [&](const std::optional<mll::onnx_classifier<cv::Mat>>& other) {
    mll::hub<cv::Mat> models;
    models.add("good", mll::onnx_classifier<cv::Mat>{good_file, heads, options,
                                                     std::make_shared<mll::onnx_session_cache>()});
    if (other) models.add("other", *other);
    return mll::label(mll::exec::sequential{}, models, samples, graph);
  };
  const auto expected = label_with(std::nullopt).models()[0].responses;
  const auto pool = victims();
  mll::random_engine engine{2026};
  for (const victim& each : pool) {  // what is damaged below is sound before
    CAPTURE(each.heads);
    const auto file = folder.path() / "sound.onnx";
    mll::test::write_file(file, each.bytes);
    CHECK_NOTHROW(mll::prove_onnx_classifier(
        mll::onnx_classifier<cv::Mat>{file, std::vector<std::string>(each.heads, "head"), options,
                                      std::make_shared<mll::onnx_session_cache>()}));
  }
  cv::dnn::LayerFactory::registerLayer("CrashesForCertain", crashing_layer::create);
  const std::string crashing = conv_onnx{.last = "CrashesForCertain"}.bytes();
  const auto attributes = absurd_attributes();
  std::size_t sound = 0;
  std::size_t crashed = 0;
  for (std::size_t i = 0; i < cases + 2 * attributes.size() + 2; ++i) {
    CAPTURE(i);
    const victim& from = pool[engine() % pool.size()];
    const bool drawn = engine() % 4 == 0 || i >= cases;
    const bool crashes = i >= cases + 2 * attributes.size();
    const auto file = folder.path() / (std::to_string(i) + ".onnx");
    mll::test::write_file(file, crashes      ? crashing
                                : i >= cases ? attributes[(i - cases) / 2].bytes()
                                : drawn      ? absurd(engine)
                                             : damage(from, engine));
    std::optional<mll::onnx_classifier<cv::Mat>> model;
    auto other_options = options;  // every second one by ONNX Runtime, where it is there
    if (i % 2 == 1 && !crashes) other_options.engine.reset();
    try {
      model.emplace(file, std::vector<std::string>(drawn ? 3 : from.heads, "head"), other_options,
                    std::make_shared<mll::onnx_session_cache>());
      mll::prove_onnx_classifier(*model, mll::process_limits{.memory_bytes = std::size_t{1} << 30U,
                                                             .processor_time = std::chrono::seconds{5}});
      ++sound;
    } catch (const mll::error& problem) {
      const std::string found = problem.what();
      CAPTURE(found);
      CHECK(found.find(file.string()) != std::string::npos);
      if (crashes)
        CHECK(found == "model '" + file.string() + "': crashed with signal 11 (Segmentation fault)");
      if (found.find("crashed") != std::string::npos) ++crashed;
      model.reset();
    }
    const auto labels = label_with(model);
    REQUIRE(!labels.models().empty());
    CHECK((labels.models()[0].responses.array() == expected.array()).all());
    std::filesystem::remove(file);
  }
  const std::size_t all = cases + 2 * attributes.size() + 2;
  MESSAGE(all << " damaged networks: " << sound << " sound, " << all - sound << " left out, of which "
              << crashed << " crashed their child process (2 for certain)");
  CHECK(sound > 0);
  CHECK(crashed >= 2);
  cv::dnn::LayerFactory::unregisterLayer("CrashesForCertain");
}
#endif
