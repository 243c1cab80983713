// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV && MLL_TEST_ICU
#include "mll/model/description/read_expert_description.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"
#include "support/tiny_onnx.hpp"

namespace {

namespace fs = std::filesystem;
using mll::expert_files;
using mll::test::protobuf_writer;
using mll::test::write_file;
using labels = std::vector<std::string>;

/// A model folder `birds` with a network of two heads.
struct model_folder {
  mll::detail::temporary_folder parent;
  fs::path path = parent.path() / "birds";

  explicit model_folder(const std::string& properties = {}) {
    fs::create_directories(path);
    const mll::test::tiny_onnx network{.weights = {std::vector<float>(12), std::vector<float>(12)},
                                       .bias = {0, 1}};
    write_file(path / "model.onnx", network.bytes() + properties);
  }
  model_folder& with(const char* name, std::string_view content) {
    write_file(path / name, content);
    return *this;
  }
  [[nodiscard]] mll::expert_description read() const {
    return mll::read_expert_description(expert_files::find(path));
  }
  /// The error, without the folder.
  [[nodiscard]] std::string complaint() const {
    try {
      static_cast<void>(read());
    } catch (const mll::parse_error& problem) {
      const std::string text = problem.what();
      return text.starts_with(path.string()) ? text.substr(path.string().size() + 1) : "elsewhere: " + text;
    }
    return "nothing";
  }
  [[nodiscard]] std::string source(const std::string& full) const {
    return full.substr(path.string().size() + 1);
  }
};

/// ModelProto.metadata_props.
std::string property(const std::string& key, const std::string& value) {
  return protobuf_writer{}.message(14, protobuf_writer{}.text(1, key).text(2, value)).bytes;
}

constexpr std::string_view vit = R"({"do_normalize": true, "do_rescale": true, "do_resize": true,
  "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4], "image_processor_type": "ViTImageProcessor",
  "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 200}})";

}  // namespace

TEST_CASE("mll.json: every key") {
  model_folder folder;
  folder.with("mll.json", R"({"$schema": "expert.schema.json", "labels": ["jay", "tit"],
    "input": {"name": "x", "width": 2, "height": 3, "layout": "nhwc", "order": "bgr", "scale": 0.5, "mean": [1, 2, 3],
              "deviation": 4, "resize": "crop", "interpolation": "bicubic", "short_side": 5, "crop_rounding": "down"},
    "output": {"name": "y", "activation": "sigmoid"}, "tokenizer": "words.json", "licence": "CC0"})");
  const auto found = folder.read();
  REQUIRE(found.labels);
  CHECK(*found.labels == labels{"jay", "tit"});
  CHECK(folder.source(found.labels.source) == "mll.json: labels");
  CHECK(*found.input.name == "x");
  CHECK(*found.output.name == "y");
  CHECK(*found.tokenizer == folder.path / "words.json");
  CHECK(*found.licence == "CC0");
  CHECK(folder.source(found.input.preparation.source) == "mll.json: input.resize");
  const auto options = found.options();
  CHECK(options.width == 2);
  CHECK(options.height == 3);
  CHECK(options.layout == mll::tensor_layout::nhwc);
  CHECK(options.order == mll::channel_order::bgr);
  CHECK(options.scale == 0.5F);
  CHECK(options.mean == std::array<float, 3>{1, 2, 3});
  CHECK(options.deviation == std::array<float, 3>{4, 4, 4});
  CHECK(options.output == mll::activation::sigmoid);
  CHECK(options.input_name == "x");
  CHECK(options.output_name == "y");
  CHECK(options.tokenizer == folder.path / "words.json");
  CHECK(options.preparation == mll::image_preparation{.fit = mll::image_fit::crop,
                                                      .interpolation = mll::interpolation::bicubic,
                                                      .short_side = 5,
                                                      .rounding = mll::crop_rounding::down});
}

TEST_CASE("without a description the given defaults apply") {
  const auto found = model_folder{}.read();
  CHECK(!found.labels);
  const auto options = found.options({.width = 7, .output = mll::activation::softmax});
  CHECK(options.width == 7);
  CHECK(options.output == mll::activation::softmax);
}

TEST_CASE("Hugging Face: labels and preparation") {
  model_folder folder;
  folder.with("config.json", R"({"id2label": {"1": "tit", "0": "tench, Tinca tinca"}, "license": "mit"})")
      .with("preprocessor_config.json", vit);
  const auto found = folder.read();
  CHECK(*found.labels == labels{"tench, Tinca tinca", "tit"});
  CHECK(folder.source(found.labels.source) == "config.json: id2label");
  CHECK(folder.source(found.input.mean.source) == "preprocessor_config.json: image_mean");
  CHECK(*found.input.width == 200);
  CHECK(*found.input.height == 224);
  CHECK(*found.input.mean == std::array{0.5F, 0.4F, 0.3F});
  CHECK(*found.input.deviation == std::array{0.2F, 0.3F, 0.4F});
  CHECK(*found.input.scale == 1.0F / 255);
  CHECK(*found.input.preparation == mll::image_preparation{.interpolation = mll::interpolation::bilinear,
                                                           .rounding = mll::crop_rounding::down});
}

TEST_CASE("Hugging Face: what each class of image processor does") {
  using mll::crop_rounding;
  using mll::image_fit;
  using mll::interpolation;
  const auto read = [](std::string_view members) {
    return model_folder{}
        .with("preprocessor_config.json", "{\"do_normalize\": false, " + std::string{members} + "}")
        .read()
        .input;
  };
  const auto clip =
      read(R"("size": 224, "crop_size": 220, "feature_extractor_type": "CLIPFeatureExtractor")");
  CHECK(*clip.preparation ==
        mll::image_preparation{image_fit::crop, interpolation::bicubic, 224, crop_rounding::down});
  CHECK(*clip.width == 220);
  const auto fast = read(R"("size": {"shortest_edge": 256}, "do_center_crop": true, "resample": 2,
                            "crop_size": {"height": 224, "width": 224}, "image_processor_type": "MobileViTImageProcessorFast")");
  CHECK(*fast.preparation ==
        mll::image_preparation{image_fit::crop, interpolation::bilinear, 256, crop_rounding::even});
  CHECK(*fast.order == mll::channel_order::bgr);
  const auto small = read(
      R"("size": {"shortest_edge": 224}, "crop_pct": 0.875, "image_processor_type": "ConvNextImageProcessor")");
  CHECK(*small.preparation ==
        mll::image_preparation{image_fit::crop, interpolation::bilinear, 256, crop_rounding::down});
  CHECK(*small.width == 224);
  const auto large =
      read(R"("size": {"shortest_edge": 384}, "image_processor_type": "ConvNextImageProcessor")");
  CHECK(large.preparation->fit == image_fit::stretch);
  CHECK(*large.height == 384);
  const auto deit =
      read(R"("size": 256, "crop_size": 224, "resample": 3, "image_processor_type": "DeiTImageProcessor")");
  CHECK(*deit.preparation ==
        mll::image_preparation{image_fit::stretch, interpolation::bicubic, 256, crop_rounding::down});
  CHECK(*deit.width == 224);
  const auto levit = read(
      R"("size": {"shortest_edge": 224}, "crop_size": 224, "image_processor_type": "LevitImageProcessor")");
  CHECK(levit.preparation->short_side == 256);
  const auto efficient =
      model_folder{}
          .with("preprocessor_config.json", R"({"size": {"height": 4, "width": 4}, "resample": 0,
      "image_mean": [0, 0.5, 0], "image_std": [0.5, 0.5, 1], "rescale_offset": true, "rescale_factor": 0.0078,
      "image_processor_type": "EfficientNetImageProcessor"})")
          .read()
          .input;
  CHECK(*efficient.mean == std::array{1.0F, 1.5F, 1.0F});
  CHECK(*efficient.deviation == std::array{0.25F, 0.25F, 1.0F});
  CHECK(efficient.preparation->interpolation == interpolation::nearest);
}

TEST_CASE("timm: nested and flat") {
  const std::string members = R"("input_size": [3, 288, 224], "interpolation": "bicubic", "crop_pct": 0.95,
    "crop_mode": "center", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "license": "apache-2.0")";
  for (const std::string& text : {"{\"architecture\": \"resnet50\", \"label_names\": [\"n01440764\", "
                                  "\"n01443537\"], \"pretrained_cfg\": {" +
                                      members + "}}",
                                  "{\"label_names\": [\"n01440764\", \"n01443537\"], " + members + "}"}) {
    const auto found = model_folder{}.with("config.json", text).read();
    CHECK(*found.labels == labels{"n01440764", "n01443537"});
    CHECK(*found.input.height == 288);
    CHECK(*found.input.width == 224);
    CHECK(*found.input.deviation == std::array{0.229F, 0.224F, 0.225F});
    CHECK(*found.input.preparation == mll::image_preparation{mll::image_fit::crop,
                                                             mll::interpolation::bicubic, 235,
                                                             mll::crop_rounding::even});
    CHECK(*found.licence == "apache-2.0");
  }
}

TEST_CASE("Ultralytics: names and size within the file") {
  const std::string size = property("imgsz", "[64, 64]") + property("task", "classify");
  const auto found =
      model_folder{size +
                   property("names", R"({0: 'jack-o\'-lantern', 1: "cat's eye", 2: 'caf\xe9 \u4e2d'})")}
          .read();
  CHECK(*found.labels == labels{"jack-o'-lantern", "cat's eye", "caf\xC3\xA9 \xE4\xB8\xAD"});
  CHECK(*found.input.width == 64);
  CHECK(*found.input.preparation ==
        mll::image_preparation{mll::image_fit::crop, mll::interpolation::bilinear, 64});
  CHECK(found.labels.source.ends_with("model.onnx: metadata names"));
  for (const char* broken : {"{0: 'a', 2: 'b'}", "{0: 'a'", "{0: 'a', 0: 'b'}", "['a']", "{0: 'a\\q'}", "{}",
                             "{0: '\\ud800'}", "{0: 'a'} x"}) {
    CHECK(model_folder{size + property("names", broken)}.complaint().starts_with(
        "model.onnx: expected metadata 'names' to be a dictionary with the keys 0, 1, ..., found '"));
  }
  const auto detector =
      property("imgsz", "[64, 64]") + property("task", "detect") + property("names", "{0: 'a'}");
  CHECK(model_folder{detector}.complaint() ==
        "model.onnx: expected metadata 'task' to be classify, found 'detect'");
  CHECK(model_folder{property("imgsz", "[0]") + property("names", "{0: 'a'}")}.complaint() ==
        "model.onnx: expected metadata 'imgsz' to be one or two numbers of pixels, found '[0]'");
}

TEST_CASE("PaddleOCR: labels within the file, one per line") {
  const auto found = model_folder{property("character", "upright\nupside down\r\n")}.read();
  CHECK(*found.labels == labels{"upright", "upside down"});
  CHECK(found.labels.source.ends_with("model.onnx: metadata character"));
  // Numbers are labels if nothing else is.
  model_folder angles{property("character", "0\n90\n180\n270")};
  CHECK(*angles.read().labels == labels{"0", "90", "180", "270"});
  angles.with("labels.txt", "upright\nleft\nupside down\nright\n");
  CHECK(*angles.read().labels == labels{"upright", "left", "upside down", "right"});
  for (const char* alphabet : {"a\n \nb", "a\n\nb", "", "a\n\xff"})
    CHECK(!model_folder{property("character", alphabet)}.read().labels);
}

TEST_CASE("values are taken from the first that gives them, one by one") {
  model_folder folder{property("names", "{0: 'u', 1: 'v'}") + property("imgsz", "[64]")};
  folder.with("labels.txt", "x\ny\n");
  CHECK(*folder.read().labels == labels{"u", "v"});
  folder.with("config.json", R"({"id2label": {"0": "h", "1": "f"}})").with("preprocessor_config.json", vit);
  CHECK(*folder.read().labels == labels{"h", "f"});
  folder.with("mll.json", R"({"labels": ["a", "b"], "input": {"mean": 0.1}})");
  const auto found = folder.read();
  CHECK(*found.labels == labels{"a", "b"});
  CHECK(*found.input.mean == std::array{0.1F, 0.1F, 0.1F});
  CHECK(*found.input.deviation == std::array{0.2F, 0.3F, 0.4F});
  CHECK(*found.input.width == 200);
}

TEST_CASE("an automatic activation overrules one of a configuration") {
  model_folder folder;
  folder.with("config.json", R"({"problem_type": "multi_label_classification"})");
  CHECK(folder.read().options().output == mll::activation::sigmoid);
  folder.with("mll.json", R"({"output": {"activation": "auto"}})");
  CHECK(!folder.read().options({.output = mll::activation::softmax}).output);
}

TEST_CASE("placeholders and class numbers give way to a file of labels") {
  model_folder folder;
  folder.with("config.json", R"({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}})");
  CHECK(*folder.read().labels == labels{"LABEL_0", "LABEL_1"});
  folder.with("labels.txt", "x\ny\n");
  CHECK(*folder.read().labels == labels{"x", "y"});
}

TEST_CASE("classes of scikit-learn and LightGBM are labels") {
  protobuf_writer strings;
  strings.text(1, "classlabels_strings").text(9, "cat").text(9, "dog").number(20, 8);
  protobuf_writer graph;
  graph.message(1, mll::test::onnx_node({"x"}, "y", "LinearClassifier").message(5, strings));
  const mll::detail::temporary_folder folder;
  write_file(folder.path() / "a.onnx", protobuf_writer{}.message(7, graph).bytes);
  write_file(folder.path() / "a.labels.txt", "x\ny\n");
  CHECK(*mll::read_expert_description(expert_files::find(folder.path() / "a.onnx")).labels ==
        labels{"cat", "dog"});
}

TEST_CASE("errors name file and key") {
  const auto complaint = [](std::string_view content) {
    return model_folder{}.with("mll.json", content).complaint();
  };
  CHECK(complaint(R"({"label": []})") ==
        "mll.json: expected only known keys ($schema, labels, input, output, tokenizer, licence), found "
        "'label'");
  CHECK(complaint(R"({"input": {"size": 3}})").find("found 'input.size'") != std::string::npos);
  CHECK(complaint(R"({"output": {"softmax": true}})").find("found 'output.softmax'") != std::string::npos);
  CHECK(complaint(R"({"input": []})") == "mll.json: expected 'input' to be an object, found an array");
  CHECK(complaint(R"({"input": {"width": -3}})") ==
        "mll.json: expected 'input.width' to be a whole number from 1 to 16384, found -3");
  CHECK(complaint(R"({"input": {"width": 1e30}})").ends_with("found 1e+30"));
  CHECK(complaint(R"({"input": {"scale": 0}})") ==
        "mll.json: expected 'input.scale' to be a finite number other than 0, found 0");
  CHECK(complaint(R"({"input": {"mean": [0, 1e300, 0]}})") ==
        "mll.json: expected 'input.mean[1]' to be a finite number, found 1e+300");
  CHECK(complaint(R"({"input": {"mean": [0, 0]}})") ==
        "mll.json: expected 'input.mean' to be a finite number per channel (1 or 3), found an array");
  CHECK(complaint(R"({"input": {"deviation": [1, "x", 1]}})") ==
        "mll.json: expected 'input.deviation[1]' to be a finite number above 0, found 'x'");
  CHECK(complaint(R"({"input": {"resize": "fit"}})") ==
        "mll.json: expected 'input.resize' to be one of stretch, crop, letterbox, found 'fit'");
  CHECK(complaint(R"({"labels": ["a", 3]})") == "mll.json: expected 'labels[1]' to be a name, found 3");
  CHECK(complaint(R"({"labels": ["a", " "]})") ==
        "mll.json: expected 'labels[1]' to be a name, found a blank one");
  CHECK(complaint(R"({"labels": ["a\u0000b"]})") ==
        "mll.json: expected 'labels[0]' to be a name, found one with a NUL byte: 'a\\x00b'");
  CHECK(complaint(R"({"labels": []})") ==
        "mll.json: expected 'labels' to be an array of at least one name, found an array");
  CHECK(complaint("\n{\"labels\": NaN}").starts_with("mll.json:2: expected JSON, found "));
  CHECK(complaint("").starts_with("mll.json:1: expected JSON, found "));
  CHECK(complaint("[]") == "mll.json: expected a JSON object, found array");
  CHECK(complaint({"{}\n\0", 4}) == "mll.json:2: expected JSON, found a NUL byte");
  CHECK(complaint("\xFF\xFE{\0}\0").find("UTF-16") != std::string::npos);
  CHECK(complaint("\xEF\xBB\xBF{}") == "nothing");
  CHECK(complaint(std::string(100000, '[')).starts_with("mll.json:1: expected JSON"));
  CHECK(complaint("{\"input\": " + std::string(100000, '[') + std::string(100000, ']') + "}") ==
        "mll.json: expected 'input' to be an object, found an array");

  const auto of_config = [](std::string_view content) {
    return model_folder{}.with("config.json", content).complaint();
  };
  CHECK(of_config(R"({"id2label": {"0": "a", "2": "b"}})") ==
        "config.json: expected 'id2label' to be an object with the keys 0 to 1, found the key '2'");
  CHECK(of_config(R"({"id2label": {"0": "a", "01": "b"}})").ends_with("found the key '01'"));
  CHECK(of_config(R"({"id2label": {"0": 7}})") == "config.json: expected 'id2label.0' to be text, found 7");
  CHECK(of_config(R"({"pretrained_cfg": {"input_size": [3, 0, 224]}})") ==
        "config.json: expected 'pretrained_cfg.input_size[1]' to be a whole number from 1 to 16384, found 0");
  CHECK(of_config(R"({"pretrained_cfg": {"crop_mode": "border"}})") ==
        "config.json: expected 'pretrained_cfg.crop_mode' to be center or squash, found 'border'");
  const auto of_processor = [](std::string_view content) {
    return model_folder{}.with("preprocessor_config.json", content).complaint();
  };
  CHECK(of_processor(R"({"size": 224, "resample": 5})") ==
        "preprocessor_config.json: expected 'resample' to be a number of Pillow's, 0 to 4, found 5");
  CHECK(of_processor(R"({"size": {"longest_edge": 3}})") ==
        "preprocessor_config.json: expected 'size' to be a number, width and height, or shortest_edge, found "
        "an object");
  CHECK(of_processor(R"({"do_normalize": true})") ==
        "preprocessor_config.json: expected 'image_mean' to be given, because do_normalize is true, found "
        "nothing");
}

TEST_CASE("a file that is not a regular file of reasonable size is not read") {
  model_folder folder;
  folder.with("mll.json", "{}");
  fs::resize_file(folder.path / "mll.json", (std::uintmax_t{64} << 20U) + 1);
  CHECK(folder.complaint() == "mll.json: expected a JSON file of at most 64 MiB, found 67108865 bytes");
  fs::remove(folder.path / "mll.json");
  fs::create_directory(folder.path / "mll.json");
  CHECK(folder.complaint() == "mll.json: expected a JSON file of at most 64 MiB, found a folder");
}
#endif
