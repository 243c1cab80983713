// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/description/onnx_weight_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"
#include "support/tiny_onnx.hpp"

TEST_CASE("files of weights beside an ONNX file are listed once, and must be there") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "model.onnx";
  const auto constant = [](const char* name, const char* location) {
    using mll::test::protobuf_writer;
    protobuf_writer out;
    out.number(1, 2).number(2, 1).text(8, name);
    out.message(13, protobuf_writer{}.text(1, "location").text(2, location));
    return out.number(14, 1);
  };
  mll::test::protobuf_writer graph;
  graph.message(5, constant("a", "model.onnx.data"))
      .message(5, constant("b", "more.bin"))
      .message(5, constant("c", "model.onnx.data"));
  mll::test::write_file(file, mll::test::protobuf_writer{}.message(7, graph).bytes);
  mll::test::write_file(folder.path() / "model.onnx.data", "12345678");
  CHECK_THROWS_AS(static_cast<void>(mll::onnx_weight_files(file)), mll::parse_error);
  mll::test::write_file(folder.path() / "more.bin", "12345678");
  CHECK(mll::onnx_weight_files(file) ==
        std::vector{folder.path() / "model.onnx.data", folder.path() / "more.bin"});
  mll::test::tiny_onnx{.weights = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}, .bias = {0}}.write(file);
  CHECK(mll::onnx_weight_files(file).empty());
}
#endif
