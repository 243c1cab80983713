// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <utility>

#include "mll/graph/semantic_dag.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/stored_profile.hpp"

namespace mll {

/// The profile that `save_profile` kept, or empty if labels or graph have changed since, or it has a general
/// model, which may have changed (`find_stored_profile` has these). Component `mll::sqlite`. Throws:
/// `store_error`.
/// @code
/// const std::optional<mll::hub_profile> kept = mll::find_profile(store, graph);
/// @endcode
template <named_codec Codec, semantic_graph Graph>
[[nodiscard]] std::optional<hub_profile> find_profile(const basic_hub_store<Codec>& store,
                                                      const semantic_dag<Graph>& graph) {
  auto kept = find_stored_profile(store, graph);
  if (!kept || kept->stale || kept->profile.has_general()) return std::nullopt;
  return std::move(kept->profile);
}

}  // namespace mll
