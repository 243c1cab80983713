// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <vector>

#include "mll/report/detail/html_page.hpp"
#include "mll/report/detail/html_text.hpp"
#include "mll/report/detail/sample_tree.hpp"

namespace mll::detail {

/// A ring of a tree as SVG: the angle of a node is its share of the samples, groups are inside, leaves reach
/// the rim.
MLL_LOCAL std::string html_ring(const sample_tree& tree, const std::vector<double>& auc,
                                const std::vector<std::string>& hint, const std::string& title,
                                const std::string& description) {
  constexpr double centre = 500;
  constexpr double hole = 70;
  constexpr double rim = 372;
  std::size_t deepest = 1;
  for (const auto& each : tree.nodes) deepest = std::max(deepest, each.depth);
  // Groups share the inner part; their rings get thinner outwards, as their number grows.
  const auto radius = [&](std::size_t depth) {
    return hole +
           (rim - 40 - hole) * std::pow(static_cast<double>(depth) / static_cast<double>(deepest), 0.85);
  };
  const auto point = [&](double r, double angle) {
    return fixed_number(centre + r * std::sin(angle), 1) + ' ' +
           fixed_number(centre - r * std::cos(angle), 1);
  };
  std::string arcs;
  std::string words;
  const auto write = [&](double r, double angle, const std::string& text, bool radial, double size) {
    double turn = angle * 180 / std::numbers::pi;
    std::string anchor = "middle";
    if (radial) {
      const bool left = angle > std::numbers::pi;
      anchor = left ? "end" : "start";
      turn += left ? 90 : -90;
    } else if (angle > std::numbers::pi / 2 && angle < 1.5 * std::numbers::pi) {
      turn += 180;
    }
    const std::string place = point(r, angle);
    const std::string x = place.substr(0, place.find(' '));
    const std::string y = place.substr(place.find(' ') + 1);
    words += "<text x=\"" + x + "\" y=\"" + y + "\" transform=\"rotate(" + fixed_number(turn, 1) + ' ' + x +
             ' ' + y + ")\" text-anchor=\"" + anchor + "\" dy=\".35em\" font-size=\"" +
             fixed_number(size, 1) + "\">" + html_text(text) + "</text>\n";
  };
  const double all = std::max(1.0, static_cast<double>(tree.nodes.front().samples));
  const auto draw = [&](const auto& self, std::size_t at, double from) -> void {
    const auto& node = tree.nodes[at];
    const double to = from + 2 * std::numbers::pi * static_cast<double>(node.samples) / all;
    const bool leaf = node.position != sample_tree::none;
    if (node.depth > 0) {
      const double inner = radius(node.depth - 1);
      const double outer = leaf ? rim : radius(node.depth);
      const double end =
          std::min(to, from + 2 * std::numbers::pi - 1e-3);  // SVG cannot draw a full circle as an arc
      const char* large = end - from > std::numbers::pi ? "1" : "0";
      const std::string ro = fixed_number(outer, 1);
      const std::string ri = fixed_number(inner, 1);
      arcs += "<path class=\"arc f" + std::to_string(html_step(auc[at])) + (leaf ? "" : " in") + "\" d=\"M" +
              point(outer, from) + "A" + ro + ' ' + ro + " 0 " + large + " 1 " + point(outer, end) + "L" +
              point(inner, end) + "A" + ri + ' ' + ri + " 0 " + large + " 0 " + point(inner, from) +
              "Z\"><title>" + html_text(hint[at]) + "</title></path>\n";
      const double middle = (from + to) / 2;
      const double length = (to - from) * (inner + outer) / 2;
      const auto letters = static_cast<double>(node.name.size());
      if (leaf && (to - from) * rim > 8) {
        write(rim + 6, middle, shortened(node.name, 22), true, 9.5);
      } else if (!leaf && length > 6 * letters + 8 && outer - inner > 12) {
        write((inner + outer) / 2, middle, node.name, false, 10.5);
      }
    }
    for (const std::size_t child : node.children) {
      self(self, child, from);
      from += 2 * std::numbers::pi * static_cast<double>(tree.nodes[child].samples) / all;
    }
  };
  draw(draw, 0, 0);
  return "<svg viewBox=\"15 15 970 970\" role=\"img\" aria-labelledby=\"ring-title ring-text\">\n<title "
         "id=\"ring-title\">" +
         title + "</title>\n<desc id=\"ring-text\">" + description + "</desc>\n" + arcs + words +
         "<text x=\"500\" y=\"496\" text-anchor=\"middle\" font-size=\"34\" font-weight=\"600\">" +
         std::to_string(tree.leaves.size()) +
         "</text>\n<text x=\"500\" y=\"520\" text-anchor=\"middle\" font-size=\"14\" opacity=\".7\">" +
         (tree.leaves.size() == 1 ? "node" : "nodes") + "</text>\n</svg>\n";
}

}  // namespace mll::detail
