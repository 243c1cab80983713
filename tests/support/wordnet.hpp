// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The real WordNet, where it is installed.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

#include "mll/graph/wordnet.hpp"

namespace mll_test {

inline std::optional<std::filesystem::path> wordnet_folder() {
  const char* given = std::getenv("MLL_WORDNET");
  const std::filesystem::path folder = given != nullptr ? given : "/usr/share/wordnet";
  if (std::filesystem::exists(folder / "data.noun")) return folder;
  std::cout << "SKIP: no WordNet at " << folder
            << " (apt-get install wordnet-base, or set MLL_WORDNET to the folder with data.noun)\n";
  return std::nullopt;
}

/// The noun graph, read once for all tests of a program; null where WordNet is not installed.
inline const mll::semantic_dag<>* wordnet_nouns() {
  static const std::optional<mll::semantic_dag<>> nouns = [] {
    const auto folder = wordnet_folder();
    return folder ? std::optional{mll::read_wordnet(*folder)} : std::nullopt;
  }();
  return nouns ? &*nouns : nullptr;
}

}  // namespace mll_test
