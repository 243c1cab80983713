// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/sentences/detail/sentence_output.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using mll::detail::sentence_output;
using output_names = std::vector<std::vector<std::string>>;

TEST_CASE("sentence_output takes the output that is asked for, else one with a known name") {
  const output_names several{{"logits"}, {"last_hidden_state", "alias"}, {"sentence_embedding"}};
  CHECK(sentence_output(several, "") == 2U);
  CHECK(sentence_output(several, "alias") == 1U);
  CHECK(sentence_output(several, "logits") == 0U);
  CHECK(sentence_output(output_names{{"x"}, {"token_embeddings"}}, "") == 1U);
  CHECK_FALSE(sentence_output(several, "pooled"));
}

TEST_CASE("sentence_output does not take the outputs of a classifier for embeddings") {
  CHECK_FALSE(sentence_output(output_names{{"logits"}}, ""));
  CHECK_FALSE(sentence_output(output_names{{"output_label"}, {"output_probability"}}, ""));
  CHECK_FALSE(sentence_output(output_names{{"output"}}, ""));
  CHECK_FALSE(sentence_output(output_names{{}}, ""));
  CHECK_FALSE(sentence_output(output_names{}, ""));
}
