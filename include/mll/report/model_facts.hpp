// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mll {

/// Facts about a model that a report shows besides its label.
struct model_facts {
  std::string name = {};
  std::size_t heads = 0;         ///< 0: as many as its label has
  std::uint64_t parameters = 0;  ///< 0: unknown
  std::uint64_t bytes = 0;       ///< size of the file; 0: unknown
  double latency = 0;            ///< seconds per sample; 0: not measured
  std::string state = {};        ///< of its label, in words
  std::string failure = {};      ///< why labelling failed; empty if it did not
};

}  // namespace mll
