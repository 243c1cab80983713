// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/read_fasttext.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "mll/testing/check_embedder.hpp"
#include "support/binary.hpp"

namespace {

using mll::test::bytes_of;

// A model of two words and a label, in two dimensions, with n-grams of two letters in three buckets.
struct model_file {
  std::int32_t magic = 793712314;
  std::int32_t version = 12;
  std::int32_t dimension = 2;
  std::int32_t kind = 2;
  std::int32_t buckets = 3;
  std::int32_t shortest = 2;
  std::int32_t longest = 2;
  std::int32_t entries = 3;
  std::int32_t words = 2;
  std::int64_t kept = -1;
  std::string dictionary = entry("ab", 0) + entry("cd", 0) + entry("__label__x", 1);
  std::string pruned = {};
  std::int8_t compressed = 0;
  std::int64_t rows = 5;
  std::string vectors = bytes_of(1.0F, 0.0F, 2.0F, 0.0F, 0.0F, 1.0F, 0.0F, 2.0F, 0.0F, 4.0F);

  static std::string entry(const std::string& word, std::int8_t type) {
    return word + '\0' + bytes_of(std::int64_t{10}, type);
  }
  [[nodiscard]] std::string bytes() const {
    const std::int32_t none = 0;
    return bytes_of(magic, version, dimension, none, none, none, none, none, none, kind, buckets, shortest,
                    longest, none, 0.0) +
           bytes_of(entries, words, std::int32_t{1}, std::int64_t{99}, kept) + dictionary + pruned +
           bytes_of(compressed, rows, std::int64_t{dimension}) + vectors + "output layer";
  }
};

mll::word_vectors parse_model(std::string bytes) {
  return mll::word_vectors{
      mll::detail::parse_fasttext(mll::detail::file_bytes::of(std::move(bytes), "m.bin"))};
}

double of_bucket(std::string_view gram) {
  const double values[] = {1, 2, 4};
  return values[mll::detail::subwords::hash(gram) % 3];
}

}  // namespace

TEST_CASE("read_fasttext gives the mean of a word's own vector and its n-grams") {
  const auto model = parse_model(model_file{}.bytes());
  CHECK(model.size() == 2);
  CHECK(model.dimension() == 2);
  CHECK(!model.contains("__label__x"));
  const auto cd = model.vector("cd");
  CHECK(cd[0] == doctest::Approx(2.0 / 4));
  CHECK(cd[1] == doctest::Approx((of_bucket("<c") + of_bucket("cd") + of_bucket("d>")) / 4));
  const auto unknown = model.vector("x\xC3\xA9");
  CHECK(unknown[0] == 0);
  CHECK(unknown[1] ==
        doctest::Approx((of_bucket("<x") + of_bucket("x\xC3\xA9") + of_bucket("\xC3\xA9>")) / 3));
  CHECK(model.vector("</s>").norm() == 0);
  const std::vector<std::string_view> texts{"ab", "cd ab", "zz"};
  CHECK(mll::testing::check_embedder(model, texts).empty());
}

TEST_CASE("read_fasttext reads models without n-grams and with pruned ones") {
  model_file plain;
  plain.longest = 0;
  plain.buckets = 0;
  plain.rows = 2;
  plain.vectors.resize(16);
  CHECK(parse_model(plain.bytes()).vector("cd")[0] == 2);
  CHECK(parse_model(plain.bytes()).vector("zz").norm() == 0);

  model_file pruned;
  pruned.kept = 1;
  pruned.pruned = bytes_of(static_cast<std::int32_t>(mll::detail::subwords::hash("<z") % 3), std::int32_t{0});
  pruned.rows = 3;
  pruned.vectors.resize(24);
  CHECK(parse_model(pruned.bytes()).vector("zz")[1] == 1);
}

TEST_CASE("read_fasttext reports errors with file and byte") {
  const auto refuses = [](const std::string& bytes, const char* message) {
    CHECK_THROWS_WITH_AS(parse_model(bytes), message, mll::parse_error);
  };
  const auto with = [](auto change) {
    model_file file;
    change(file);
    return file.bytes();
  };
  refuses("", "m.bin: expected 4 bytes (a fastText model) at byte 0, found 0");
  refuses(with([](auto& f) { f.magic = 7; }),
          "m.bin: expected the mark of a fastText model (793712314) at byte 0, found 7");
  refuses(with([](auto& f) { f.version = 13; }), "m.bin: expected version 11 or 12 at byte 4, found 13");
  refuses(with([](auto& f) { f.dimension = -2; }),
          "m.bin: expected the dimension, at least 0, at byte 8, found -2");
  refuses(with([](auto& f) { f.buckets = 0; }),
          "m.bin: expected settings with at least 1 bucket for n-grams at byte 64, found 0");
  refuses(with([](auto& f) { f.words = 3; }),
          "m.bin: expected words and labels, 3 in all, at byte 72, found 3 and 1");
  refuses(with([](auto& f) { f.entries = 2000000001, f.words = 2000000000; }),
          "m.bin: expected 2000000001 entries at byte 92, found 113 bytes");
  refuses(with([](auto& f) { f.dictionary[3 + 8] = 1; }),
          "m.bin: expected the type of a word, 0 at byte 103, found 1");
  refuses(with([](auto& f) { f.dictionary[12] = 'a', f.dictionary[13] = 'b'; }),
          "m.bin: expected every word once at byte 104, found entry 2 of 3 again");
  refuses(with([](auto& f) { f.compressed = 1; }),
          "m.bin: expected a model that is not compressed (.bin, not .ftz) at byte 136, found a "
          "compressed one");
  refuses(with([](auto& f) { f.rows = 4; }),
          "m.bin: expected at least 5 vectors of 2 numbers at byte 153, found 4 of 2");
  refuses(with([](auto& f) { f.rows = std::int64_t{1} << 62; }),
          "m.bin: expected 4611686018427387904 vectors of 2 numbers at byte 153, found 52 bytes");
  const std::string whole = model_file{}.bytes();
  for (std::size_t length = 0; length < whole.size() - 12; ++length) {
    CHECK_THROWS_AS(parse_model(whole.substr(0, length)), mll::parse_error);
  }
}
