// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/synset.hpp"
#include "mll/label/sample_layout.hpp"

namespace mll::detail {

/// The sampled part of a graph as a tree, for pictures.
struct sample_tree {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  struct node {
    std::string name = {};
    std::string id = {};
    std::string gloss = {};
    std::size_t position = none;  // in the layout; `none`: a group of nodes
    std::size_t samples = 0;      // of the node and all below it
    std::size_t depth = 0;
    std::vector<std::size_t> children = {};  // by decreasing samples
  };
  std::vector<node> nodes;          // the first is the root; parents before children
  std::vector<std::size_t> leaves;  // nodes with samples of their own, in the order of a walk
};

/// The first word of a synset, or its id.
inline std::string short_name(const synset& node) {
  return node.lemmas.empty() ? node.id : node.lemmas.front().text;
}

/// Makes a `sample_tree`.
template <semantic_graph Graph>
class sample_tree_builder {
 public:
  sample_tree_builder(const semantic_dag<Graph>& graph, const sample_layout& samples)
      : graph_{&graph}, samples_{&samples} {}

  /// Each node hangs under its parent nearest to a root. A group with one member gives way to it; a sampled
  /// node with others below it becomes a leaf among them.
  sample_tree build() {
    for (const node_id leaf : samples_->nodes()) {
      for (node_id v = leaf; v.valid() && !reached_.contains(v);) {
        const node_id parent = nearest_parent(v);
        reached_.emplace(v, true);
        (parent.valid() ? below_[parent] : roots_).push_back(v);
        v = parent;
      }
    }
    if (roots_.size() == 1) {
      place(roots_.front(), 0);
    } else {
      out_.nodes.emplace_back();
      adopt(0, roots_);
    }
    walk(0);
    return std::move(out_);
  }

 private:
  [[nodiscard]] node_id nearest_parent(node_id v) const {
    node_id out;
    for (const node_id parent : graph_->parents(v)) {
      if (!out.valid() || graph_->depth(parent) < graph_->depth(out)) out = parent;
    }
    return out;
  }

  std::size_t place(node_id v, std::size_t depth) {
    while (!samples_->contains(v) && below_[v].size() == 1) v = below_[v].front();
    const std::size_t at = out_.nodes.size();
    const synset& payload = (*graph_)[v];
    sample_tree::node made{short_name(payload), payload.id, payload.gloss};
    made.depth = depth;
    if (samples_->contains(v)) {
      made.position = samples_->position(v);
      made.samples = samples_->rows(v).count;
    }
    out_.nodes.push_back(made);
    if (below_[v].empty()) return at;
    if (made.position != sample_tree::none) {
      out_.nodes[at].position = sample_tree::none;
      out_.nodes[at].children.push_back(out_.nodes.size());
      ++made.depth;
      out_.nodes.push_back(made);
    }
    adopt(at, below_[v]);
    return at;
  }

  void adopt(std::size_t parent, const std::vector<node_id>& members) {
    for (const node_id v : members) {
      const std::size_t child = place(v, out_.nodes[parent].depth + 1);
      out_.nodes[parent].children.push_back(child);
      out_.nodes[parent].samples += out_.nodes[child].samples;
    }
    auto& children = out_.nodes[parent].children;
    std::stable_sort(children.begin(), children.end(), [&](std::size_t a, std::size_t b) {
      return out_.nodes[a].samples > out_.nodes[b].samples;
    });
  }

  void walk(std::size_t at) {
    if (out_.nodes[at].position != sample_tree::none) out_.leaves.push_back(at);
    for (const std::size_t child : out_.nodes[at].children) walk(child);
  }

  const semantic_dag<Graph>* graph_;
  const sample_layout* samples_;
  std::map<node_id, bool> reached_;
  std::map<node_id, std::vector<node_id>> below_;
  std::vector<node_id> roots_;
  sample_tree out_;
};

}  // namespace mll::detail
