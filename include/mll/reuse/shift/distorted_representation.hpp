// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/random.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/reuse/shift/distortion.hpp"

namespace mll {

/// The first samples of each node, distorted: at most `per_node`, and at most half of those of the node, so
/// that the others can be evidence. Samples are distorted when they are requested. Models `representation`.
///
/// A view: the samples must outlive it.
template <class Sample, representation R>
class distorted_representation {
 public:
  using sample_type = Sample;

  /// Throws: `invalid_argument` if `how.apply` is empty or `per_node` is 0.
  distorted_representation(const R& samples, distortion<Sample> how, std::size_t per_node,
                           std::uint64_t seed = 0)
      : samples_{&samples}, how_{std::move(how)}, per_node_{per_node}, seed_{seed} {
    if (!how_.apply) throw invalid_argument{"distortion '" + how_.name + "'", "a function", "none"};
    if (per_node == 0) throw invalid_argument{"per_node", "at least 1", "0"};
    const auto& all = samples.nodes();  // may be a container by value
    for (const node_id v : std::span<const node_id>{all}) {
      if (sample_count(v) != 0) nodes_.push_back(v);
    }
  }

  [[nodiscard]] std::span<const node_id> nodes() const noexcept { return nodes_; }
  [[nodiscard]] std::size_t sample_count(node_id v) const {
    return std::min<std::size_t>(per_node_, static_cast<std::size_t>(samples_->sample_count(v)) / 2);
  }
  [[nodiscard]] Sample sample(node_id v, std::size_t i) const {
    return how_.apply(samples_->sample(v, i), derive_seed(derive_seed(seed_, v.value()), i));
  }
  [[nodiscard]] std::uint64_t graph() const {
    if constexpr (requires { std::uint64_t{samples_->graph()}; }) {
      return samples_->graph();
    } else {
      return 0;
    }
  }

 private:
  const R* samples_;
  distortion<Sample> how_;
  std::size_t per_node_;
  std::uint64_t seed_;
  std::vector<node_id> nodes_;
};

}  // namespace mll
