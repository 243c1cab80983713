// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <iomanip>
#include <ios>
#include <locale>
#include <sstream>

#include "mll/report/explain.hpp"

namespace mll {

MLL_DEFINE std::string explain(const selection& chosen) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed;
  out << "method " << chosen.method << ": " << detail::count_of(chosen.ensemble.heads.size(), "head")
      << " of " << detail::count_of(chosen.models.size(), "model") << '\n';
  if (chosen.estimate && !std::isnan(chosen.estimate->accuracy)) {
    out << std::setprecision(3) << "expected accuracy " << chosen.estimate->accuracy << " (95% interval "
        << chosen.estimate->low << " to " << chosen.estimate->high << ")\n";
  }
  std::size_t at = 0;
  for (std::size_t y = 0; y < chosen.ensemble.votes.size(); ++y) {
    out << "  " << chosen.match.task[class_id{y}].name;
    if (chosen.estimate && !std::isnan(chosen.estimate->per_class[y])) {
      out << std::setprecision(2) << " (expected accuracy " << chosen.estimate->per_class[y] << ')';
    }
    out << '\n';
    for (; at < chosen.reasons.size() && chosen.reasons[at].target.index() == y; ++at) {
      const head_reason& reason = chosen.reasons[at];
      out << "    '" << reason.name << "' of " << reason.model << std::setprecision(2) << ": mean response "
          << reason.response << " to this class, " << reason.rival_response << " to its strongest rival '"
          << chosen.match.task[reason.rival].name << "'; reuse score " << reason.reuse_score;
      if (reason.gain > 0) out << std::setprecision(4) << ", gain " << reason.gain;
      out << '\n';
    }
  }
  if (chosen.ensemble.correction) {
    out << "  plus a linear correction over all " << detail::count_of(chosen.ensemble.heads.size(), "head")
        << '\n';
  }
  return out.str();
}

}  // namespace mll
