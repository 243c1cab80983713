// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "mll/report/detail/html_text.hpp"

namespace mll::detail {

/// A bar of a share in [0, 1], hidden from screen readers, which read the number beside it.
[[nodiscard]] inline std::string html_bar(double share, const char* kind = "a") {
  const double width = 100 * std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0);
  std::string out = "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">";
  out += "<rect class=\"t\" width=\"100\" height=\"10\"/><rect class=\"";
  out += kind;
  out += "\" width=\"" + fixed_number(width, 1) + "\" height=\"10\"/></svg>";
  return out;
}

/// A large number with its name.
[[nodiscard]] inline std::string html_fact(const std::string& value, const std::string& name) {
  return "<div><dt>" + name + "</dt><dd>" + value + "</dd></div>\n";
}

}  // namespace mll::detail
