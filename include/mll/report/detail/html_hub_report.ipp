// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "mll/report/detail/html_bar.hpp"
#include "mll/report/detail/html_page.hpp"
#include "mll/report/detail/html_ring.ipp"
#include "mll/report/detail/html_text.hpp"
#include "mll/report/detail/png_data_uri.hpp"
#include "mll/report/html_hub_report.hpp"

namespace mll::detail {

/// Area under the curve from which a head knows a node, and below which the hub is blind to it.
inline constexpr double known_auc = 0.9;
inline constexpr double blind_auc = 0.7;

/// Facts that the parts of a hub's report share.
struct hub_summary {
  std::vector<std::size_t> model_of;   // per head
  std::vector<std::string> head_name;  // per head
  std::vector<std::size_t> best_head;  // per node of the layout
  std::vector<double> best_auc;        // per node of the layout
  std::vector<double> auc;             // per node of the tree: of a group, the mean by samples
  std::vector<std::string> hint;       // per node of the tree
};

MLL_LOCAL hub_summary summarise(const hub_picture& picture) {
  hub_summary out;
  for (std::size_t m = 0; m < picture.labelled; ++m) {
    for (const auto& name : picture.models[m].heads) {
      out.model_of.push_back(m);
      out.head_name.push_back(name);
    }
  }
  for (Eigen::Index v = 0; v < picture.aucs.rows(); ++v) {
    Eigen::Index best = 0;
    out.best_auc.push_back(static_cast<double>(picture.aucs.row(v).maxCoeff(&best)));
    out.best_head.push_back(static_cast<std::size_t>(best));
  }
  const auto& nodes = picture.tree.nodes;
  out.auc.assign(nodes.size(), 0);
  out.hint.resize(nodes.size());
  for (std::size_t at = nodes.size(); at-- > 0;) {
    const auto& node = nodes[at];
    out.hint[at] =
        node.name + ": " + grouped_number(node.samples) + (node.samples == 1 ? " sample" : " samples");
    if (node.position != sample_tree::none) {
      const std::size_t head = out.best_head[node.position];
      out.auc[at] = out.best_auc[node.position];
      out.hint[at] += ", best head " + out.head_name[head] + " of " +
                      picture.models[out.model_of[head]].facts.name + ", " + fixed_number(out.auc[at], 3);
      continue;
    }
    for (const std::size_t child : node.children)
      out.auc[at] += out.auc[child] * static_cast<double>(nodes[child].samples);
    out.auc[at] /= std::max(1.0, static_cast<double>(node.samples));
    out.hint[at] += ", mean of best heads " + fixed_number(out.auc[at], 3);
  }
  return out;
}

MLL_LOCAL std::string html_node_rows(const hub_picture& picture, const hub_summary& hub,
                                     const std::vector<std::size_t>& leaves, bool short_rows) {
  std::string out;
  for (const std::size_t at : leaves) {
    const auto& node = picture.tree.nodes[at];
    const std::size_t head = hub.best_head[node.position];
    const double auc = hub.best_auc[node.position];
    out += "<tr><th scope=\"row\">" + html_text(node.name) + "</th><td class=\"n\">" +
           std::to_string(node.samples) + "</td><td class=\"n" + (auc < blind_auc ? " bad" : "") + "\">" +
           fixed_number(auc, 3) + "</td>";
    if (!short_rows)
      out += "<td>" + html_text(hub.head_name[head]) + " <span class=\"id\">" +
             html_text(picture.models[hub.model_of[head]].facts.name) + "</span></td><td class=\"gloss\">" +
             html_text(node.gloss) + "</td>";
    out += "</tr>\n";
  }
  return out;
}

/// Heads by nodes, nodes in the order of the tree, heads in the order of the node that they know best.
MLL_LOCAL std::string html_heat_map(const hub_picture& picture) {
  const auto& leaves = picture.tree.leaves;
  const auto heads = static_cast<std::size_t>(picture.aucs.cols());
  const auto auc = [&](std::size_t row, std::size_t head) {
    return picture.aucs(static_cast<Eigen::Index>(picture.tree.nodes[leaves[row]].position),
                        static_cast<Eigen::Index>(head));
  };
  std::vector<std::size_t> best_row(heads, 0);
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t r = 1; r < leaves.size(); ++r) {
      if (auc(r, h) > auc(best_row[h], h)) best_row[h] = r;
    }
  }
  std::vector<std::size_t> order(heads);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return best_row[a] < best_row[b]; });
  std::vector<std::uint8_t> levels(leaves.size() * heads);
  for (std::size_t r = 0; r < leaves.size(); ++r) {
    for (std::size_t c = 0; c < heads; ++c) {
      const float above = std::max(0.0F, auc(r, order[c]) - 0.5F) * 2;
      levels[r * heads + c] = static_cast<std::uint8_t>(std::lround(15 * std::min(1.0F, above)));
    }
  }
  constexpr double left = 130;
  constexpr double width = 1000;
  const double height = std::clamp(static_cast<double>(leaves.size()) * 2.2, 120.0, 900.0);
  std::string out =
      "<svg viewBox=\"0 0 " + fixed_number(left + width, 0) + ' ' + fixed_number(height + 24, 0) +
      "\" role=\"img\" aria-labelledby=\"map-title map-text\">\n<title id=\"map-title\">Heads by "
      "nodes</title>\n"
      "<desc id=\"map-text\">" +
      std::to_string(leaves.size()) + " rows of nodes, " + std::to_string(heads) +
      " columns of heads; the table of nodes below has the best head of each node.</desc>\n"
      "<rect x=\"" +
      fixed_number(left, 0) + "\" width=\"" + fixed_number(width, 0) + "\" height=\"" +
      fixed_number(height, 1) + "\" class=\"t\" opacity=\".45\"/>\n<image x=\"" + fixed_number(left, 0) +
      "\" width=\"" + fixed_number(width, 0) + "\" height=\"" + fixed_number(height, 1) +
      "\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"" +
      png_data_uri(levels, heads, {60, 140, 230}) + "\"/>\n";
  // Names of the largest groups that do not contain one another, with lines between them.
  std::size_t row = 0;
  const double step = height / static_cast<double>(leaves.size());
  const auto rows_below = [&](const auto& self, std::size_t at) -> std::size_t {
    const auto& node = picture.tree.nodes[at];
    std::size_t count = node.position != sample_tree::none ? 1 : 0;
    for (const std::size_t child : node.children) count += self(self, child);
    return count;
  };
  const auto name_groups = [&](const auto& self, std::size_t at) -> void {
    const auto& node = picture.tree.nodes[at];
    const std::size_t rows = rows_below(rows_below, at);
    const double tall = static_cast<double>(rows) * step;
    if (node.depth > 0 && (tall < height / 7 || node.children.empty())) {
      const double top = static_cast<double>(row) * step;
      if (tall > 11) {
        out += "<text x=\"" + fixed_number(left - 8, 0) + "\" y=\"" + fixed_number(top + tall / 2, 1) +
               "\" text-anchor=\"end\" dy=\".35em\" font-size=\"11\">" + html_text(shortened(node.name, 19)) +
               "</text>\n";
        out += "<path d=\"M" + fixed_number(left - 4, 1) + ' ' + fixed_number(top + 1, 1) + "V" +
               fixed_number(top + tall - 1, 1) + "\" stroke=\"currentColor\" stroke-opacity=\".35\"/>\n";
      }
      row += rows;
      return;
    }
    if (node.position != sample_tree::none) ++row;
    for (const std::size_t child : node.children) self(self, child);
  };
  name_groups(name_groups, 0);
  out += "<text x=\"" + fixed_number(left, 0) + "\" y=\"" + fixed_number(height + 17, 0) +
         "\" font-size=\"11\" opacity=\".7\">" + std::to_string(heads) +
         " heads, by the node that they know best</text>\n";
  return out + "</svg>\n";
}

MLL_LOCAL std::string html_model_rows(const hub_picture& picture) {
  std::string out;
  std::size_t first = 0;
  for (std::size_t m = 0; m < picture.models.size(); ++m) {
    const auto& [facts, heads] = picture.models[m];
    const bool labelled = m < picture.labelled;
    const std::size_t width = labelled ? heads.size() : facts.heads;
    std::size_t known = 0;
    for (Eigen::Index v = 0; labelled && v < picture.aucs.rows(); ++v) {
      const float best = picture.aucs.row(v)
                             .segment(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(width))
                             .maxCoeff();
      known += static_cast<double>(best) >= known_auc ? 1 : 0;
    }
    const double share = static_cast<double>(known) / static_cast<double>(picture.aucs.rows());
    if (labelled) first += width;
    const auto or_dash = [](bool is_known, const std::string& text) {
      return is_known ? text : std::string{"–"};
    };
    out += "<tr><th scope=\"row\">" + html_text(facts.name) + "</th><td class=\"n\">" +
           or_dash(width != 0, std::to_string(width)) + "</td><td class=\"n\">" +
           or_dash(labelled, std::to_string(known)) + "</td><td class=\"bar\">" +
           (labelled ? html_bar(share) : std::string{}) + "</td><td class=\"n\">" +
           or_dash(facts.parameters != 0, grouped_number(facts.parameters)) + "</td><td class=\"n\">" +
           or_dash(facts.bytes != 0, fixed_number(static_cast<double>(facts.bytes) / 1e6, 2)) +
           "</td><td class=\"n\">" + or_dash(facts.latency > 0, fixed_number(facts.latency * 1e3, 2)) +
           "</td><td>" +
           (facts.failure.empty() ? "<span class=\"tag\">" +
                                        html_text(facts.state.empty() ? "labelled" : facts.state) + "</span>"
                                  : "<span class=\"bad\">" + html_text(facts.failure) + "</span>") +
           "</td></tr>\n";
  }
  return out;
}

MLL_DEFINE std::string render(const hub_picture& picture) {
  const hub_summary hub = summarise(picture);
  const auto& tree = picture.tree;
  std::vector<std::size_t> by_auc = tree.leaves;
  std::stable_sort(by_auc.begin(), by_auc.end(), [&](std::size_t a, std::size_t b) {
    return hub.best_auc[tree.nodes[a].position] < hub.best_auc[tree.nodes[b].position];
  });
  std::size_t known = 0;
  std::size_t blind = 0;
  for (const double auc : hub.best_auc) {
    known += auc >= known_auc ? 1 : 0;
    blind += auc < blind_auc ? 1 : 0;
  }
  const std::string title = html_text(picture.title);
  std::string body = "<header>\n<h1>" + title +
                     "</h1>\n<p>What this hub knows, and where it is blind: every head was "
                     "tested on samples of the nodes of a semantic graph.</p>\n<dl class=\"facts\">\n";
  body += html_fact(grouped_number(picture.models.size()), picture.models.size() == 1 ? "model" : "models");
  body += html_fact(grouped_number(hub.model_of.size()), "heads");
  body += html_fact(grouped_number(tree.leaves.size()), "nodes with samples");
  body += html_fact(grouped_number(tree.nodes.front().samples), "samples");
  body += html_fact(std::to_string(known), "nodes known (best AUC ≥ .9)");
  body += html_fact(std::to_string(blind), "blind spots (best AUC &lt; .7)");
  body +=
      "</dl>\n</header>\n<section>\n<h2>The map</h2>\n<p class=\"note\">Angle: samples. Colour: the best "
      "area under "
      "the curve (AUC) of any head, of the node against all other samples; of a group, the mean. Point at an "
      "arc "
      "for its name and head.</p>\n<div class=\"card ring\">\n";
  body += html_ring(tree, hub.auc, hub.hint, "What the hub knows",
                    std::to_string(tree.leaves.size()) + " nodes, " + std::to_string(known) +
                        " of them with a head of AUC .9 or more, " + std::to_string(blind) +
                        " with none of .7. The table of nodes below has the same numbers.");
  body += html_scale() + "</div>\n<div class=\"split\">\n";
  const auto some = [&](const std::vector<std::size_t>& leaves, const char* name) {
    body += "<div class=\"card\">\n<table>\n<caption>" + std::string{name} +
            "</caption>\n<thead><tr><th scope=\"col\">node</th><th scope=\"col\" class=\"n\">samples</th><th "
            "scope=\"col\" class=\"n\">best AUC</th></tr></thead>\n<tbody>\n" +
            html_node_rows(picture, hub, leaves, true) + "</tbody>\n</table>\n</div>\n";
  };
  const std::size_t shown = std::min<std::size_t>(10, by_auc.size());
  some({by_auc.begin(), by_auc.begin() + static_cast<std::ptrdiff_t>(shown)}, "Known least");
  some({by_auc.rbegin(), by_auc.rbegin() + static_cast<std::ptrdiff_t>(shown)}, "Known best");
  body +=
      "</div>\n</section>\n<section>\n<h2>Heads and nodes</h2>\n<p class=\"note\">Each row is a node, in the "
      "order of the graph, each column a head; the darker the cell, the better the head tells the node from "
      "the "
      "others. A head beside the diagonal knows relatives, a row without colour is a blind spot.</p>\n<div "
      "class=\"card\">\n";
  body += html_heat_map(picture);
  body +=
      "<details>\n<summary>All nodes with their best heads</summary>\n<div "
      "class=\"scroll\">\n<table>\n<caption>Nodes in "
      "the order of the graph</caption>\n<thead><tr><th scope=\"col\">node</th><th scope=\"col\" "
      "class=\"n\">samples</th>"
      "<th scope=\"col\" class=\"n\">best AUC</th><th scope=\"col\">best head</th><th "
      "scope=\"col\">meaning</th></tr>"
      "</thead>\n<tbody>\n";
  body += html_node_rows(picture, hub, tree.leaves, false);
  body +=
      "</tbody>\n</table>\n</div>\n</details>\n</div>\n</section>\n<section>\n<h2>Models</h2>\n<div "
      "class=\"card scroll\">\n"
      "<table>\n<caption>Nodes known: nodes for which a head of the model has an AUC of .9 or "
      "more</caption>\n<thead><tr><th "
      "scope=\"col\">model</th><th scope=\"col\" class=\"n\">heads</th><th scope=\"col\" class=\"n\">nodes "
      "known</th><th "
      "scope=\"col\"><span class=\"hide\">share of nodes known</span></th><th scope=\"col\" "
      "class=\"n\">parameters</th><th "
      "scope=\"col\" class=\"n\">MB</th><th scope=\"col\" class=\"n\">ms per sample</th><th "
      "scope=\"col\">label</th></tr>"
      "</thead>\n<tbody>\n";
  body += html_model_rows(picture) +
          "</tbody>\n</table>\n</div>\n</section>\n<footer>Written by mll from measured "
          "responses; nothing here is taken from the models' own descriptions but their names.</footer>\n";
  return html_page(title, body);
}

}  // namespace mll::detail
