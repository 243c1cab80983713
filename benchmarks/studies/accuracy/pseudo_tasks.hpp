// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kit.hpp"
#include "mll/core/random.hpp"
#include "mll/match/task/task.hpp"

namespace accuracy {

/// Tasks made of the representation data of a kit, whose truth may be used for choices: the hub is labelled
/// on half of the samples of each node, the other half are those of tasks. A sixth of the nodes is hidden
/// from the hub; their samples belong to no task.
class pseudo_tasks {
 public:
  pseudo_tasks(const kit& from, std::uint64_t seed)
      : kit_{&from}, is_left_out_(from.node_of_sample().size(), false), is_hidden_(from.node_count(), false) {
    mll::random_engine engine{mll::derive_seed(seed, 1)};
    std::vector<std::size_t> order = numbers(from.node_count());
    mll::shuffle(std::span{order}, engine);
    for (std::size_t i = 0; i < order.size() / 6; ++i) is_hidden_[order[i]] = true;
    order = numbers(is_left_out_.size());
    mll::shuffle(std::span{order}, engine);
    std::vector<std::size_t> seen(from.node_count(), 0);
    for (const std::size_t i : order) {
      const std::size_t v = from.node_of_sample()[i];
      is_left_out_[i] = is_hidden_[v] || seen[v]++ % 2 == 1;
    }
  }

  /// Per sample of the kit: whether the hub is not labelled on it.
  [[nodiscard]] const std::vector<bool>& is_left_out() const { return is_left_out_; }

  /// A task of 5, 10, 20 or 35 random nodes.
  [[nodiscard]] kit_task make(std::size_t number, std::uint64_t seed) const {
    constexpr std::array<std::size_t, 4> sizes{5, 10, 20, 35};
    mll::random_engine engine{mll::derive_seed(seed, 2 + number)};
    std::vector<std::size_t> nodes;
    for (std::size_t v = 0; v < is_hidden_.size(); ++v) {
      if (!is_hidden_[v]) nodes.push_back(v);
    }
    mll::shuffle(std::span{nodes}, engine);
    nodes.resize(std::min(nodes.size(), sizes[number % sizes.size()]));
    return task_of(nodes, std::to_string(number));
  }

  /// The samples of the hidden nodes.
  [[nodiscard]] kit_task hidden() const {
    std::vector<std::size_t> nodes;
    for (std::size_t v = 0; v < is_hidden_.size(); ++v) {
      if (is_hidden_[v]) nodes.push_back(v);
    }
    return task_of(nodes, "hidden");
  }

 private:
  static std::vector<std::size_t> numbers(std::size_t count) {
    std::vector<std::size_t> out(count);
    for (std::size_t i = 0; i < count; ++i) out[i] = i;
    return out;
  }

  [[nodiscard]] kit_task task_of(const std::vector<std::size_t>& nodes, std::string name) const {
    std::vector<mll::task_class> classes;
    std::vector<std::string> wnids;
    for (const std::size_t v : nodes) {
      classes.push_back({kit_->wnid(v), ""});
      wnids.push_back(kit_->wnid(v));
    }
    kit_task out{.name = std::move(name),
                 .classes = mll::task{std::move(classes)},
                 .true_wnids = std::move(wnids),
                 .truth = {},
                 .scores = {},
                 .general = {},
                 .class_texts = {}};
    std::vector<std::size_t> samples;
    for (std::size_t y = 0; y < nodes.size(); ++y) {
      for (std::size_t i = 0; i < is_left_out_.size(); ++i) {
        if (kit_->node_of_sample()[i] != nodes[y] || !is_left_out_[i]) continue;
        samples.push_back(i);
        out.truth.push_back(y);
      }
    }
    kit_->copy_samples(samples, out);
    if (!kit_->has_general()) return out;
    out.class_texts.resize(static_cast<Eigen::Index>(nodes.size()), kit_->general_dimension());
    for (std::size_t y = 0; y < nodes.size(); ++y)
      out.class_texts.row(static_cast<Eigen::Index>(y)) = kit_->node_text(kit_->wnid(nodes[y]));
    return out;
  }

  const kit* kit_;
  std::vector<bool> is_left_out_;
  std::vector<bool> is_hidden_;
};

}  // namespace accuracy
