// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/tokenize.hpp"
#include "mll/embed/detail/unit_length.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/graph/detail/string_index.hpp"
#include "mll/graph/lexicon.hpp"

namespace mll {

/// What an `embedding_table` does with a text that it does not have.
enum class unknown_text { zero_row, error };

/// How an `embedding_table` answers.
struct embedding_table_options {
  unknown_text unknown = unknown_text::zero_row;
};

/// Vectors computed elsewhere, looked up by name: a text is found if it is a name of the table, as the
/// lexicon spells it (case, `_`, `-` and repeated spaces do not matter).
///
/// Immutable: concurrent reads are free.
class embedding_table {
 public:
  /// @param[in] names   one a row, UTF-8, different after normalisation
  /// @param[in] vectors `[names.size(), dimension]`, finite; rows are scaled to unit length, zero rows stay
  /// zero
  ///
  /// Throws: `invalid_argument` for another number of rows than names, no columns, an empty or repeated name,
  /// a name that is not UTF-8, and values that are not finite.
  embedding_table(std::span<const std::string> names, const matrix<float>& vectors,
                  const embedding_table_options& options = {})
      : options_{options}, names_{names.size()}, vectors_(vectors.rows(), vectors.cols()) {
    if (static_cast<std::size_t>(vectors.rows()) != names.size()) {
      throw invalid_argument{"vectors", std::to_string(names.size()) + " rows, one a name",
                             std::to_string(vectors.rows())};
    }
    if (vectors.cols() == 0) throw invalid_argument{"vectors", "at least one column", "none"};
    std::vector<double> row(static_cast<std::size_t>(vectors.cols()));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!is_valid_utf8(names[i])) {
        throw invalid_argument{"names", "UTF-8", "other bytes in name " + std::to_string(i)};
      }
      const std::string name = lexicon::normalize(names[i]);
      if (name.empty()) throw invalid_argument{"names", "no empty name", "one at row " + std::to_string(i)};
      if (!names_.insert(name).second)
        throw invalid_argument{"names", "every name once", "'" + name + "' again"};
      for (std::size_t k = 0; k < row.size(); ++k) {
        row[k] = static_cast<double>(vectors(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)));
        if (!std::isfinite(row[k])) {
          throw invalid_argument{"vectors", "finite values",
                                 std::to_string(row[k]) + " in the row of '" + name + "'"};
        }
      }
      detail::write_unit_row(row, vectors_.row(static_cast<Eigen::Index>(i)).data());
    }
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return static_cast<std::size_t>(vectors_.cols()); }
  /// Number of names.
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  /// The row of a name, if the table has it.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
    const auto found = names_.find(lexicon::normalize(name));
    return found ? std::optional{std::size_t{*found}} : std::nullopt;
  }

  /// @return `[texts.size(), dimension()]`: the row of each text; zeros for one that the table does not have
  ///
  /// Throws: `invalid_argument` for an unknown text, if the options say so.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    matrix<float> out(static_cast<Eigen::Index>(texts.size()), vectors_.cols());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      if (const auto found = find(texts[i])) {
        out.row(row) = vectors_.row(static_cast<Eigen::Index>(*found));
      } else if (options_.unknown == unknown_text::error) {
        throw invalid_argument{"texts", "names of the table", "'" + std::string{texts[i]} + "'"};
      } else {
        out.row(row).setZero();
      }
    }
    return out;
  }

 private:
  embedding_table_options options_;
  detail::string_index names_;
  matrix<float> vectors_;
};

static_assert(text_embedder<embedding_table>);

}  // namespace mll
