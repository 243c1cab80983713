// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/text_embedder.hpp"

namespace mll {

/// Embeds each text in several sentences (prompts) and averages the vectors, as is usual for the class names
/// of CLIP (Radford and others 2021): "cat" in "a photo of a {}".
///
/// @code
/// const mll::prompted_embedder texts{std::move(clip_texts), {"a photo of a {}", "a drawing of a {}"}};
/// @endcode
///
/// Threads: as the embedder.
///
/// @tparam Texts the embedder of the sentences
template <text_embedder Texts>
class prompted_embedder {
 public:
  /// @param[in] prompts sentences; `{}` stands for the text
  /// Throws: `invalid_argument` if there are none, or a prompt lacks its `{}`.
  explicit prompted_embedder(Texts texts, std::vector<std::string> prompts = {"a photo of a {}"})
      : texts_{std::move(texts)}, prompts_{std::move(prompts)} {
    if (prompts_.empty()) throw invalid_argument{"prompts", "at least 1 prompt", "none"};
    for (const auto& each : prompts_) {
      if (each.find(place) == std::string::npos)
        throw invalid_argument{"prompts", "prompts with {} for the text", "'" + each + "'"};
    }
  }

  [[nodiscard]] std::size_t dimension() const { return static_cast<std::size_t>(texts_.dimension()); }
  [[nodiscard]] const std::vector<std::string>& prompts() const noexcept { return prompts_; }
  /// The file of the embedder, where it is a network.
  [[nodiscard]] const std::string& file() const noexcept
    requires requires(const Texts& of) { of.file(); }
  {
    return texts_.file();
  }

  /// `[texts.size(), dimension()]`: the mean over the prompts, of unit length. Throws: as the embedder.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    std::vector<std::string> sentences;
    for (const std::string_view text : texts) {
      for (const auto& prompt : prompts_) {
        const std::size_t at = prompt.find(place);
        sentences.push_back(prompt.substr(0, at) + std::string{text} + prompt.substr(at + place.size()));
      }
    }
    const std::vector<std::string_view> views(sentences.begin(), sentences.end());
    const matrix<float> all = texts_.embed(std::span<const std::string_view>{views});
    const std::size_t dim = dimension();
    matrix<float> out(static_cast<Eigen::Index>(texts.size()), static_cast<Eigen::Index>(dim));
    std::vector<double> sum(dim);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::fill(sum.begin(), sum.end(), 0.0);
      for (std::size_t p = 0; p < prompts_.size(); ++p) {
        const float* row = all.data() + (i * prompts_.size() + p) * dim;
        for (std::size_t d = 0; d < dim; ++d) sum[d] += static_cast<double>(row[d]);
      }
      detail::write_unit_row(sum, out.data() + i * dim);
    }
    return out;
  }

 private:
  static constexpr std::string_view place = "{}";
  Texts texts_;
  std::vector<std::string> prompts_;
};

}  // namespace mll
