// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
#include "mll/model/general/onnx_text_embedder.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "support/small_pair.hpp"

TEST_CASE("a text encoder gives unit vectors, of the dimension that its file declares") {
  const mll::test::small_pair pair;
  const mll::detail::temporary_folder folder;
  pair.write(folder.path(), "visual.onnx", "textual.onnx");
  const auto file = folder.path() / "textual.onnx";
  const mll::onnx_text_embedder texts{file, {.tokenizer = folder.path() / "vocab.json"}};
  REQUIRE(texts.dimension() == 2);
  const std::vector<std::string_view> words{"a", "b c", "a"};
  const auto rows = texts.embed(words);
  for (std::size_t d = 0; d < 2; ++d) {
    CHECK(rows.data()[d] == doctest::Approx(pair.embed("a")[d]).epsilon(1e-5));
    CHECK(rows.data()[2 + d] == doctest::Approx(pair.embed("bc")[d]).epsilon(1e-5));
    CHECK(rows.data()[4 + d] == rows.data()[d]);
  }
  CHECK(texts.embed({}).rows() == 0);
  CHECK_THROWS_AS(
      static_cast<void>(mll::onnx_text_embedder{file, {.tokenizer = folder.path() / "vocab.json"}, 3}),
      mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(mll::onnx_text_embedder{file}), mll::invalid_argument);
}
#endif
