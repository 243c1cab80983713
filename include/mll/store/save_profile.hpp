// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include "mll/label/responses/response_codec.hpp"
#include "mll/profile/detail/profile_bytes.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/store/detail/tables/selections.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/label_basis.hpp"

namespace mll {

/// Saves the profile of a hub in its store, so that it is not recomputed for every task; replaces an earlier
/// one. `find_profile` returns it until labels change, `find_stored_profile` also afterwards, for
/// `update_profile`. Component `mll::sqlite`.
///
/// @code
/// const mll::label_basis basis = store.basis();  // before the labels are read
/// const mll::model_labels labels = store.labels(graph);
/// mll::save_profile(store, mll::profile(backend, labels, graph), basis);
/// @endcode
///
/// @param[in] profile made with the intrinsic information content of the graph
/// @param[in] labels  from which it was made: `basic_hub_store::basis` before they were read
/// @return false, and nothing is saved, if the profile exceeds 900 MB
///
/// Throws: `store_error`.
template <named_codec Codec>
bool save_profile(basic_hub_store<Codec>& store, const hub_profile& profile, const label_basis& labels) {
  const std::string content = detail::encode_profile(profile);
  if (content.size() > detail::max_profile_bytes) return false;
  const detail::connection_pool::lease db{*store.connections()};
  detail::transaction writing{*db, detail::transaction::kind::write};
  detail::write_profile(*db, labels.of_all(), content);
  writing.commit();
  return true;
}

}  // namespace mll
