// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/text/string_index.hpp"
#include "mll/embed/detail/tokenize.hpp"

namespace mll::detail {

/// The weighted words of a text: (term, weight), by increasing term.
using weighted_terms = std::vector<std::pair<std::uint32_t, double>>;

/// Weights of words: `(1 + ln tf) * ln((1 + N) / (1 + df))` for a word that occurs tf times in a text and in
/// df of the N documents fitted on, scaled so that the weights of a text have unit length.
class tf_idf {
 public:
  tf_idf() = default;

  /// @param[in] documents     UTF-8
  /// @param[in] min_documents words in fewer documents are dropped
  tf_idf(std::span<const std::string_view> documents, std::size_t min_documents) {
    string_index all;
    std::vector<std::uint32_t> last_document;  // + 1, per word
    std::vector<std::size_t> frequency;
    for (std::size_t d = 0; d < documents.size(); ++d) {
      require_utf8(documents[d], d);
      for_each_word(documents[d], [&](std::string_view word) {
        const auto [term, added] = all.insert(word);
        if (added) {
          last_document.push_back(0);
          frequency.push_back(0);
        }
        if (last_document[term] == d + 1) return;
        last_document[term] = static_cast<std::uint32_t>(d + 1);
        ++frequency[term];
      });
    }
    const auto n = static_cast<double>(documents.size());
    for (std::size_t term = 0; term < all.size(); ++term) {
      if (frequency[term] < min_documents) continue;
      terms_.insert(all[term]);
      inverse_frequency_.push_back(std::log((1 + n) / (1 + static_cast<double>(frequency[term]))));
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return terms_.size(); }
  [[nodiscard]] std::string_view term(std::size_t i) const { return terms_[i]; }

  /// The weights of a text; unknown words and words of all documents are left out.
  [[nodiscard]] weighted_terms operator()(std::string_view text) const {
    weighted_terms out;
    for_each_word(text, [&](std::string_view word) {
      if (const auto term = terms_.find(word); term && inverse_frequency_[*term] > 0)
        out.emplace_back(*term, 1.0);
    });
    std::sort(out.begin(), out.end());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < out.size();) {
      std::size_t end = i;
      while (end < out.size() && out[end].first == out[i].first) ++end;
      const std::uint32_t term = out[i].first;
      out[kept++] = {term, (1 + std::log(static_cast<double>(end - i))) * inverse_frequency_[term]};
      i = end;
    }
    out.resize(kept);
    double squares = 0;
    for (const auto& [term, weight] : out) squares += weight * weight;
    for (auto& [term, weight] : out) weight /= std::sqrt(squares);
    return out;
  }

 private:
  string_index terms_;
  std::vector<double> inverse_frequency_;
};

}  // namespace mll::detail
