// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A random hub of very many heads with the structure of real ones: each expert knows a few neighbouring nodes
// with some skill, and its responses are skewed as those of a softmax. Everything is a function of the seed;
// responses are generated on demand, as those of all heads do not fit in memory. Needs no other library.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/numerics.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"

namespace mll::benchmark {

/// Sizes of the benchmarks of selection.
struct wide_size {
  std::string name;
  std::size_t nodes;
  std::size_t heads;
  std::size_t classes;
  std::size_t nodes_per_class = 5;
  std::size_t samples_per_node = 50;
  std::size_t heads_per_class = 3;

  /// Throws: `std::invalid_argument` for an unknown name.
  static wide_size of(const std::string& name) {
    if (name == "small") return {name, 285, 1207, 20};
    if (name == "medium") return {name, 9000, 100000, 100};
    if (name == "large") return {name, 9000, 1000000, 1000};
    throw std::invalid_argument{"size: expected small, medium or large, found '" + name + "'"};
  }
};

class wide_hub {
 public:
  wide_hub(const wide_size& size, std::uint64_t seed) : size_{size}, seed_{seed} {
    std::mt19937_64 engine{seed};
    const auto uniform = [&] { return static_cast<float>(engine() >> 40U) / 16777216.0F; };
    heads_.reserve(size.heads);
    while (heads_.size() < size.heads) {
      // An expert: 3 to 18 classes around a place of the graph, of one skill.
      const std::size_t width = 3 + engine() % 16;
      const std::size_t place = engine() % size.nodes;
      const float skill = 0.5F + 3.5F * uniform();
      for (std::size_t i = 0; i < width && heads_.size() < size.heads; ++i) {
        heads_.push_back({static_cast<std::uint32_t>((place + engine() % (3 * width)) % size.nodes),
                          skill * (0.5F + uniform()), 1 + 4 * uniform(),
                          -std::log(static_cast<float>(width)) - 2 * uniform()});
      }
    }
  }

  [[nodiscard]] const wide_size& size() const noexcept { return size_; }

  /// Excess of each head over its background: its mean response at the nodes near its own.
  [[nodiscard]] std::vector<std::vector<node_excess>> excesses() const {
    std::vector<std::vector<node_excess>> out(heads_.size());
    for (std::size_t h = 0; h < heads_.size(); ++h) {
      const wide_head& one = heads_[h];
      const float background = mean_response(one.background);
      for (std::size_t d = 0; d <= 2 * reach; ++d) {
        const std::size_t node = (one.node + size_.nodes + d - reach) % size_.nodes;
        const float mean = mean_response(location(one, node)) + 0.02F * (random(h, node) - 0.5F);
        if (const auto code = node_statistics::encode(mean - background); mean - background >= 0.02F)
          out[h].push_back({static_cast<std::uint32_t>(node), code});
      }
    }
    return out;
  }

  /// The samples of each node.
  [[nodiscard]] sample_layout layout() const {
    std::vector<node_id> nodes;
    for (std::size_t v = 0; v < size_.nodes; ++v) nodes.push_back(node_id{v});
    return {std::move(nodes), std::vector<std::size_t>(size_.nodes, size_.samples_per_node)};
  }
  /// Mean response of a head at a node.
  [[nodiscard]] float mean(std::size_t head, std::size_t node) const {
    return mean_response(location(heads_[head], node));
  }

  /// The nodes of the classes of a task: random places of the graph with their neighbourhoods.
  [[nodiscard]] class_evidence task(std::uint64_t which) const {
    std::mt19937_64 engine{seed_ ^ (which + 1)};
    class_evidence out(size_.classes);
    // The distance of classes is at least their width, if there is room.
    const std::size_t step = size_.nodes / size_.classes;
    for (std::size_t y = 0; y < size_.classes; ++y) {
      const std::size_t place = y * step + engine() % std::max<std::size_t>(1, step - size_.nodes_per_class);
      std::size_t left = 256;
      for (std::size_t i = 0; i < size_.nodes_per_class; ++i) {
        const std::size_t weight = i + 1 == size_.nodes_per_class ? left : (left + 1) / 2;
        out[y].push_back(
            {static_cast<std::uint32_t>((place + i) % size_.nodes), static_cast<std::uint16_t>(weight)});
        left -= weight;
      }
      std::sort(out[y].begin(), out[y].end(),
                [](const weighted_position& a, const weighted_position& b) { return a.node < b.node; });
    }
    return out;
  }

  /// Responses of a head to the samples of a node.
  void responses(std::size_t head, std::size_t node, std::span<std::uint8_t> out) const {
    const float mean = location(heads_[head], node);
    std::uint64_t state = mix(seed_ ^ (head * 0x9E3779B97F4A7C15ULL) ^ (node * 0xC2B2AE3D27D4EB4FULL));
    for (auto& code : out) {
      state = mix(state);
      // The sum of four uniform numbers is close to normal.
      float sum = 0;
      for (int part = 0; part < 4; ++part)
        sum += static_cast<float>((state >> (16 * part)) & 0xFFFFU) / 65536.0F;
      const float log_odds = mean + 1.5F * 1.732F * (sum - 2);
      code = static_cast<std::uint8_t>(
          std::clamp(std::lround((log_odds + numerics::max_log_odds) / log_odds_8bit::step), 0L, 255L));
    }
  }

 private:
  static constexpr std::size_t reach = 15;  // nodes on either side with a raised response

  struct wide_head {
    std::uint32_t node;  // with the highest response
    float strength;      // log-odds above the background at this node
    float width;         // nodes over which the strength decays
    float background;    // log-odds elsewhere
  };

  [[nodiscard]] float location(const wide_head& one, std::size_t node) const {
    const std::size_t apart = node > one.node ? node - one.node : one.node - node;
    const std::size_t distance = std::min(apart, size_.nodes - apart);
    if (distance > reach) return one.background;
    return one.background + one.strength * std::exp(-static_cast<float>(distance) / one.width);
  }
  // Mean of a sigmoid under the noise of the responses, by the probit approximation.
  static float mean_response(float location) {
    return numerics::sigmoid(location / std::sqrt(1 + 0.39F * 2.25F * 0.5F));
  }
  [[nodiscard]] float random(std::size_t a, std::size_t b) const {
    return static_cast<float>(mix(seed_ + a * 31 + b * 0x9E3779B97F4A7C15ULL) >> 40) / 16777216.0F;
  }
  static std::uint64_t mix(std::uint64_t x) {  // splitmix64
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
  }

  wide_size size_;
  std::uint64_t seed_;
  std::vector<wide_head> heads_;
};

}  // namespace mll::benchmark
