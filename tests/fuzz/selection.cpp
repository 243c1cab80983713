// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A selection file without its checksum, which no search would find.

#include "mll/reuse/io/read_selection.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "mll/core/io/sections.hpp"
#include "mll/core/io/values.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mll::detail;
  std::string bytes{reinterpret_cast<const char*>(data), size};
  value_writer sum;
  sum(crc64(bytes));
  std::optional<mll::selection> read;
  try {
    read = decode_selection(file_bytes::of(bytes + sum.bytes, "selection"));
  } catch (const mll::parse_error&) {
    return 0;
  }
  const std::string again = encode_selection(*read);
  mll::test::must_hold(encode_selection(decode_selection(file_bytes::of(again, "again"))) == again,
                       "a selection survives a round trip");
  // What is read can be used.
  const auto heads = static_cast<Eigen::Index>(read->ensemble.heads.size());
  const mll::matrix<float> embeddings = mll::matrix<float>::Zero(2, read->general_texts.cols());
  Eigen::ArrayXXf log_odds = Eigen::ArrayXXf::Constant(2, heads, 0.5F);
  if (read->general_texts.size() != 0) run_general_heads(*read, embeddings, log_odds);
  const mll::matrix<float> scores = mll::combine(read->ensemble, log_odds, embeddings);
  mll::test::must_hold(scores.cols() == static_cast<Eigen::Index>(read->match.task.size()),
                       "there is one score per class");
  mll::matrix<float> probabilities(2, scores.cols());
  std::fill_n(probabilities.data(), probabilities.size(), 1 / static_cast<float>(scores.cols()));
  const auto found =
      predictions_of(mll::exec::sequential{}, *read, {log_odds, embeddings}, probabilities, {});
  mll::test::must_hold(found.size() == 2 && found[0].belongs.has_value() == read->membership.has_value(),
                       "a sample has a probability to belong if the selection can tell");
  return 0;
}
