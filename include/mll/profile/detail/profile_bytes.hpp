// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <string>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/profile/hub_profile.hpp"

namespace mll::detail {

/// The bytes of a profile; docs/format.md describes them. The information content of the graph is not among
/// them, because it can be computed from the graph.
MLL_DECLARE [[nodiscard]] std::string encode_profile(const hub_profile& profile);

/// Reads what `encode_profile` wrote. @param[in] content that the profile was made with
/// Throws: `parse_error` naming file, section and byte if the bytes are damaged, or the profile was made with
/// another graph or other content.
MLL_DECLARE [[nodiscard]] hub_profile decode_profile(const file_bytes& file,
                                                     std::shared_ptr<const information_content> content);

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/profile/detail/profile_bytes.ipp"
#endif
