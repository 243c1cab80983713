// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"

namespace mll::detail {

/// Number of steps of the colour scale of an area under the curve.
inline constexpr int html_steps = 7;

/// The step of an area under the curve: below .6, .7, .8, .9, .95, .99, and above.
[[nodiscard]] inline int html_step(double auc) {
  int out = 0;
  for (const double limit : {0.6, 0.7, 0.8, 0.9, 0.95, 0.99}) out += auc >= limit ? 1 : 0;
  return out;
}

/// A complete HTML document: styles for light and dark; nothing is loaded from elsewhere, and the content
/// policy forbids it.
/// @param[in] title escaped
/// @param[in] body  HTML
MLL_DECLARE [[nodiscard]] std::string html_page(std::string_view title, std::string_view body);

/// The legend of the colour scale.
MLL_DECLARE [[nodiscard]] std::string html_scale();

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/report/detail/html_page.ipp"
#endif
