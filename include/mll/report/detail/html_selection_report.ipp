// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "mll/report/detail/html_bar.hpp"
#include "mll/report/detail/html_page.hpp"
#include "mll/report/detail/html_text.hpp"
#include "mll/report/html_selection_report.hpp"

namespace mll::detail {

/// The interval of an expected accuracy as a picture.
MLL_LOCAL std::string html_interval(const accuracy_estimate& estimate) {
  const auto at = [](double share) { return fixed_number(1000 * std::clamp(share, 0.0, 1.0), 1); };
  return "<svg viewBox=\"-8 0 1016 46\" role=\"img\" aria-labelledby=\"expected\"><title "
         "id=\"expected\">Expected accuracy " +
         fixed_number(estimate.accuracy, 3) + ", 95 % interval " + fixed_number(estimate.low, 3) + " to " +
         fixed_number(estimate.high, 3) +
         "</title><rect class=\"t\" y=\"8\" width=\"1000\" height=\"12\" rx=\"6\"/>"
         "<rect class=\"a\" opacity=\".45\" x=\"" +
         at(estimate.low) + "\" y=\"8\" width=\"" + at(std::max(0.004, estimate.high - estimate.low)) +
         "\" height=\"12\" rx=\"6\"/><circle class=\"a\" cx=\"" + at(estimate.accuracy) +
         "\" cy=\"14\" r=\"8\"/><text x=\"0\" y=\"42\" font-size=\"15\" opacity=\".7\">0</text>"
         "<text x=\"1000\" y=\"42\" font-size=\"15\" opacity=\".7\" text-anchor=\"end\">1</text></svg>\n";
}

/// The heads of a class; `at` goes on to the reasons of the next one.
MLL_LOCAL std::string html_heads(const selection& chosen, std::size_t y, std::size_t& at) {
  std::string out;
  constexpr std::size_t shown = 8;
  std::size_t count = 0;
  for (; at < chosen.reasons.size() && chosen.reasons[at].target.index() == y; ++at) {
    if (++count > shown) continue;
    const head_reason& reason = chosen.reasons[at];
    const auto response = static_cast<double>(reason.response);
    const auto rival = static_cast<double>(reason.rival_response);
    out += "<tr><th scope=\"row\">" + html_text(reason.name) + " <span class=\"id\">" +
           html_text(reason.model) + "</span></th><td class=\"n\">" +
           fixed_number(static_cast<double>(reason.weight), 2) + "</td><td class=\"n\">" +
           fixed_number(response, 2) + "</td><td class=\"bar\">" + html_bar(response) + html_bar(rival, "r") +
           "</td><td class=\"n\">" + fixed_number(rival, 2) + "</td><td>" +
           html_text(chosen.match.task[reason.rival].name) + "</td><td class=\"n\">" +
           (reason.gain > 0 ? fixed_number(static_cast<double>(reason.gain), 3) : std::string{"–"}) +
           "</td></tr>\n";
  }
  if (count == 0) return "<p class=\"note\">No head votes for this class.</p>\n";
  out =
      "<div class=\"scroll\">\n<table>\n<caption class=\"hide\">Heads that vote for the "
      "class</caption>\n<thead><tr><th "
      "scope=\"col\">head</th><th scope=\"col\" class=\"n\">weight</th><th scope=\"col\" "
      "class=\"n\">response</th><th "
      "scope=\"col\"><span class=\"hide\">response above that to the rival</span></th><th scope=\"col\" "
      "class=\"n\">to "
      "rival</th><th scope=\"col\">strongest rival</th><th scope=\"col\" "
      "class=\"n\">gain</th></tr></thead>\n<tbody>\n" +
      out + "</tbody>\n</table>\n</div>\n";
  if (count > shown)
    out += "<p class=\"note\">and " + std::to_string(count - shown) + " more of smaller weight</p>\n";
  return out;
}

MLL_LOCAL std::string html_class(const selection& chosen, const class_words& words, std::size_t y,
                                 std::size_t& at) {
  const class_match& found = chosen.match.classes[y];
  std::string out = "<article class=\"card\">\n<div class=\"head\"><h3>" +
                    html_text(chosen.match.task[class_id{y}].name) + "</h3>";
  if (chosen.estimate && y < chosen.estimate->per_class.size() &&
      std::isfinite(chosen.estimate->per_class[y]))
    out += "<span>expected accuracy <strong>" + fixed_number(chosen.estimate->per_class[y], 2) +
           "</strong></span>";
  out += "</div>\n";
  if (words.node.empty()) {
    out += "<p class=\"gloss\"><span class=\"bad\">no node with this name</span></p>\n";
  } else {
    out += "<p class=\"gloss\"><strong>" + html_text(words.node) + "</strong>: " + html_text(words.gloss) +
           "</p>\n";
    out += "<p class=\"note\">Matched " + html_text(words.how);
    if (!found.candidates.empty())
      out += ", probability " + fixed_number(found.candidates.front().probability, 2);
    out += "; " + html_text(words.coverage) + ".";
    if (const sense_candidate* next = found.runner_up()) {
      out += " Next sense: " + html_text(words.runner_up) + ", probability " +
             fixed_number(next->probability, 2) + ": " + html_text(words.runner_up_gloss) + ".";
    }
    if (!found.same_node_as.empty())
      out += " <span class=\"bad\">Shares its node with '" +
             html_text(chosen.match.task[found.same_node_as.front()].name) + "'.</span>";
    out += "</p>\n";
  }
  return out + html_heads(chosen, y, at) + "</article>\n";
}

/// Pairs of classes that heads confuse: by the mean response to the rival, relative to that to the class.
MLL_LOCAL std::string html_confusions(const selection& chosen) {
  struct pair {
    std::size_t y;
    std::size_t rival;
    double ratio;
  };
  std::vector<pair> all;
  const std::size_t classes = chosen.match.classes.size();
  std::vector<std::vector<double>> own(classes, std::vector<double>(classes, 0));
  std::vector<double> total(classes, 0);
  for (const head_reason& reason : chosen.reasons) {
    const auto weight = static_cast<double>(reason.weight);
    own[reason.target.index()][reason.rival.index()] += weight * static_cast<double>(reason.rival_response);
    total[reason.target.index()] += weight * static_cast<double>(reason.response);
  }
  for (std::size_t y = 0; y < classes; ++y) {
    for (std::size_t z = 0; z < classes; ++z) {
      if (own[y][z] > 0 && total[y] > 0) all.push_back({y, z, own[y][z] / total[y]});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const pair& a, const pair& b) { return a.ratio > b.ratio; });
  if (all.size() > 10) all.resize(10);
  if (all.empty()) return {};
  std::string out =
      "<section>\n<h2>Confusions to expect</h2>\n<div class=\"card scroll\">\n<table>\n<caption>Responses of "
      "a class's heads "
      "to a rival, relative to the class itself</caption>\n<thead><tr><th scope=\"col\">class</th><th "
      "scope=\"col\">taken "
      "for it</th><th scope=\"col\" class=\"n\">relative response</th><th scope=\"col\"><span "
      "class=\"hide\">as a "
      "bar</span></th></tr></thead>\n<tbody>\n";
  for (const auto& [y, rival, ratio] : all)
    out += "<tr><th scope=\"row\">" + html_text(chosen.match.task[class_id{y}].name) + "</th><td>" +
           html_text(chosen.match.task[class_id{rival}].name) + "</td><td class=\"n\">" +
           fixed_number(ratio, 2) + "</td><td class=\"bar\">" + html_bar(ratio, "r") + "</td></tr>\n";
  return out + "</tbody>\n</table>\n</div>\n</section>\n";
}

MLL_LOCAL std::string html_cost(const selection& chosen, std::span<const model_facts> models,
                                std::string& facts) {
  std::string rows;
  std::uint64_t parameters = 0;
  double latency = 0;
  bool all_parameters = true;
  bool all_latencies = true;
  for (const selected_model& used : chosen.models) {
    const auto known =
        std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.name == used.name; });
    const model_facts about = known == models.end() ? model_facts{.name = used.name} : *known;
    parameters += about.parameters;
    latency += about.latency;
    all_parameters = all_parameters && about.parameters != 0;
    all_latencies = all_latencies && about.latency > 0;
    std::size_t heads = 0;
    for (const head_id head : chosen.ensemble.heads) heads += head.model == used.id ? 1 : 0;
    rows += "<tr><th scope=\"row\">" + html_text(used.name) + "</th><td class=\"n\">" +
            std::to_string(heads) + " of " + std::to_string(used.head_names.size()) +
            "</td><td class=\"n\">" +
            (about.parameters != 0 ? grouped_number(about.parameters) : std::string{"–"}) +
            "</td><td class=\"n\">" +
            (about.bytes != 0 ? fixed_number(static_cast<double>(about.bytes) / 1e6, 2) : std::string{"–"}) +
            "</td><td class=\"n\">" +
            (about.latency > 0 ? fixed_number(about.latency * 1e3, 2) : std::string{"–"}) + "</td></tr>\n";
  }
  facts += html_fact(std::to_string(chosen.models.size()), "experts run");
  if (all_parameters && parameters != 0) facts += html_fact(grouped_number(parameters), "parameters");
  if (all_latencies && latency > 0) facts += html_fact(fixed_number(latency * 1e3, 1) + " ms", "per sample");
  return "<section>\n<h2>What it costs</h2>\n<div class=\"card scroll\">\n<table>\n<caption>Models that run "
         "for each "
         "sample</caption>\n<thead><tr><th scope=\"col\">model</th><th scope=\"col\" class=\"n\">heads "
         "used</th><th "
         "scope=\"col\" class=\"n\">parameters</th><th scope=\"col\" class=\"n\">MB</th><th scope=\"col\" "
         "class=\"n\">ms per "
         "sample</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n</div>\n</section>\n";
}

MLL_DEFINE std::string render(const std::string& title, const selection& chosen,
                              const std::vector<class_words>& words, std::span<const model_facts> models) {
  const std::string name = html_text(title);
  std::string facts = html_fact(std::to_string(chosen.match.classes.size()), "classes");
  const bool estimated = chosen.estimate && std::isfinite(chosen.estimate->accuracy);
  if (estimated)
    facts = html_fact(fixed_number(chosen.estimate->accuracy, 3), "expected accuracy") +
            html_fact(fixed_number(chosen.estimate->low, 2) + "–" + fixed_number(chosen.estimate->high, 2),
                      "95 % interval") +
            facts;
  facts += html_fact(std::to_string(chosen.ensemble.heads.size()), "heads");
  const std::string cost = html_cost(chosen, models, facts);
  std::string body = "<header>\n<h1>" + name + "</h1>\n<p>A task solved by the heads of a hub, chosen by " +
                     html_text(chosen.method) +
                     "; no sample of the task was seen.</p>\n<dl class=\"facts\">\n" + facts +
                     "</dl>\n</header>\n";
  if (estimated)
    body +=
        "<section>\n<h2>Expected accuracy</h2>\n<p class=\"note\">By cross-validation on the representation "
        "samples; it "
        "holds for samples like these.</p>\n<div class=\"card\">\n" +
        html_interval(*chosen.estimate) + "</div>\n</section>\n";
  body +=
      "<section>\n<h2>Classes</h2>\n<p class=\"note\">Bars: the mean response of a head to samples of the "
      "class, above "
      "that to its strongest rival. Gain: what the head adds to those before it.</p>\n";
  std::size_t at = 0;
  for (std::size_t y = 0; y < words.size(); ++y) body += html_class(chosen, words[y], y, at);
  body += "</section>\n" + html_confusions(chosen) + cost +
          "<footer>Written by mll from measured responses.</footer>\n";
  return html_page(name, body);
}

}  // namespace mll::detail
