// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/sections.hpp"
#include "mll/core/io/values.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/reuse/io/detail/fault_of.hpp"
#include "mll/reuse/io/detail/selection_fields.hpp"
#include "mll/select/estimate/shift_fit.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/label_basis.hpp"

namespace mll {

/// The result of `learn_shift` for a hub, kept in its store. Component `mll::sqlite`.
///
/// @code
/// mll::save_shift(store, fit, basis);                    // `basis`: store.basis() before labels were read
/// const auto kept = mll::find_shift(store);
/// const auto chosen = mll::select(backend, labels, match, {.shift = kept ? kept->fit : mll::shift_fit{}});
/// @endcode
struct stored_shift {
  shift_fit fit;
  bool stale = false;  ///< labels have changed since it was learnt
};

namespace detail {

inline constexpr section_format shift_format{"\x89MLLSHF\n", "a shift fit of mll", 1};
inline constexpr std::string_view shift_key = "shift fit";

}  // namespace detail

/// Keeps a fit in a store; replaces an earlier one.
/// @param[in] labels from which it was learnt: `basic_hub_store::basis` before they were read
/// Throws: `store_error`.
template <named_codec Codec>
void save_shift(basic_hub_store<Codec>& store, const shift_fit& fit, const label_basis& labels) {
  detail::section_writer out{detail::shift_format};
  detail::value_writer content;
  content(labels.of_all(), fit);
  out.add("FIT ", detail::required_section, content.bytes);
  store.save_note(detail::shift_key, std::move(out).finish());
}

/// The fit that a store keeps; empty without one, or if a later version of the library wrote it.
/// Throws: `store_error`.
template <named_codec Codec>
[[nodiscard]] std::optional<stored_shift> find_shift(const basic_hub_store<Codec>& store) {
  auto note = store.note(detail::shift_key);
  if (!note) return std::nullopt;
  try {
    const auto file = detail::file_bytes::of(std::move(*note), "shift fit");
    detail::section_reader in{file, detail::shift_format};
    stored_shift out;
    std::string basis;
    in.require("FIT ", [&](detail::value_reader& from) { from(basis, out.fit); });
    in.finish();
    if (!detail::is_finite(out.fit)) return std::nullopt;
    out.stale = basis != store.basis().of_all();
    return out;
  } catch (const parse_error&) {
    return std::nullopt;
  }
}

}  // namespace mll
