// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A text embedder whose meanings are written by hand.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/embed/text_embedder.hpp"

namespace mll::test {

/// One dimension per topic: 1 for every topic of which a text has a word, scaled to unit length.
struct toy_embedder {
  std::vector<std::vector<std::string>> topics;

  [[nodiscard]] std::size_t dimension() const { return topics.size(); }
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    matrix<float> out =
        matrix<float>::Zero(static_cast<Eigen::Index>(texts.size()), static_cast<Eigen::Index>(dimension()));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto row = out.row(static_cast<Eigen::Index>(i));
      for (std::size_t t = 0; t < topics.size(); ++t) {
        for (const auto& word : topics[t]) {
          if (texts[i].find(word) != std::string_view::npos) row[static_cast<Eigen::Index>(t)] = 1;
        }
      }
      if (row.norm() > 0) row.normalize();
    }
    return out;
  }
};

static_assert(text_embedder<toy_embedder>);

}  // namespace mll::test
