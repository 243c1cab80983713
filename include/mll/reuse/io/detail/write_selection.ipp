// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <utility>

#include "mll/core/error.hpp"
#include "mll/reuse/io/detail/fault_of.hpp"
#include "mll/reuse/io/detail/selection_fields.hpp"
#include "mll/reuse/io/write_selection.hpp"

namespace mll {

MLL_DEFINE std::string detail::encode_selection(const selection& chosen) {
  if (const std::string fault = fault_of(chosen); !fault.empty())
    throw invalid_argument{"chosen", "a selection whose parts fit together", fault};
  section_writer out{selection_format};
  const auto add = [&](std::string_view tag, std::uint32_t flags, const auto& write) {
    value_writer content;
    write(content);
    out.add(tag, flags, content.bytes);
  };
  add("TASK", required_section, [&](value_writer& to) {
    to(std::vector<task_class>(chosen.match.task.classes().begin(), chosen.match.task.classes().end()));
  });
  add("SENS", 0, [&](value_writer& to) { transfer_senses(to, chosen); });
  add("METH", 0, [&](value_writer& to) { to(chosen.method, chosen.threshold); });
  add("ENSE", required_section, [&](value_writer& to) { transfer_ensemble(to, chosen.ensemble); });
  if (chosen.ensemble.correction)
    add("CORR", required_section, [&](value_writer& to) { to(*chosen.ensemble.correction); });
  if (chosen.ensemble.general)
    add("TDIS", required_section, [&](value_writer& to) { to(*chosen.ensemble.general); });
  if (!chosen.named.empty()) add("NAMD", 0, [&](value_writer& to) { to(chosen.named); });
  add("MODL", required_section, [&](value_writer& to) { to(chosen.models); });
  add("WHYS", 0, [&](value_writer& to) { to(chosen.reasons); });
  if (chosen.estimate) add("ESTI", 0, [&](value_writer& to) { to(*chosen.estimate); });
  if (chosen.estimate && !chosen.estimate->fit.empty())
    add("LIMI", 0, [&](value_writer& to) { transfer_limits(to, *chosen.estimate); });
  if (chosen.shift != shift_fit{}) add("SHFT", 0, [&](value_writer& to) { to(chosen.shift); });
  if (chosen.general_texts.size() != 0)
    add("GENE", required_section, [&](value_writer& to) { transfer_general(to, chosen); });
  if (chosen.membership) add("MEMB", 0, [&](value_writer& to) { to(*chosen.membership); });
  return std::move(out).finish();
}

}  // namespace mll
