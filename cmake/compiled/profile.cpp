// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/detail/profile.ipp"
#include "mll/profile/detail/graph_regressors.ipp"
#include "mll/profile/detail/hub_profile.ipp"
#include "mll/profile/detail/match_heads.ipp"
#include "mll/profile/detail/profile_bytes.ipp"
#include "mll/profile/detail/update_profile.ipp"

namespace mll {

template hub_profile profile(exec::backend_ref, const basic_model_labels<log_odds_8bit>&,
                             const semantic_nodes&, const profile_options&);
template profile_update update_profile(exec::backend_ref, hub_profile,
                                       const basic_model_labels<log_odds_8bit>&, const semantic_nodes&,
                                       const profile_options&);

}  // namespace mll
