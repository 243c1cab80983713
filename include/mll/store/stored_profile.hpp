// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/profile/detail/profile_bytes.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/store/detail/tables/selections.hpp"
#include "mll/store/hub_store.hpp"

namespace mll {

/// The profile of a hub that `save_profile` kept in its store, up to date or not. `update_profile` computes
/// only what has changed since. Component `mll::sqlite`.
///
/// @code
/// const mll::label_basis basis = store.basis();  // before the labels are read
/// const mll::model_labels labels = store.labels(graph);
/// auto kept = mll::find_stored_profile(store, graph);
/// const mll::hub_profile profile =
///     kept ? mll::update_profile(backend, std::move(kept->profile), labels, graph).profile
///          : mll::profile(backend, labels, graph);
/// mll::save_profile(store, profile, basis);
/// @endcode
struct stored_profile {
  hub_profile profile;
  bool stale = false;  ///< labels have changed since; a general model is not compared
};

/// The profile that a store keeps; empty without one, or if it is damaged, of another graph, or a later
/// version of the library wrote it. Throws: `store_error`.
template <named_codec Codec, semantic_graph Graph>
[[nodiscard]] std::optional<stored_profile> find_stored_profile(const basic_hub_store<Codec>& store,
                                                                const semantic_dag<Graph>& graph) {
  bool stale = false;
  auto kept = store.connections()->read([&](detail::database& db) {
    auto out = detail::read_profile(db);
    if (out) stale = out->basis != detail::basis_of(detail::read_catalog(db)).of_all();
    return out;
  });
  if (!kept) return std::nullopt;
  try {
    return stored_profile{detail::decode_profile(detail::file_bytes::of(std::move(kept->content), "profile"),
                                                 std::make_shared<const information_content>(graph)),
                          stale};
  } catch (const parse_error&) {  // of another graph, or of a later version of the library
    return std::nullopt;
  }
}

}  // namespace mll
