// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/model/any_classifier.hpp"
#include "mll/store/store_entries.hpp"

/// A part of a hub and of its samples, as labelling into a store runs them.
namespace mll::detail {

/// A model that measures its time.
template <class Sample>
struct timed_classifier {
  using sample_type = Sample;
  any_classifier<Sample> model;
  std::shared_ptr<std::atomic<std::int64_t>> nanoseconds = std::make_shared<std::atomic<std::int64_t>>(0);

  [[nodiscard]] std::size_t head_count() const { return model.head_count(); }
  [[nodiscard]] std::string head_name(std::size_t head) const { return model.head_name(head); }
  void predict(std::span<const Sample> batch, matrix_ref<float> scores) const {
    const auto begin = std::chrono::steady_clock::now();
    model.predict(batch, scores);
    *nanoseconds +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin)
            .count();
  }
};

/// Throws: `invalid_argument` if a model of the hub has other heads than in the store.
template <class Model>
void check_heads(const stored_model& stored, const Model& model) {
  bool same = model.head_count() == stored.heads.size();
  for (std::size_t h = 0; same && h < stored.heads.size(); ++h) same = model.head_name(h) == stored.heads[h];
  if (!same)
    throw invalid_argument{"models", "the heads of model '" + stored.name + "' in the store", "other heads"};
}

/// The samples of some nodes.
template <class R>
struct samples_of_nodes {
  using sample_type = typename R::sample_type;
  static constexpr bool concurrent_samples = has_concurrent_samples<R>;
  const R* all = nullptr;
  std::vector<node_id> ids;

  [[nodiscard]] std::span<const node_id> nodes() const { return ids; }
  [[nodiscard]] std::size_t sample_count(node_id v) const { return all->sample_count(v); }
  [[nodiscard]] decltype(auto) sample(node_id v, std::size_t i) const { return all->sample(v, i); }
  [[nodiscard]] std::size_t max_sample_bytes() const
    requires has_max_sample_bytes<R>
  {
    return all->max_sample_bytes();
  }
};

}  // namespace mll::detail
