// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mll/dist/detail/gathered.hpp"

namespace mll::dist::detail {

/// What a selection says of a model.
struct model_names {
  std::string name;
  std::string fingerprint;
  std::vector<std::string> heads;
};

inline void put(const model_names& names, piece_writer& out) {
  out.put_text(names.name);
  out.put_text(names.fingerprint);
  out.put(static_cast<std::uint32_t>(names.heads.size()));
  for (const std::string& head : names.heads) out.put_text(head);
}
[[nodiscard]] inline model_names get_names(piece_reader& from) {
  model_names out{from.get_text(), from.get_text(), {}};
  for (auto left = from.get<std::uint32_t>(); left != 0; --left) out.heads.push_back(from.get_text());
  return out;
}

}  // namespace mll::dist::detail
