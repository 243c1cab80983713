// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/embed/top_k.hpp"
#include "mll/embed/vector_set.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/semantic_dag.hpp"

namespace mll {

/// A node and the similarity of its text.
struct similar_node {
  node_id node;
  double similarity = 0;  ///< cosine, in [-1, 1]
};

/// The texts of all nodes of a graph in the space of a text embedder, to find nodes by meaning. Built once
/// per graph.
///
/// The text of a node is its words and its gloss. Immutable; copies share the vectors; concurrent reads are
/// safe.
///
/// @code
/// const mll::semantic_index index{backend, graph, mll::hashed_ngrams{}};
/// const auto match = mll::match(backend, task, graph, index, labels.samples());
/// @endcode
///
/// @tparam Embedder models `text_embedder`
/// @tparam T        type of the vectors: `float`, or `Eigen::half` for half the memory and three digits
template <text_embedder Embedder, class T = float>
class semantic_index {
 public:
  /// Throws: `model_error` if the embedder returns another number of rows, or numbers that are not finite.
  /// Complexity: one embedding per node, in blocks over the backend.
  template <exec::execution_backend Backend, semantic_graph Graph>
  semantic_index(const Backend& backend, const semantic_dag<Graph>& graph, Embedder embedder)
      : embedder_{std::move(embedder)}, graph_{graph.fingerprint()} {
    constexpr std::size_t block = 512;
    matrix<T> rows(static_cast<Eigen::Index>(graph.size()), static_cast<Eigen::Index>(embedder_.dimension()));
    exec::for_each_index(backend, (graph.size() + block - 1) / block, [&](std::size_t k) {
      const std::size_t end = std::min(graph.size(), (k + 1) * block);
      rows.middleRows(static_cast<Eigen::Index>(k * block), static_cast<Eigen::Index>(end - k * block)) =
          embed_nodes(graph, k * block, end).template cast<T>();
    });
    nodes_ = vector_set<T>{std::move(rows)};
  }

  /// Takes the vectors of an earlier index of the same graph and embedder: its `nodes()`, kept in a file and
  /// mapped (`read_vector_set`), need no embedding.
  ///
  /// @param[in] vectors `[nodes, dim]`
  /// Throws: `invalid_argument` for another number of vectors than nodes, another dimension, and if the
  /// embedder gives other vectors for the first, the last or some nodes between.
  template <semantic_graph Graph>
  semantic_index(const semantic_dag<Graph>& graph, Embedder embedder, vector_set<T> vectors)
      : embedder_{std::move(embedder)}, graph_{graph.fingerprint()}, nodes_{std::move(vectors)} {
    const auto dimension = static_cast<std::size_t>(embedder_.dimension());
    if (nodes_.size() != graph.size() || nodes_.dimension() != dimension) {
      throw invalid_argument{
          "vectors", std::to_string(graph.size()) + " x " + std::to_string(dimension) + ", one per node",
          std::to_string(nodes_.size()) + " x " + std::to_string(nodes_.dimension())};
    }
    constexpr std::size_t checked = 8;
    constexpr float tolerance = 2e-3F;  // per coordinate, in half precision
    for (std::size_t i = 0; i < std::min(checked, graph.size()); ++i) {
      const std::size_t v =
          graph.size() == 1 ? 0 : i * (graph.size() - 1) / (std::min(checked, graph.size()) - 1);
      const auto made = embed_nodes(graph, v, v + 1);
      const auto kept = nodes().row(static_cast<Eigen::Index>(v)).template cast<float>();
      if (!((made.row(0) - kept).cwiseAbs().maxCoeff() <= tolerance)) {
        throw invalid_argument{"vectors", "those that the embedder gives for this graph",
                               "another for node '" + graph[node_id{v}].id + "'"};
      }
    }
  }

  [[nodiscard]] const Embedder& embedder() const noexcept { return embedder_; }
  /// Fingerprint of the graph.
  [[nodiscard]] std::uint64_t graph() const noexcept { return graph_; }
  /// `[nodes, dim]`
  [[nodiscard]] Eigen::Map<const matrix<T>> nodes() const noexcept { return nodes_.rows(); }

  /// Cosine of the embeddings of a text (a unit row) and a node.
  [[nodiscard]] double similarity(const Eigen::Ref<const Eigen::RowVectorXf>& text, node_id v) const {
    return static_cast<double>(
        nodes().row(static_cast<Eigen::Index>(v.index())).template cast<float>().dot(text));
  }

  /// The k nodes most similar to a text, exactly; ties go to the lower id. Complexity: O(nodes dim).
  [[nodiscard]] std::vector<similar_node> nearest(const Eigen::Ref<const Eigen::RowVectorXf>& text,
                                                  std::size_t k) const {
    return nearest(exec::sequential{}, text, k).front();
  }

  /// The k nodes most similar to each of several texts, for little more than the cost of one.
  /// @param[in] backend where to run
  /// @param[in] texts   `[texts, dim]`, unit rows
  /// @return per text, at most k nodes, most similar first
  template <exec::execution_backend Backend>
  [[nodiscard]] std::vector<std::vector<similar_node>> nearest(const Backend& backend,
                                                               const const_matrix_ref<float>& texts,
                                                               std::size_t k) const {
    const nearest_rows found = top_k(backend, nodes(), texts, k);
    std::vector<std::vector<similar_node>> out(static_cast<std::size_t>(texts.rows()));
    for (Eigen::Index t = 0; t < texts.rows(); ++t) {
      for (Eigen::Index i = 0; i < found.row.cols(); ++i) {
        out[static_cast<std::size_t>(t)].push_back(
            {node_id{std::size_t{found.row(t, i)}}, static_cast<double>(found.score(t, i))});
      }
    }
    return out;
  }

 private:
  /// The embeddings of the nodes in [begin, end).
  template <semantic_graph Graph>
  [[nodiscard]] matrix<float> embed_nodes(const semantic_dag<Graph>& graph, std::size_t begin,
                                          std::size_t end) const {
    std::vector<std::string> texts;
    for (std::size_t i = begin; i < end; ++i) {
      const synset& payload = graph[node_id{i}];
      std::string text;
      for (const auto& word : payload.lemmas) text += word.text + ", ";
      texts.push_back(text + payload.gloss);
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    matrix<float> rows = embedder_.embed(std::span<const std::string_view>{views});
    detail::require_finite_rows(rows, texts.size(),
                                [&](std::size_t i) { return "node '" + graph[node_id{begin + i}].id + "'"; });
    return rows;
  }

  Embedder embedder_;
  std::uint64_t graph_;
  vector_set<T> nodes_;
};

}  // namespace mll
