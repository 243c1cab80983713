// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Component mll::opencv.
#if MLL_TEST_OPENCV
#include "mll/model/onnx/engines/detail/onnx_header.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/tiny_onnx.hpp"

using mll::test::protobuf_writer;

namespace {

struct model_file {
  mll::detail::temporary_folder folder;
  std::filesystem::path path = folder.path() / "x.onnx";

  [[nodiscard]] mll::detail::onnx_header read(const std::string& bytes) const {
    mll::test::tiny_onnx::write_bytes(path, bytes);
    return mll::detail::read_onnx_header(path);
  }
  /// The error for these bytes, without the name of the file.
  [[nodiscard]] std::string complaint(const std::string& bytes) const {
    try {
      static_cast<void>(read(bytes));
    } catch (const mll::parse_error& thrown) {
      return std::string{thrown.what()}.substr(path.string().size() + 2);
    }
    return "none";
  }
};

/// A model with one input, as its ValueInfoProto says.
std::string with_input(const protobuf_writer& info) {
  protobuf_writer graph;
  graph.message(11, info);
  protobuf_writer model;
  return model.message(7, graph).bytes;
}

}  // namespace

TEST_CASE("a header is what the file declares, without its weights") {
  mll::test::tiny_onnx net;
  net.input_shape = {0, 3, 5, 7};
  net.weights = {std::vector<float>(105, 1), std::vector<float>(105, 2)};
  net.bias = {0, 1};
  const auto header = model_file{}.read(net.bytes());
  REQUIRE(header.inputs.size() == 1);
  CHECK(header.inputs[0].name == "image");
  CHECK(header.inputs[0].element_type == 1);
  CHECK(header.inputs[0].shape == std::vector<std::size_t>{0, 3, 5, 7});
  REQUIRE(header.outputs.size() == 1);
  CHECK(header.outputs[0].shape == std::vector<std::size_t>{0, 2});
}

TEST_CASE("a number in place of a message is refused") {
  const model_file file;
  const std::string refused = "expected an ONNX model, found a number instead of a message at byte ";
  // The type of an input, its tensor, its shape, a dimension.
  CHECK(file.complaint(with_input(protobuf_writer{}.text(1, "x").number(2, 1))).starts_with(refused));
  CHECK(file.complaint(with_input(protobuf_writer{}.message(2, protobuf_writer{}.number(1, 1))))
            .starts_with(refused));
  protobuf_writer tensor;
  tensor.message(1, protobuf_writer{}.number(2, 1));
  CHECK(file.complaint(with_input(protobuf_writer{}.message(2, tensor))).starts_with(refused));
  protobuf_writer shape;
  shape.message(1, protobuf_writer{}.message(2, protobuf_writer{}.number(1, 1)));
  CHECK(file.complaint(with_input(protobuf_writer{}.message(2, shape))).starts_with(refused));
}

TEST_CASE("lengths beyond the file or the message around them are refused") {
  const model_file file;
  for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{1} << 31U, std::uint64_t{1} << 60U,
                                     std::numeric_limits<std::uint64_t>::max()}) {
    protobuf_writer graph;
    graph.varint((7U << 3U) | 2U);
    graph.varint(length);
    CHECK(file.complaint(graph.bytes).starts_with("expected a whole ONNX model, found one that lacks"));
    protobuf_writer name;
    name.varint((1U << 3U) | 2U);
    name.varint(length);
    CHECK(file.complaint(with_input(name) + "behind it")
              .starts_with("expected a whole ONNX model, found one that lacks"));
  }
}

TEST_CASE("dimensions that are negative or beyond 2^31 count as open") {
  const auto shape_of = [](std::uint64_t size) {
    protobuf_writer dimensions;
    dimensions.message(1, protobuf_writer{}.number(1, size));
    protobuf_writer tensor;
    tensor.message(1, protobuf_writer{}.message(2, dimensions));
    return model_file{}.read(with_input(protobuf_writer{}.message(2, tensor))).inputs.at(0).shape;
  };
  using shape = std::vector<std::size_t>;
  CHECK(shape_of(7) == shape{7});
  CHECK(shape_of((std::uint64_t{1} << 31U) - 1) == shape{2147483647});
  CHECK(shape_of(std::uint64_t{1} << 31U) == shape{0});
  CHECK(shape_of(std::uint64_t{1} << 60U) == shape{0});
  CHECK(shape_of(std::numeric_limits<std::uint64_t>::max()) == shape{0});  // -1
}

TEST_CASE("a field that protocol buffers do not allow is refused, and so is one that is cut off") {
  const model_file file;
  CHECK(file.complaint(std::string(1, '\x0F')) ==
        "expected an ONNX model, found another format (protocol buffers: unknown pbf field type exception)");
  CHECK(file.complaint(std::string(1, '\0') + "x") ==
        "expected an ONNX model, found another format (protocol buffers: invalid tag exception)");
  CHECK(file.complaint(std::string(1, '\x08') + std::string(11, '\xFF')) ==
        "expected an ONNX model, found another format (protocol buffers: varint too long exception)");
  const std::string cut = "expected a whole ONNX model, found one that ends within a field";
  CHECK(file.complaint(std::string(1, '\x08')).starts_with(cut));  // a number
  CHECK(file.complaint("\x09"
                       "1234567")
            .starts_with(cut));  // 8 bytes
  CHECK(file.complaint("\x0D"
                       "123")
            .starts_with(cut));                                             // 4 bytes
  CHECK(file.complaint(std::string(1, '\x3A') + '\xFF').starts_with(cut));  // a length
}

TEST_CASE("the last operator is found behind those that only change the shape") {
  const model_file file;
  const auto last = [&](const std::vector<protobuf_writer>& nodes) {
    protobuf_writer graph;
    for (const auto& node : nodes) graph.message(1, node);
    graph.message(12, mll::test::value_info("out", {0, 3}, 1));
    return file.read(protobuf_writer{}.message(7, graph).bytes).last_operator();
  };
  using mll::test::onnx_node;
  CHECK(last({onnx_node({"x"}, "out", "Softmax")}) == "Softmax");
  CHECK(last({onnx_node({"x"}, "y", "Softmax"), onnx_node({"y", "shape"}, "z", "Reshape"),
              onnx_node({"z"}, "out", "Cast")}) == "Softmax");
  CHECK(last({onnx_node({"x"}, "y", "Softmax"), onnx_node({"y"}, "out", "Mul")}) == "Mul");
  CHECK(last({onnx_node({"x"}, "y", "Softmax")}).empty());
  CHECK(last({onnx_node({"out"}, "out", "Identity")}).empty());  // a cycle
  CHECK(last({onnx_node({"y"}, "out", "Identity"), onnx_node({"out"}, "y", "Identity")}).empty());
  CHECK(last({}).empty());
}

TEST_CASE("numbers of the wrong kind are skipped") {
  const model_file file;
  protobuf_writer graph;
  graph.number(11, 1).number(12, 1).number(5, 1);
  graph.message(12, protobuf_writer{}.number(1, 3).message(2, {}));
  const auto header = file.read(protobuf_writer{}.number(7, 1).message(7, graph).bytes);
  CHECK(header.inputs.empty());
  REQUIRE(header.outputs.size() == 1);
  CHECK(header.outputs[0].name.empty());
  CHECK(header.outputs[0].shape.empty());
}

TEST_CASE("metadata, class labels and maps are read") {
  protobuf_writer classifier = mll::test::onnx_node({"x"}, "label", "LinearClassifier");
  classifier.text(2, "scores");  // a second output
  protobuf_writer labels;
  labels.text(1, "classlabels_strings").text(9, "fig").text(9, "pear").number(20, 8);
  classifier.message(5, labels);
  protobuf_writer map;  // a sequence of maps
  map.message(5, protobuf_writer{}.number(1, 8));
  protobuf_writer sequence;
  sequence.message(1, map);
  protobuf_writer type;
  type.message(4, sequence);
  protobuf_writer graph;
  graph.message(1, classifier);
  graph.message(1, mll::test::onnx_node({"scores"}, "maps", "ZipMap"));
  graph.message(1, mll::test::onnx_node({"x"}, "y", "DynamicQuantizeLinear"));
  graph.message(12, protobuf_writer{}.text(1, "maps").message(2, type));
  protobuf_writer model;
  model.message(7, graph);
  for (const auto& [key, value] : {std::pair{"names", "{0: 'cat'}"}, {"imgsz", "[640, 640]"}})
    model.message(14, protobuf_writer{}.text(1, key).text(2, value));
  const auto header = model_file{}.read(model.bytes);
  CHECK(header.metadata ==
        std::map<std::string, std::string>{{"imgsz", "[640, 640]"}, {"names", "{0: 'cat'}"}});
  CHECK(header.class_labels == std::vector<std::string>{"fig", "pear"});
  REQUIRE(header.outputs.size() == 1);
  CHECK(header.outputs[0].is_map);
  CHECK(header.outputs[0].element_type == 0);
  CHECK(header.last_operator() == "LinearClassifier");
  CHECK(header.last_operator("label") == "LinearClassifier");
  CHECK(header.quantises_batches);
  protobuf_writer numbers = mll::test::onnx_node({"x"}, "label", "TreeEnsembleClassifier");
  mll::test::add_numbers(numbers, "classlabels_int64s", {-1, 7});
  protobuf_writer trees;
  trees.message(1, numbers);
  CHECK(model_file{}.read(protobuf_writer{}.message(7, trees).bytes).class_labels ==
        std::vector<std::string>{"-1", "7"});
}
#endif
