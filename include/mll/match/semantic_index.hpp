// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/match/top_k.hpp"

namespace mll {

/// A node and how close its text is.
struct similar_node {
  node_id node;
  double similarity = 0;  ///< cosine, in [-1, 1]
};

/// The meanings of all nodes of a graph in the space of a text embedder, to find nodes by meaning. Built once
/// for a graph, used by every task.
///
/// The text of a node is its words and its gloss. Immutable; concurrent reads are safe if those of the
/// embedder are.
///
/// @tparam Embedder models `text_embedder`; rows of unit length or zero
template <text_embedder Embedder>
class semantic_index {
 public:
  /// Complexity: one embedding per node, in blocks over the backend.
  template <exec::execution_backend Backend, semantic_graph Graph>
  semantic_index(const Backend& backend, const semantic_dag<Graph>& graph, Embedder embedder)
      : embedder_{std::move(embedder)},
        nodes_{static_cast<Eigen::Index>(graph.size()), static_cast<Eigen::Index>(embedder_.dimension())} {
    constexpr std::size_t block = 512;
    exec::for_each_index(backend, (graph.size() + block - 1) / block, [&](std::size_t k) {
      std::vector<std::string> texts;
      for (std::size_t i = k * block; i < std::min(graph.size(), (k + 1) * block); ++i) {
        const synset& payload = graph[node_id{i}];
        std::string text;
        for (const auto& word : payload.lemmas) text += word.text + ", ";
        texts.push_back(text + payload.gloss);
      }
      const std::vector<std::string_view> views(texts.begin(), texts.end());
      nodes_.middleRows(static_cast<Eigen::Index>(k * block), static_cast<Eigen::Index>(texts.size())) =
          embedder_.embed(std::span<const std::string_view>{views});
    });
  }

  [[nodiscard]] const Embedder& embedder() const noexcept { return embedder_; }
  /// `[nodes, dim]`
  [[nodiscard]] const matrix<float>& nodes() const noexcept { return nodes_; }

  /// Cosine of a text's embedding (a unit row) and a node's.
  [[nodiscard]] double similarity(const Eigen::Ref<const Eigen::RowVectorXf>& text, node_id v) const {
    return static_cast<double>(nodes_.row(static_cast<Eigen::Index>(v.index())).dot(text));
  }

  /// The k nodes closest to a text, exactly; ties go to the lower id.
  /// Complexity: O(nodes dim).
  [[nodiscard]] std::vector<similar_node> nearest(const Eigen::Ref<const Eigen::RowVectorXf>& text,
                                                  std::size_t k) const {
    return nearest(exec::sequential{}, matrix<float>{text}, k).front();
  }

  /// The same for many texts at once, which costs little more than for one.
  /// @param[in] backend where to run
  /// @param[in] texts   `[texts, dim]`, unit rows
  /// @return for each text, at most k nodes, closest first
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
  Embedder embedder_;
  matrix<float> nodes_;
};

}  // namespace mll
