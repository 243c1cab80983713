// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/SparseCore>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/embed/words/detail/tf_idf.hpp"
#include "mll/embed/words/detail/truncated_svd.hpp"
#include "mll/graph/semantic_dag.hpp"

namespace mll {

/// Options of `lsa_embedder`.
struct lsa_options {
  std::size_t dimension = 128;       ///< fewer if the texts span a smaller space
  std::size_t min_documents = 2;     ///< words in fewer texts are dropped; at least 1
  std::size_t power_iterations = 2;  ///< of the decomposition; with more, closer to the exact one
  std::uint64_t seed = 0;            ///< of the random start of the decomposition
};

/// Latent semantic analysis (Deerwester and others 1990): texts as TF-IDF weighted words, projected onto the
/// leading right singular vectors of the texts fitted on. Words of similar texts become similar, so it learns
/// some meaning from a list of texts alone, such as the glosses of a graph.
///
/// Immutable: concurrent use is safe. Determinism: depends on texts and options only, not on the number of
/// threads.
///
/// @code
/// const mll::lsa_embedder embedder{graph};
/// const mll::semantic_index index{backend, graph, embedder};
/// @endcode
///
/// @tparam T precision of the projection; weights and decomposition are in double precision
template <class T = float>
class basic_lsa_embedder {
 public:
  /// Fits on a list of texts.
  ///
  /// @param[in] texts UTF-8
  ///
  /// Throws: `invalid_argument` for a `dimension` or `min_documents` of 0, a text that is not UTF-8, and
  /// texts without a word to learn from. Complexity: O(power_iterations (w d + v d^2) + n d^2) for n texts
  /// with w words, v of them different, and d dimensions; the 82,115 glosses of WordNet's nouns at 128
  /// dimensions take some seconds on one core.
  explicit basic_lsa_embedder(std::span<const std::string_view> texts, const lsa_options& options = {}) {
    fit(texts, options);
  }

  /// Fits on a graph: the text of a node is its lemmas and its gloss.
  template <class Graph>
  explicit basic_lsa_embedder(const semantic_dag<Graph>& dag, const lsa_options& options = {}) {
    std::vector<std::string> texts(dag.size());
    for (std::size_t i = 0; i < dag.size(); ++i) {
      const synset& node = dag[node_id{i}];
      for (const lemma& word : node.lemmas) texts[i] += word.text + ' ';
      texts[i] += node.gloss;
    }
    fit(std::vector<std::string_view>(texts.begin(), texts.end()), options);
  }

  [[nodiscard]] std::size_t dimension() const noexcept {
    return static_cast<std::size_t>(projection_.cols());
  }
  /// Number of different words fitted on.
  [[nodiscard]] std::size_t vocabulary_size() const noexcept { return words_.size(); }
  /// `[dimension()]`, the singular values of the texts fitted on, decreasing.
  [[nodiscard]] std::span<const double> singular_values() const noexcept { return singular_values_; }

  /// @param[in] texts UTF-8
  /// @return `[texts.size(), dimension()]`, rows of unit length; zero for a text without a known word
  ///
  /// Throws: `invalid_argument` for a text that is not UTF-8.
  /// Complexity: O(words * dimension()).
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    return detail::embed_each(texts, dimension(), [&](std::string_view text, std::span<double> row) {
      for (const auto& [term, weight] : words_(text)) {
        const T* direction = projection_.row(static_cast<Eigen::Index>(term)).data();
        for (std::size_t k = 0; k < row.size(); ++k) row[k] += weight * static_cast<double>(direction[k]);
      }
    });
  }

 private:
  void fit(std::span<const std::string_view> texts, const lsa_options& options) {
    if (options.dimension == 0) throw invalid_argument{"dimension", "at least 1", "0"};
    if (options.min_documents == 0) throw invalid_argument{"min_documents", "at least 1", "0"};
    words_ = detail::tf_idf{texts, options.min_documents};

    std::vector<Eigen::Triplet<double>> entries;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (const auto& [term, weight] : words_(texts[i])) {
        entries.emplace_back(static_cast<int>(i), static_cast<int>(term), weight);
      }
    }
    if (entries.empty()) {
      throw invalid_argument{
          "texts", "words in at least " + std::to_string(options.min_documents) + " texts, but not in all",
          "none in " + std::to_string(texts.size()) + " texts"};
    }
    Eigen::SparseMatrix<double, Eigen::RowMajor> weights(static_cast<Eigen::Index>(texts.size()),
                                                         static_cast<Eigen::Index>(words_.size()));
    weights.setFromTriplets(entries.begin(), entries.end());
    const auto svd = detail::truncated_svd(
        weights, options.dimension, {.power_iterations = options.power_iterations, .seed = options.seed});
    projection_ = svd.right.template cast<T>();
    singular_values_.assign(svd.singular_values.data(),
                            svd.singular_values.data() + svd.singular_values.size());
  }

  detail::tf_idf words_;
  matrix<T> projection_;  // [words, dimension]
  std::vector<double> singular_values_;
};

/// The embedder in single precision.
using lsa_embedder = basic_lsa_embedder<>;

static_assert(text_embedder<lsa_embedder>);

}  // namespace mll
