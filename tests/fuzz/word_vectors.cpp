// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A letter for the format (`t`ext, binary `w`ord2vec, `f`astText, `n`py), then the content of a file.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/embed/tables/detail/npy_matrix.hpp"
#include "mll/embed/words/read_fasttext.hpp"
#include "mll/embed/words/read_word2vec.hpp"
#include "mll/embed/words/read_word_vectors.hpp"
#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string content{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto file = mll::detail::file_bytes::of(content, "file");
  mll::detail::word_table table;
  try {
    if (data[0] == 'n') {
      const auto found = mll::detail::parse_npy_matrix(file);
      if (!found.type) return 0;
      const std::size_t row = found.columns * mll::detail::size_of(*found.type);
      mll::test::must_hold(found.first + found.rows * row == content.size(),
                           "a matrix ends at the end of its file");
      return 0;
    }
    table = data[0] == 'w'   ? mll::detail::parse_word2vec(file)
            : data[0] == 'f' ? mll::detail::parse_fasttext(file)
                             : mll::detail::parse_word_vectors(file);
  } catch (const mll::parse_error&) {
    return 0;
  }
  mll::test::must_hold(table.words.size() > 0, "a table has at least one word");
  mll::test::must_hold(table.words.size() <= table.rows.size(), "every word has a vector");
  mll::test::must_hold(table.words.size() * table.rows.dimension() <= content.size(),
                       "all vectors are in the file");
  const std::string first{table.words[0]};
  const std::string last{table.words[table.words.size() - 1]};
  const mll::word_vectors vectors{std::move(table)};
  mll::test::must_hold(vectors.contains(first) && vectors.contains(last), "a word is found");
  const std::array<std::string_view, 3> texts{"cat", "a small dog, unknown", "New York"};
  try {
    for (const auto& word : {first, last, std::string{"where"}}) {
      mll::test::must_hold(vectors.vector(word).size() == static_cast<Eigen::Index>(vectors.dimension()),
                           "a vector has the dimension of its table");
    }
    const auto rows = vectors.embed(texts);
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
      const float length = rows.row(i).norm();
      mll::test::must_hold(length == 0 || std::abs(length - 1) < 1e-3F, "a row has unit length or is zero");
    }
  } catch (const mll::parse_error&) {  // numbers that are not finite are reported when used
  }
  return 0;
}
