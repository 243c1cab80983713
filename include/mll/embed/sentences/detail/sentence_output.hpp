// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mll::detail {

/// Chooses the output of a network that holds embeddings: the one called `wanted`, else the first that has a
/// name of sentence transformers. Any other output is not taken unasked: the logits of a classifier have the
/// shape of embeddings.
///
/// @param[in] outputs the names of each output
/// @param[in] wanted  a name, or empty
/// @return the position of the output, if there is one
[[nodiscard]] inline std::optional<std::size_t> sentence_output(
    std::span<const std::vector<std::string>> outputs, std::string_view wanted) {
  constexpr std::array<std::string_view, 4> known{"sentence_embedding", "last_hidden_state",
                                                  "token_embeddings", "text_embeds"};
  const auto called = [&](std::string_view name) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (std::find(outputs[i].begin(), outputs[i].end(), name) != outputs[i].end()) return i;
    }
    return std::nullopt;
  };
  if (!wanted.empty()) return called(wanted);
  for (const std::string_view name : known) {
    if (const auto found = called(name)) return found;
  }
  return std::nullopt;
}

}  // namespace mll::detail
