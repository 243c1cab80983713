// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/detail/check_onnx_weights.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/io/file_bytes.hpp"
#include "support/conv_onnx.hpp"
#include "support/tiny_onnx.hpp"

using mll::test::protobuf_writer;

namespace {

/// The error for a file of these bytes.
std::string complaint_about(const std::string& bytes) {
  try {
    mll::detail::onnx_weight_check::run(mll::detail::file_bytes::of(bytes, "x"));
  } catch (const mll::parse_error& thrown) {
    return thrown.what();
  }
  return "none";
}

protobuf_writer graph_of(const protobuf_writer& tensor) {
  return protobuf_writer{}.message(5, tensor);
}
std::string model_of(const protobuf_writer& graph) {
  return protobuf_writer{}.message(7, graph).bytes;
}
/// A tensor with one more field, a message or text.
std::string with_field(std::uint64_t type, const std::vector<std::uint64_t>& shape, std::uint64_t field,
                       const std::string& content) {
  protobuf_writer out;
  for (const auto extent : shape) out.number(1, extent);
  return model_of(graph_of(out.number(2, type).text(8, "w").text(field, content)));
}

}  // namespace

TEST_CASE("sound weights pass, however they are stored") {
  CHECK(complaint_about(mll::test::conv_onnx{}.bytes()) == "none");
  CHECK(complaint_about(mll::test::conv_onnx{.empty_bias = true}.bytes()) == "none");
  CHECK(complaint_about(with_field(1, {2, 3}, 9, std::string(24, 'x'))) == "none");
  CHECK(complaint_about(with_field(1, {2, 3}, 4, std::string(24, 'x'))) == "none");   // packed floats
  CHECK(complaint_about(with_field(10, {2, 3}, 9, std::string(12, 'x'))) == "none");  // half precision
  CHECK(complaint_about(with_field(10, {3}, 5, "\x01\x80\x01\x02")) ==
        "none");  // three numbers, one of two bytes
  CHECK(complaint_about(with_field(7, {2}, 7, "\x05\x06")) == "none");
  CHECK(complaint_about(with_field(11, {2}, 10, std::string(16, 'x'))) == "none");
  CHECK(complaint_about(with_field(8, {1}, 6, "a text")) == "none");
  CHECK(complaint_about(with_field(22, {2}, 9, "x")) == "none");   // half a byte each: not known here
  CHECK(complaint_about(with_field(1, {}, 9, "1234")) == "none");  // a scalar
  protobuf_writer unpacked;
  unpacked.number(1, 2).number(2, 7).number(7, 1).number(7, 300);
  CHECK(complaint_about(model_of(graph_of(unpacked))) == "none");
}

TEST_CASE("weights in another file are refused by its name") {
  CHECK(complaint_about(mll::test::conv_onnx{.external = "conv.onnx.data"}.bytes()) ==
        "x: expected all weights in one file, found constant 'filters' in the file 'conv.onnx.data' (save "
        "the model "
        "without external data)");
}

TEST_CASE("weights that are not of their shape are refused") {
  CHECK(complaint_about(mll::test::conv_onnx{.weight_shape = {6, 3, 3, 300}}.bytes()) ==
        "x: expected constant 'filters' of shape [6, 3, 3, 300] to have 16200 values, found 648 bytes of 4 "
        "per value");
  CHECK(complaint_about(mll::test::conv_onnx{.weight_shape = {6, 3, 3}}.bytes())
            .ends_with("found 648 bytes of 4 per value"));
  CHECK(complaint_about(with_field(1, {2, 3}, 4, std::string(20, 'x'))) ==
        "x: expected constant 'w' of shape [2, 3] to have 6 values, found 5");
  CHECK(complaint_about(with_field(1, {2}, 12, "only a comment")).ends_with("to have 2 values, found 0"));
  CHECK(complaint_about(with_field(1, {0}, 9, "1234"))
            .ends_with("to have 0 values, found 4 bytes of 4 per value"));
  CHECK(complaint_about(with_field(11, {1}, 9, "1234")).ends_with("found 4 bytes of 8 per value"));
  CHECK(complaint_about(with_field(1, {~std::uint64_t{0}}, 9, "1234")) ==
        "x: expected constant 'w' with extents from 0 to 2^31, found [-1]");
  CHECK(complaint_about(with_field(1, std::vector<std::uint64_t>(9, 1U << 30U), 9, "1234")) ==
        "x: expected constant 'w' with extents from 0 to 2^31, found [1073741824, 1073741824, 1073741824, "
        "1073741824, "
        "1073741824, 1073741824, 1073741824, 1073741824, ...]");
}

TEST_CASE("convolutions without groups are refused") {
  CHECK(complaint_about(mll::test::conv_onnx{.group = 0}.bytes()) ==
        "x: expected Conv with at least 1 group, found 0");
  CHECK(complaint_about(mll::test::conv_onnx{.group = -1}.bytes()) ==
        "x: expected Conv with at least 1 group, found -1");
  CHECK(complaint_about(mll::test::conv_onnx{.group = 3}.bytes()) == "none");
}

TEST_CASE("constants in attributes, nested graphs and functions are checked") {
  protobuf_writer bad;
  bad.number(1, 4).number(2, 1).text(8, "deep").text(9, "1234");
  const std::string found =
      "x: expected constant 'deep' of shape [4] to have 4 values, found 4 bytes of 4 per value";
  const auto node_with = [](std::uint64_t field, const protobuf_writer& content) {
    return protobuf_writer{}
        .text(4, "Constant")
        .message(5, protobuf_writer{}.text(1, "value").message(field, content));
  };
  const auto graph_with = [](const protobuf_writer& node) { return protobuf_writer{}.message(1, node); };
  CHECK(complaint_about(model_of(graph_with(node_with(5, bad)))) == found);
  CHECK(complaint_about(model_of(graph_with(node_with(10, bad)))) == found);
  CHECK(complaint_about(model_of(graph_with(node_with(6, graph_of(bad))))) == found);
  CHECK(complaint_about(model_of(graph_with(node_with(11, graph_with(node_with(5, bad)))))) == found);
  CHECK(complaint_about(model_of(graph_with(node_with(22, protobuf_writer{}.message(1, bad))))) == found);
  CHECK(complaint_about(model_of(protobuf_writer{}.message(15, protobuf_writer{}.message(2, bad)))) == found);
  CHECK(complaint_about(
            protobuf_writer{}.message(25, protobuf_writer{}.message(7, node_with(5, bad))).bytes) == found);
  // A tower of graphs does not use up the stack.
  protobuf_writer tower = graph_of(bad);
  for (int i = 0; i < 2000; ++i) tower = graph_with(node_with(6, tower));
  CHECK(complaint_about(model_of(tower)) == "x: expected graphs nested at most 32 deep, found more");
}
#endif
