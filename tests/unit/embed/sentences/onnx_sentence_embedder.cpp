// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <doctest/doctest.h>
#if MLL_TEST_OPENVINO
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/cached_embedder.hpp"
#include "mll/embed/sentences/onnx_sentence_embedder.hpp"
#include "mll/testing/check_embedder.hpp"
#include "support/tiny_sentence_onnx.hpp"

namespace {

using views = std::vector<std::string_view>;

const std::vector<std::string> network_vocabulary{"[PAD]", "[UNK]", "[CLS]", "[SEP]",
                                                  "crane", "lift",  "##s",   "bird"};
// The padding has a distant vector, so that including it would be noticed.
const std::vector<std::vector<float>> table{{900, -700}, {1, 1},  {2, 0},  {0, 2},
                                            {3, -1},     {-2, 5}, {1, -4}, {6, 1}};

struct fixture {
  mll::detail::temporary_folder folder;
  std::filesystem::path file = folder.path() / "tiny.onnx";

  [[nodiscard]] mll::onnx_sentence_embedder embedder(const mll::test::tiny_sentence_onnx& network,
                                                     const mll::onnx_sentence_options& options = {}) const {
    network.write(file);
    return mll::onnx_sentence_embedder{file, mll::wordpiece_tokenizer{network_vocabulary, {.max_tokens = 5}},
                                       options};
  }
  void refuses(const mll::test::tiny_sentence_onnx& network, const std::string& message,
               const mll::onnx_sentence_options& options = {}) const {
    CHECK_THROWS_WITH_AS((void)embedder(network, options),
                         ("model '" + file.string() + "': " + message).c_str(), mll::model_error);
  }
};

void check_direction(const mll::matrix<float>& rows, Eigen::Index row, double x, double y) {
  const double length = std::hypot(x, y);
  CHECK(rows(row, 0) == doctest::Approx(x / length).epsilon(1e-6));
  CHECK(rows(row, 1) == doctest::Approx(y / length).epsilon(1e-6));
}

}  // namespace

TEST_CASE("a text is the mean of its tokens, independent of other texts") {
  const fixture f;
  for (const std::size_t batch : {1U, 2U, 32U}) {
    const auto embedder = f.embedder({.table = table}, {.batch_size = batch, .threads = 1});
    CHECK(embedder.dimension() == 2);
    const auto rows = embedder.embed(views{"Crane lifts bird", "", "crane", "qwzx"});
    check_direction(rows, 0, 2 + 3 - 2 + 1, 0 - 1 + 5 - 4 + 2);  // the bird is cut off
    check_direction(rows, 1, 2, 2);
    check_direction(rows, 2, 2 + 3, 2 - 1);
    check_direction(rows, 3, 2 + 1, 2 + 1);
  }
}

TEST_CASE(
    "onnx_sentence_embedder supports the first token, token types, 32-bit inputs and networks that pool") {
  const fixture f;
  const views texts{"crane bird", "bird"};
  const auto first = f.embedder({.table = table}, {.pooling = mll::token_pooling::first}).embed(texts);
  for (Eigen::Index r = 0; r < 2; ++r) check_direction(first, r, 2, 0);
  const auto typed = f.embedder({.table = table, .kinds = {{10, -3}, {500, 500}}}).embed(texts);
  check_direction(typed, 0, 2 + 3 + 6 + 40, 2 - 1 + 1 - 12);
  check_direction(f.embedder({.table = table, .ids_type = 6}).embed(texts), 1, 2 + 6, 2 + 1);
  const mll::test::tiny_sentence_onnx pooled{
      .table = table, .kinds = {{10, -3}}, .output = "sentence_embedding", .first_only = true};
  const auto rows = f.embedder(pooled).embed(texts);
  for (Eigen::Index r = 0; r < 2; ++r) check_direction(rows, r, 12, -3);
}

TEST_CASE("onnx_sentence_embedder passes check_embedder, also in a cached_embedder") {
  const fixture f;
  const auto embedder = f.embedder({.table = table}, {.batch_size = 2, .threads = 2});
  const views texts{"crane", "Crane lifts", "bird bird", "", "crane", "lift crane bird lift"};
  CHECK(mll::testing::check_embedder(embedder, texts).empty());
  const auto kept = f.folder.path() / "kept";
  const mll::cached_embedder once{embedder, kept, "tiny 1"};
  CHECK(once.embed(texts).isApprox(embedder.embed(texts), 1e-6F));
  once.save();
  CHECK(mll::cached_embedder{embedder, kept, "tiny 1"}.size() == 5);
}

TEST_CASE("onnx_sentence_embedder reports files that are not sentence transformers") {
  const fixture f;
  const mll::wordpiece_tokenizer tokenizer{network_vocabulary};
  CHECK_THROWS_WITH_AS((mll::onnx_sentence_embedder{f.file, tokenizer}),
                       (f.file.string() + ": expected an ONNX file, found no such file").c_str(),
                       mll::parse_error);
  const std::string whole = mll::test::tiny_sentence_onnx{.table = table}.bytes();
  for (const std::string& bytes :
       {std::string{}, std::string{"not a network"}, whole.substr(0, whole.size() / 2)}) {
    mll::test::tiny_onnx::write_bytes(f.file, bytes);
    CHECK_THROWS_AS((mll::onnx_sentence_embedder{f.file, tokenizer}), mll::error);
  }
  f.refuses({.table = table, .ids = "image"},
            "expected the inputs input_ids, attention_mask and optionally token_type_ids, found 'image'");
  f.refuses({.table = table, .mask = ""}, "expected an input attention_mask, found none");
  f.refuses({.table = table}, "expected an output 'pooled', found last_hidden_state", {.output = "pooled"});
  f.refuses({.table = table, .output = "logits", .first_only = true},
            "expected an output sentence_embedding, last_hidden_state, token_embeddings or text_embeds, or "
            "its name "
            "in onnx_sentence_options::output, found logits");
  const auto few = std::vector<std::vector<float>>(table.begin(), table.end() - 1);
  CHECK_THROWS_WITH_AS(
      (void)f.embedder({.table = few}),
      ("tokenizer: expected at most 7 tokens, like '" + f.file.string() + "', found 8").c_str(),
      mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)f.embedder({.table = table}, {.batch_size = 0}),
                       "batch_size: expected at least 1, found 0", mll::invalid_argument);
  auto broken = table;
  broken[4][1] = std::numeric_limits<float>::quiet_NaN();
  const auto embedder = f.embedder({.table = broken});
  CHECK_THROWS_WITH_AS(
      (void)embedder.embed(views{"bird", "crane"}),
      ("model '" + f.file.string() + "': expected finite numbers, found others for text 1").c_str(),
      mll::model_error);
  CHECK_THROWS_WITH_AS((void)embedder.embed(views{"bird", "\xFF"}),
                       "texts: expected UTF-8, found other bytes in text 1", mll::invalid_argument);
}
#endif
