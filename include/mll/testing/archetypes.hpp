// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/graph/graph_traits.hpp>
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
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/synset.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/feature_map.hpp"
#include "mll/model/general_model.hpp"

/// Archetypes (a model of each concept that offers exactly what the concept requires) and suites that check a
/// type of your own. An algorithm that compiles with archetypes requires no more than its concepts say.
/// Archetypes also run, as the smallest examples.
namespace mll::testing {

/// A result that converts to what a concept requires, and nothing else.
template <class T>
class convertible_archetype {
 public:
  explicit convertible_archetype(T value) : value_{std::move(value)} {}
  operator T() const { return value_; }

 private:
  T value_;
};

/// A sample that is copy constructible, and nothing else.
class sample_archetype {
 public:
  explicit sample_archetype(int value) : value_{value} {}
  sample_archetype(const sample_archetype&) = default;
  sample_archetype& operator=(const sample_archetype&) = delete;
  ~sample_archetype() = default;
  [[nodiscard]] int value() const { return value_; }

 private:
  int value_;
};

/// The smallest `classifier`: one head, with score 1 for samples of a positive value, else 0.
class classifier_archetype {
 public:
  using sample_type = sample_archetype;

  explicit classifier_archetype(int) {}
  classifier_archetype(const classifier_archetype&) = default;
  classifier_archetype& operator=(const classifier_archetype&) = delete;
  ~classifier_archetype() = default;

  [[nodiscard]] convertible_archetype<std::size_t> head_count() const {
    return convertible_archetype{std::size_t{1}};
  }
  [[nodiscard]] convertible_archetype<std::string> head_name(std::size_t) const {
    return convertible_archetype{std::string{"positive"}};
  }
  void predict(std::span<const sample_archetype> batch, matrix_ref<float> scores) const {
    for (std::size_t r = 0; r < batch.size(); ++r)
      scores(static_cast<Eigen::Index>(r), 0) = batch[r].value() > 0 ? 1 : 0;
  }
};
static_assert(classifier<classifier_archetype>);

/// The smallest `representation`: samples 1 and -1 of one node.
class representation_archetype {
 public:
  using sample_type = sample_archetype;

  explicit representation_archetype(node_id v) : nodes_{v} {}
  representation_archetype(const representation_archetype&) = delete;
  representation_archetype& operator=(const representation_archetype&) = delete;
  ~representation_archetype() = default;

  [[nodiscard]] convertible_archetype<std::span<const node_id>> nodes() const {
    return convertible_archetype{std::span<const node_id>{nodes_}};
  }
  [[nodiscard]] convertible_archetype<std::size_t> sample_count(node_id v) const {
    return convertible_archetype{v == nodes_.front() ? std::size_t{2} : std::size_t{0}};
  }
  [[nodiscard]] convertible_archetype<sample_archetype> sample(node_id, std::size_t i) const {
    return convertible_archetype{sample_archetype{i == 0 ? 1 : -1}};
  }

 private:
  std::vector<node_id> nodes_;
};
static_assert(representation<representation_archetype>);

/// The smallest `text_embedder`: one dimension; all texts have the same vector.
class embedder_archetype {
 public:
  explicit embedder_archetype(int) {}
  embedder_archetype(embedder_archetype&&) = default;
  embedder_archetype& operator=(embedder_archetype&&) = delete;
  ~embedder_archetype() = default;

  [[nodiscard]] convertible_archetype<std::size_t> dimension() const {
    return convertible_archetype{std::size_t{1}};
  }
  [[nodiscard]] convertible_archetype<matrix<float>> embed(std::span<const std::string_view> texts) const {
    return convertible_archetype{
        matrix<float>{matrix<float>::Ones(static_cast<Eigen::Index>(texts.size()), 1)}};
  }
};
static_assert(text_embedder<embedder_archetype>);

/// The smallest `general_model`: one dimension; all samples and texts have the same vector.
class general_model_archetype {
 public:
  using sample_type = sample_archetype;

  explicit general_model_archetype(int) {}
  general_model_archetype(const general_model_archetype&) = default;
  general_model_archetype& operator=(const general_model_archetype&) = delete;
  ~general_model_archetype() = default;

  [[nodiscard]] convertible_archetype<matrix<float>> embed_samples(
      std::span<const sample_archetype> batch) const {
    return convertible_archetype{
        matrix<float>{matrix<float>::Ones(static_cast<Eigen::Index>(batch.size()), 1)}};
  }
  [[nodiscard]] convertible_archetype<matrix<float>> embed_texts(
      std::span<const std::string_view> texts) const {
    return convertible_archetype{
        matrix<float>{matrix<float>::Ones(static_cast<Eigen::Index>(texts.size()), 1)}};
  }
};
static_assert(general_model<general_model_archetype>);

/// The smallest `feature_map`: one feature, the value of the sample.
class features_archetype {
 public:
  using sample_type = sample_archetype;

  explicit features_archetype(int) {}
  features_archetype(const features_archetype&) = default;
  features_archetype& operator=(const features_archetype&) = delete;
  ~features_archetype() = default;

  [[nodiscard]] convertible_archetype<std::size_t> dimension() const {
    return convertible_archetype{std::size_t{1}};
  }
  [[nodiscard]] matrix<float> transform(std::span<const sample_archetype> batch) const {
    matrix<float> out(static_cast<Eigen::Index>(batch.size()), 1);
    for (std::size_t r = 0; r < batch.size(); ++r)
      out(static_cast<Eigen::Index>(r), 0) = static_cast<float>(batch[r].value());
    return out;
  }
};
static_assert(feature_map<features_archetype>);

/// The smallest `response_codec`: stores whether a response is above 0.5.
struct codec_archetype {
  class value_type {
   public:
    value_type() = default;

   private:
    friend codec_archetype;
    explicit value_type(bool yes) : yes_{yes} {}
    bool yes_ = false;
  };

  [[nodiscard]] static value_type encode(float p) { return value_type{p > 0.5F}; }
  [[nodiscard]] static convertible_archetype<float> log_odds(value_type value) {
    return convertible_archetype{value.yes_ ? 2.0F : -2.0F};
  }
};
static_assert(response_codec<codec_archetype>);

/// The smallest `exec::execution_backend`: a loop.
class backend_archetype {
 public:
  explicit backend_archetype(int) {}

  void for_each(std::size_t count, exec::index_function_ref f) const {
    for (std::size_t i = 0; i < count; ++i) f(i);
  }
};
static_assert(exec::execution_backend<backend_archetype>);

/// The smallest `semantic_graph`: the refinements of Boost.Graph that it asks for and the payload through
/// argument-dependent lookup, as for a foreign graph.
class graph_archetype {
 public:
  struct vertex_descriptor {
    std::size_t number = 0;
    friend bool operator==(const vertex_descriptor&, const vertex_descriptor&) = default;
    friend std::size_t hash_value(const vertex_descriptor& v) { return v.number; }
  };
  struct edge_descriptor {
    vertex_descriptor from;
    vertex_descriptor to;
    friend bool operator==(const edge_descriptor&, const edge_descriptor&) = default;
  };
  struct traversal_category : virtual boost::vertex_list_graph_tag, virtual boost::bidirectional_graph_tag {};
  using directed_category = boost::bidirectional_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  using vertex_iterator = std::vector<vertex_descriptor>::const_iterator;
  using out_edge_iterator = std::vector<edge_descriptor>::const_iterator;
  using in_edge_iterator = std::vector<edge_descriptor>::const_iterator;
  using edge_iterator = void;
  using adjacency_iterator = void;

  /// @param[in] payload one synset per vertex
  /// @param[in] edges   (child, parent) pairs
  graph_archetype(std::vector<synset> payload, const std::vector<std::pair<std::size_t, std::size_t>>& edges)
      : payload_{std::move(payload)}, out_(payload_.size()), in_(payload_.size()) {
    for (std::size_t v = 0; v < payload_.size(); ++v) vertices_.push_back({v});
    for (const auto& [child, parent] : edges) {
      out_.at(child).push_back({{child}, {parent}});
      in_.at(parent).push_back({{child}, {parent}});
    }
  }

  friend std::size_t num_vertices(const graph_archetype& g) { return g.vertices_.size(); }
  friend std::pair<vertex_iterator, vertex_iterator> vertices(const graph_archetype& g) {
    return {g.vertices_.begin(), g.vertices_.end()};
  }
  friend std::pair<out_edge_iterator, out_edge_iterator> out_edges(vertex_descriptor v,
                                                                   const graph_archetype& g) {
    return {g.out_[v.number].begin(), g.out_[v.number].end()};
  }
  friend std::pair<in_edge_iterator, in_edge_iterator> in_edges(vertex_descriptor v,
                                                                const graph_archetype& g) {
    return {g.in_[v.number].begin(), g.in_[v.number].end()};
  }
  friend std::size_t out_degree(vertex_descriptor v, const graph_archetype& g) {
    return g.out_[v.number].size();
  }
  friend std::size_t in_degree(vertex_descriptor v, const graph_archetype& g) {
    return g.in_[v.number].size();
  }
  friend vertex_descriptor source(const edge_descriptor& e, const graph_archetype&) { return e.from; }
  friend vertex_descriptor target(const edge_descriptor& e, const graph_archetype&) { return e.to; }
  friend const synset& mll_node_payload(const graph_archetype& g, vertex_descriptor v) {
    return g.payload_[v.number];
  }

 private:
  std::vector<synset> payload_;
  std::vector<vertex_descriptor> vertices_;
  std::vector<std::vector<edge_descriptor>> out_;
  std::vector<std::vector<edge_descriptor>> in_;
};
static_assert(semantic_graph<graph_archetype>);

}  // namespace mll::testing
