// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mll/core/random.hpp"

namespace mll::detail {

/// The fingerprint of the models before, with one more: its name and those of its heads.
[[nodiscard]] inline std::uint64_t names_fingerprint(std::uint64_t before, std::string_view model,
                                                     std::span<const std::string> heads) {
  std::uint64_t out = derive_seed(stable_hash(model, before), heads.size());
  for (const std::string& head : heads) out = stable_hash(head, out);
  return out;
}

}  // namespace mll::detail
