// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/detail/tokenize.hpp"
#include "mll/embed/detail/vector_rows.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/graph/lexicon.hpp"

namespace mll {

/// What an `embedding_table` does with an unknown text.
enum class unknown_text { zero_row, error };

/// Options of `embedding_table`.
struct embedding_table_options {
  unknown_text unknown = unknown_text::zero_row;
};

/// Vectors computed elsewhere, looked up by name. Texts and names are compared in normal form: case, `_`, `-`
/// and repeated spaces do not matter.
///
/// Immutable; copies are cheap and share the vectors; concurrent reads are safe.
class embedding_table {
 public:
  /// @param[in] names   one per row, UTF-8, different in normal form
  /// @param[in] vectors `[names.size(), dimension]`, finite; `embed` scales rows other than zero to unit
  ///                    length
  ///
  /// Throws: `invalid_argument` for another number of rows than names, a matrix without columns, an empty or
  /// repeated name, a name that is not UTF-8, and values that are not finite.
  embedding_table(std::span<const std::string> names, const matrix<float>& vectors,
                  const embedding_table_options& options = {})
      : embedding_table{names, detail::vector_rows{vectors, "vectors"}, options} {
    for (Eigen::Index i = 0; i < vectors.rows(); ++i) {
      for (const float value : vectors.row(i)) {
        if (std::isfinite(value)) continue;
        throw invalid_argument{"vectors", "finite values",
                               detail::number_text(value) + " in the row of '" +
                                   std::string{(*names_)[static_cast<std::size_t>(i)]} + "'"};
      }
    }
  }

  /// A table of rows in a mapped file; see `read_embedding_table`. Rows that are not finite are reported when
  /// they are used.
  embedding_table(std::span<const std::string> names, detail::vector_rows vectors,
                  const embedding_table_options& options = {})
      : options_{options}, vectors_{std::move(vectors)} {
    if (vectors_.size() != names.size()) {
      throw invalid_argument{"vectors", std::to_string(names.size()) + " rows, one per name",
                             std::to_string(vectors_.size())};
    }
    if (vectors_.dimension() == 0) throw invalid_argument{"vectors", "at least one column", "none"};
    auto index = std::make_shared<detail::string_index>(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!is_valid_utf8(names[i])) {
        throw invalid_argument{"names", "UTF-8", "other bytes in name " + std::to_string(i)};
      }
      const std::string name = lexicon::normalize(names[i]);
      if (name.empty())
        throw invalid_argument{"names", "a name for every row", "an empty one at row " + std::to_string(i)};
      if (!index->insert(name).second)
        throw invalid_argument{"names", "every name once", "'" + name + "' again"};
    }
    names_ = std::move(index);
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return vectors_.dimension(); }
  /// Number of names.
  [[nodiscard]] std::size_t size() const noexcept { return names_->size(); }
  /// The row of a name, if any.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
    const auto found = names_->find(lexicon::normalize(name));
    return found ? std::optional{std::size_t{*found}} : std::nullopt;
  }

  /// @return `[texts.size(), dimension()]`: the row of each text; zeros for an unknown one
  ///
  /// Throws: `invalid_argument` for an unknown text if the options say so; `parse_error` naming the file for
  /// a row that is not finite.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    matrix<float> out(static_cast<Eigen::Index>(texts.size()), static_cast<Eigen::Index>(dimension()));
    std::vector<double> sum(dimension());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::fill(sum.begin(), sum.end(), 0.0);
      if (const auto found = find(texts[i])) {
        vectors_.add_to(sum, *found);
      } else if (options_.unknown == unknown_text::error) {
        throw invalid_argument{"texts", "names of the table", "'" + std::string{texts[i]} + "'"};
      }
      detail::write_unit_row(sum, out.row(static_cast<Eigen::Index>(i)).data());
    }
    return out;
  }

 private:
  embedding_table_options options_;
  std::shared_ptr<const detail::string_index> names_;
  detail::vector_rows vectors_;
};

static_assert(text_embedder<embedding_table>);

}  // namespace mll
