// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Writes the inputs and results of screening as .npy files, without a library.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../support/wide_hub.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::benchmark {

/// Format version 1.0, row-major, little-endian; `type` as in NumPy, such as `<f4`.
template <class T>
void write_npy(const std::filesystem::path& file, const std::vector<T>& values, const std::string& type,
               std::size_t rows, std::size_t columns) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + std::to_string(rows) +
                       ", " + std::to_string(columns) + "), }";
  header.append(63 - (10 + header.size()) % 64, ' ').push_back('\n');
  std::ofstream out{file, std::ios::binary};
  const auto length = static_cast<std::uint16_t>(header.size());
  out.write("\x93NUMPY\x01\x00", 8)
      .put(static_cast<char>(length & 0xFFU))
      .put(static_cast<char>(length >> 8U));
  out << header;
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!out.flush()) throw std::runtime_error{"cannot write '" + file.string() + "'"};
}

/// Writes `screening_rows.npy` `[matched nodes, heads]` uint16, `screening_weights.npy` `[classes, matched
/// nodes]` float32, `screening_scores.npy` `[classes, kept]` float32 and `screening_seconds.npy` `[1, 1]`
/// float64.
inline void export_screening(const std::filesystem::path& folder, const wide_size& size,
                             const sparse_node_statistics& statistics, const class_evidence& sources,
                             const std::vector<std::vector<screened_head>>& screened, double seconds) {
  std::filesystem::create_directories(folder);
  std::vector<std::uint32_t> nodes;
  for (const auto& of_class : sources) {
    for (const weighted_position& from : of_class) nodes.push_back(from.node);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  std::vector<std::uint16_t> rows(nodes.size() * size.heads, 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const head_excess& here : statistics.at_node(nodes[i]))
      rows[i * size.heads + here.head] = here.excess;
  }
  std::vector<float> weights(sources.size() * nodes.size(), 0);
  for (std::size_t y = 0; y < sources.size(); ++y) {
    for (const weighted_position& from : sources[y]) {
      const auto at = std::lower_bound(nodes.begin(), nodes.end(), from.node) - nodes.begin();
      weights[y * nodes.size() + static_cast<std::size_t>(at)] += static_cast<float>(from.weight) / 256;
    }
  }
  std::vector<float> scores;
  for (const auto& of_class : screened) {
    for (const screened_head& head : of_class) scores.push_back(head.score);
  }
  write_npy(folder / "screening_rows.npy", rows, "<u2", nodes.size(), size.heads);
  write_npy(folder / "screening_weights.npy", weights, "<f4", sources.size(), nodes.size());
  // Every class keeps as many: all of the hub, or what was asked for.
  write_npy(folder / "screening_scores.npy", scores, "<f4", sources.size(), screened.front().size());
  write_npy(folder / "screening_seconds.npy", std::vector<double>{seconds}, "<f8", 1, 1);
}

}  // namespace mll::benchmark
