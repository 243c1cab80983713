// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/read_onnx_metadata.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"
#include "support/tiny_onnx.hpp"

using mll::test::protobuf_writer;

namespace {

mll::onnx_metadata metadata_of(const protobuf_writer& model) {
  const mll::detail::temporary_folder folder;
  mll::test::write_file(folder.path() / "a.onnx", model.bytes);
  return mll::read_onnx_metadata(folder.path() / "a.onnx");
}

/// An attribute of a node: its name, its values and their type.
protobuf_writer attribute(const char* name, const std::vector<std::string>& texts,
                          const std::vector<std::uint64_t>& numbers) {
  protobuf_writer out;
  out.text(1, name);
  for (const auto& each : texts) out.text(9, each);
  for (const auto each : numbers) out.number(8, each);
  return out;
}

}  // namespace

TEST_CASE("properties of a model") {
  protobuf_writer model;
  model.message(14, protobuf_writer{}.text(1, "names").text(2, "{0: 'a'}"));
  model.message(14, protobuf_writer{}.text(2, "[64]").text(1, "imgsz"));
  model.message(14, protobuf_writer{}.text(1, "empty")).number(14, 3);
  const auto found = metadata_of(model);
  CHECK(found.properties.size() == 3);
  CHECK(found.properties.at("names") == "{0: 'a'}");
  CHECK(found.properties.at("imgsz") == "[64]");
  CHECK(found.properties.at("empty").empty());
  CHECK(found.class_labels.empty());
}

TEST_CASE("classes of scikit-learn and LightGBM") {
  using labels = std::vector<std::string>;
  const auto of_node = [](const protobuf_writer& each) {
    const auto node = mll::test::onnx_node({"x"}, "y", "LinearClassifier").message(5, each);
    return metadata_of(protobuf_writer{}.message(7, protobuf_writer{}.message(1, node))).class_labels;
  };
  CHECK(of_node(attribute("classlabels_strings", {"cat", "dog"}, {})) == labels{"cat", "dog"});
  CHECK(of_node(attribute("classlabels_int64s", {}, {0, 7, ~std::uint64_t{0}})) == labels{"0", "7", "-1"});
  CHECK(of_node(attribute("nodes_modes", {"BRANCH_LEQ"}, {})).empty());
  protobuf_writer tensor;
  tensor.number(1, 2).number(2, 8).text(6, "jay").text(6, "tit").text(8, "classes");
  CHECK(metadata_of(protobuf_writer{}.message(7, protobuf_writer{}.message(5, tensor))).class_labels ==
        labels{"jay", "tit"});
}
#endif
