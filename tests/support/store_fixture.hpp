// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A small hub with its samples and graph, and stores that hold it.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/label/label.hpp"
#include "mll/store/hub_store.hpp"
#include "support/fault_cases.hpp"
#include "support/label_fixture.hpp"

namespace mll::test {

/// A graph "root" with children "n0", "n1", ... .
inline semantic_dag<> make_star(std::size_t leaves) {
  std::stringstream edges;
  for (std::size_t i = 0; i < leaves; ++i) edges << 'n' << i << "\troot\n";
  return read_edge_list(edges);
}

/// Models "m0", "m1", ... with samples of the nodes "n0", "n1", ...; their responses depend on `seed`.
struct store_world {
  semantic_dag<> graph;
  representation_table<int> samples;
  hub<int> models;

  store_world(std::size_t model_count, std::size_t node_count, std::size_t samples_per_node,
              std::uint64_t seed = 1)
      : graph{make_star(node_count)} {
    for (std::size_t i = 0; i < node_count; ++i) {
      const node_id v = graph.at("n" + std::to_string(i));
      std::vector<int> values;
      for (std::size_t k = 0; k < samples_per_node + i % 2; ++k) values.push_back(make_sample(v, k));
      samples.add(v, std::move(values));
    }
    for (std::size_t m = 0; m < model_count; ++m)
      models.add("m" + std::to_string(m), hash_model{seed * 1000 + m, 1 + m % 3});
  }

  /// The samples, for `set_samples`.
  [[nodiscard]] std::vector<stored_node> nodes() const {
    std::vector<stored_node> out;
    for (const node_id v : samples.nodes()) {
      content_hash hash;
      for (const int sample : samples.samples(v)) hash.add(std::to_string(sample));
      out.push_back({graph[v].id, samples.sample_count(v), hash.text()});
    }
    return out;
  }
  /// A model, for `add_model`.
  [[nodiscard]] stored_model stored(const std::string& name) const {
    const auto& model = models.model(*models.find(name));
    stored_model out{.name = name, .file = name + ".bin", .fingerprint = "1"};
    for (std::size_t h = 0; h < model.head_count(); ++h) out.heads.push_back(model.head_name(h));
    return out;
  }
  /// The labels of this hub.
  [[nodiscard]] model_labels labels() const { return label(exec::sequential{}, models, samples, graph); }

  /// A store with samples and models, without labels.
  [[nodiscard]] hub_store make_store(const std::filesystem::path& file,
                                     const store_options& options = {}) const {
    auto out = hub_store::create(file, options);
    out.set_samples(graph, nodes());
    for (const model_id id : models.ids()) out.add_model(stored(models.name(id)));
    return out;
  }
  /// A store with all labels.
  [[nodiscard]] hub_store make_labelled(const std::filesystem::path& file,
                                        const store_options& options = {}) const {
    auto out = make_store(file, options);
    const auto made = labels();
    const auto origin = out.origin();
    for (const auto& each : made.models()) out.write_label(each, made.samples(), graph, origin);
    return out;
  }
};

/// The code of the `store_error` that an action must throw. Its message names the file.
template <class Act>
store_errc code_of(const Act& act) {
  try {
    act();
  } catch (const store_error& thrown) {
    CHECK(std::string{thrown.what()}.find("mll") != std::string::npos);
    return thrown.code();
  }
  FAIL("nothing was thrown");
  return store_errc::damaged;
}

/// A selection of the labels of now.
inline stored_selection selection_of(const hub_store& store, const std::string& name,
                                     const std::vector<std::string>& models,
                                     const std::string& document = {}) {
  return {.name = name, .document = document, .models = models, .basis = store.basis().of(models)};
}

/// The label of a model by name, or null.
inline const model_labels::label_type* find_label(const model_labels& labels, const std::string& name) {
  const auto found = std::find_if(labels.models().begin(), labels.models().end(),
                                  [&](const auto& label) { return label.name == name; });
  return found == labels.models().end() ? nullptr : &*found;
}

/// Whether two labels are equal bit for bit, apart from their ids.
inline bool same_label(const model_labels::label_type& a, const model_labels::label_type& b) {
  return a.name == b.name && a.heads == b.heads && a.responses == b.responses && a.mean == b.mean;
}

/// Whether the labels of all models are equal bit for bit, apart from their ids.
inline bool same_labels(const model_labels& a, const model_labels& b) {
  if (a.samples() != b.samples() || a.models().size() != b.models().size()) return false;
  return std::all_of(a.models().begin(), a.models().end(), [&](const auto& label) {
    const auto* other = find_label(b, label.name);
    return other != nullptr && same_label(label, *other);
  });
}

}  // namespace mll::test
