// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>

#include "mll/graph/detail/dag_parts.hpp"
#include "mll/graph/detail/wordnet_reader.hpp"
#include "mll/graph/wordnet.hpp"

namespace mll::detail {

MLL_DEFINE dag_parts read_wordnet_parts(const std::filesystem::path& folder, const wordnet_options& options) {
  return wordnet_reader<>{folder, options.part_of_speech, options.pointers, options.dropped}.read();
}

}  // namespace mll::detail
