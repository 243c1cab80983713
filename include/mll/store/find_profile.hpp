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

/// The profile that `save_profile` kept, or empty if labels or graph have changed since. Component
/// `mll::sqlite`. Throws: `store_error`.
/// @code
/// const std::optional<mll::hub_profile> kept = mll::find_profile(store, graph);
/// @endcode
template <named_codec Codec, semantic_graph Graph>
[[nodiscard]] std::optional<hub_profile> find_profile(const basic_hub_store<Codec>& store,
                                                      const semantic_dag<Graph>& graph) {
  auto content = store.connections()->read([](detail::database& db) {
    return detail::read_profile(db, detail::basis_of(detail::read_catalog(db)).of_all());
  });
  if (!content) return std::nullopt;
  try {
    return detail::decode_profile(detail::file_bytes::of(std::move(*content), "profile"),
                                  std::make_shared<const information_content>(graph));
  } catch (const parse_error&) {  // of another graph, or of a later version of the library
    return std::nullopt;
  }
}

}  // namespace mll
