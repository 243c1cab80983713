// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>

#include "mll/core/error.hpp"
#include "mll/core/text/utf8.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/match/task/task.hpp"

namespace mll {

MLL_DEFINE void task::read_names() {
  if (classes_.size() < 2) {
    throw invalid_argument{"classes", "at least 2 classes to tell apart", std::to_string(classes_.size())};
  }
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const auto& [name, caption] = classes_[i];
    const std::string where = "at position " + std::to_string(i);
    if (!is_valid_utf8(name) || !is_valid_utf8(caption)) {
      throw invalid_argument{"classes", "names and captions in UTF-8", "other bytes " + where};
    }
    if (name.size() > max_name_bytes) {
      throw invalid_argument{"classes", "names of at most " + std::to_string(max_name_bytes) + " bytes",
                             std::to_string(name.size()) + " bytes " + where};
    }
    const std::string& normal = normal_names_.emplace_back(lexicon::normalize(name));
    if (normal.empty()) throw invalid_argument{"classes", "a name for every class", "an empty one " + where};
    if (!seen.insert(normal).second) {
      throw invalid_argument{"classes", "different names", "'" + name + "' again " + where};
    }
  }
}

}  // namespace mll
