// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "mll/report/detail/html_bar.hpp"
#include "mll/report/detail/html_page.hpp"
#include "mll/report/detail/html_text.hpp"
#include "mll/report/detail/png_data_uri.hpp"
#include "mll/report/html_batch_report.hpp"

namespace mll::detail {

/// Keeps a new example unless it comes after the last. @return its place, or null
/// @param[in] at where the new one comes
MLL_LOCAL batch_picture::example* keep(std::vector<batch_picture::example>& kept, std::size_t at,
                                       std::size_t max_examples, const batch_picture::example& made) {
  if (at >= max_examples) return nullptr;
  kept.insert(kept.begin() + static_cast<std::ptrdiff_t>(at), made);
  if (kept.size() > max_examples) kept.pop_back();
  return &kept[at];
}

MLL_DEFINE std::pair<batch_picture::example*, batch_picture::example*> add_answer(
    batch_picture& to, const std::string& name, std::span<const float> probabilities,
    std::optional<class_id> truth, bool is_rejected) {
  const auto highest = std::max_element(probabilities.begin(), probabilities.end());
  const auto top = static_cast<std::size_t>(highest - probabilities.begin());
  batch_picture::example made{.name = name, .probability = *highest, .runner_up = top};
  for (std::size_t y = 0; y < probabilities.size(); ++y) {
    if (y == top || (made.runner_up != top && probabilities[y] <= made.runner_up_probability)) continue;
    made.runner_up = y;
    made.runner_up_probability = probabilities[y];
  }
  std::int8_t is_correct = -1;
  if (truth) {
    made.truth = truth->index();
    is_correct = truth->index() == top ? 1 : 0;
  }
  to.answers.push_back({*highest, static_cast<std::uint32_t>(top), is_correct, is_rejected});
  // Of equals the first are sure ones, and the last unsure ones: samples that differ.
  auto& sure = to.sure[top];
  auto& unsure = to.unsure[top];
  const auto after = std::find_if(sure.begin(), sure.end(),
                                  [&](const auto& each) { return each.probability < made.probability; });
  const auto before = std::find_if(unsure.begin(), unsure.end(),
                                   [&](const auto& each) { return each.probability >= made.probability; });
  const auto at_sure = static_cast<std::size_t>(after - sure.begin());
  const auto at_unsure = static_cast<std::size_t>(before - unsure.begin());
  return {keep(sure, at_sure, to.max_examples, made), keep(unsure, at_unsure, to.max_examples, made)};
}

/// Counts of the answers, of all or of one class.
struct answer_counts {
  std::size_t samples = 0;
  std::size_t answered = 0;  // from the threshold on
  std::size_t known = 0;     // answered, and the truth is known
  std::size_t correct = 0;
  double confidence = 0;  // sum of the probabilities

  void add(const batch_picture::answer& each, float threshold) {
    ++samples;
    confidence += static_cast<double>(each.probability);
    if (each.is_rejected || each.probability < threshold) return;
    ++answered;
    if (each.is_correct < 0) return;
    ++known;
    correct += each.is_correct == 1 ? 1 : 0;
  }
  [[nodiscard]] std::string share_answered() const { return share(answered, samples); }
  [[nodiscard]] std::string accuracy() const { return share(correct, known); }
  [[nodiscard]] double mean_confidence() const {
    return confidence / std::max(1.0, static_cast<double>(samples));
  }
  static std::string share(std::size_t part, std::size_t all) {
    return all == 0 ? "–" : fixed_number(static_cast<double>(part) / static_cast<double>(all), 3);
  }
};

/// Samples by the probability of their most probable class; wrong answers, where known, on top.
MLL_LOCAL std::string html_confidence(const batch_picture& picture) {
  constexpr std::size_t bins = 20;
  std::array<std::size_t, bins> all{};
  std::array<std::size_t, bins> wrong{};
  for (const auto& each : picture.answers) {
    const auto bin = std::min(bins - 1, static_cast<std::size_t>(std::max(0.0F, each.probability) * bins));
    ++all[bin];
    wrong[bin] += each.is_correct == 0 ? 1 : 0;
  }
  const auto max_count =
      static_cast<double>(std::max<std::size_t>(1, *std::max_element(all.begin(), all.end())));
  std::string bars;
  std::string rows;
  for (std::size_t b = 0; b < bins; ++b) {
    const auto x = fixed_number(40 + 30 * static_cast<double>(b) + 2, 0);
    const auto bar = [&](std::size_t count, const char* kind) {
      const double height = 160 * static_cast<double>(count) / max_count;
      bars += "<rect class=\"" + std::string{kind} + "\" x=\"" + x + "\" y=\"" +
              fixed_number(180 - height, 1) + "\" width=\"26\" height=\"" + fixed_number(height, 1) + "\"/>";
    };
    if (all[b] != 0) bar(all[b], "a");
    if (wrong[b] != 0) bar(wrong[b], "r");
    const double from = static_cast<double>(b) / bins;
    rows += "<tr><th scope=\"row\">" + fixed_number(from, 2) + "–" + fixed_number(from + 1.0 / bins, 2) +
            "</th><td class=\"n\">" + std::to_string(all[b]) + "</td><td class=\"n\">" +
            std::to_string(wrong[b]) + "</td></tr>\n";
  }
  for (const int tenth : {0, 2, 4, 6, 8, 10})
    bars += "<text x=\"" + std::to_string(40 + 60 * tenth) +
            "\" y=\"200\" font-size=\"13\" opacity=\".7\" text-anchor=\"middle\">" +
            fixed_number(tenth / 10.0, 1) + "</text>";
  if (picture.threshold > 0) {
    const auto x = fixed_number(40 + 600 * static_cast<double>(std::min(1.0F, picture.threshold)), 1);
    bars += "<path class=\"line soft\" d=\"M" + x + " 10V182\"/><text x=\"" + x +
            "\" y=\"10\" dx=\"5\" dy=\"6\" font-size=\"13\" opacity=\".7\">threshold</text>";
  }
  bars += "<text x=\"36\" y=\"24\" font-size=\"13\" opacity=\".7\" text-anchor=\"end\">" +
          fixed_number(max_count, 0) + "</text>";
  return "<svg viewBox=\"0 0 660 208\" role=\"img\" aria-labelledby=\"confidence\"><title "
         "id=\"confidence\">Number of samples by the probability of their most probable "
         "class</title><path class=\"line axis\" d=\"M40 181H642\"/>" +
         bars +
         "</svg>\n<details>\n<summary>As a table</summary>\n<table>\n<thead><tr><th scope=\"col\">"
         "probability</th><th scope=\"col\" class=\"n\">samples</th><th scope=\"col\" class=\"n\">known to "
         "be "
         "wrong</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n</details>\n";
}

/// Share of wrong answers among the surest samples, up to each coverage.
struct risk_curve {
  std::vector<double> expected;  // 1 - mean probability
  std::vector<double> measured;  // where the truth of all is known
};

inline constexpr std::size_t risk_steps = 50;

MLL_LOCAL risk_curve risk_of(const batch_picture& picture) {
  std::vector<std::size_t> order(picture.answers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return picture.answers[a].probability > picture.answers[b].probability;
  });
  const bool known = std::all_of(picture.answers.begin(), picture.answers.end(),
                                 [](const auto& each) { return each.is_correct >= 0; });
  risk_curve out;
  double doubt = 0;
  std::size_t wrong = 0;
  std::size_t done = 0;
  for (std::size_t step = 1; step <= risk_steps; ++step) {
    const std::size_t end = std::max<std::size_t>(1, order.size() * step / risk_steps);
    for (; done < end; ++done) {
      const auto& each = picture.answers[order[done]];
      doubt += 1 - static_cast<double>(each.probability);
      wrong += each.is_correct == 0 ? 1 : 0;
    }
    out.expected.push_back(doubt / static_cast<double>(end));
    if (known) out.measured.push_back(static_cast<double>(wrong) / static_cast<double>(end));
  }
  return out;
}

MLL_LOCAL std::string html_risk(const batch_picture& picture) {
  const risk_curve risk = risk_of(picture);
  double top = *std::max_element(risk.expected.begin(), risk.expected.end());
  for (const double each : risk.measured) top = std::max(top, each);
  top = std::clamp(std::ceil(top * 10) / 10, 0.1, 1.0);
  const auto line = [&](const std::vector<double>& values, const char* kind) {
    std::string out = "<path class=\"line " + std::string{kind} + "\" d=\"";
    for (std::size_t i = 0; i < values.size(); ++i)
      out += (i == 0 ? "M" : "L") +
             fixed_number(40 + 600 * static_cast<double>(i + 1) / static_cast<double>(risk_steps), 0) + " " +
             fixed_number(180 - 160 * values[i] / top, 1);
    return out + "\"/>";
  };
  std::string drawn = line(risk.expected, "dash");
  if (!risk.measured.empty()) drawn += line(risk.measured, "curve");
  for (const int tenth : {0, 2, 4, 6, 8, 10})
    drawn += "<text x=\"" + std::to_string(40 + 60 * tenth) +
             "\" y=\"200\" font-size=\"13\" opacity=\".7\" text-anchor=\"middle\">" +
             fixed_number(tenth / 10.0, 1) + "</text>";
  drawn += "<text x=\"36\" y=\"24\" font-size=\"13\" opacity=\".7\" text-anchor=\"end\">" +
           fixed_number(top, 1) + "</text>";
  std::string rows;
  for (std::size_t i = risk_steps / 10 - 1; i < risk_steps; i += risk_steps / 10)
    rows += "<tr><th scope=\"row\">" + fixed_number(static_cast<double>(i + 1) / risk_steps, 1) +
            "</th><td class=\"n\">" + fixed_number(risk.expected[i], 3) + "</td><td class=\"n\">" +
            (risk.measured.empty() ? std::string{"–"} : fixed_number(risk.measured[i], 3)) + "</td></tr>\n";
  return "<svg viewBox=\"0 0 660 208\" role=\"img\" aria-labelledby=\"risk\"><title id=\"risk\">Share of "
         "wrong "
         "answers among the surest samples</title><path class=\"line axis\" d=\"M40 20V181H642\"/>" +
         drawn +
         "</svg>\n<details>\n<summary>As a table</summary>\n<table>\n<thead><tr><th scope=\"col\">coverage"
         "</th><th scope=\"col\" class=\"n\">expected risk</th><th scope=\"col\" class=\"n\">measured "
         "risk</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n</details>\n";
}

MLL_LOCAL std::string html_examples(const batch_picture& picture, const char* name,
                                    const std::vector<batch_picture::example>& examples, std::size_t y) {
  if (examples.empty()) return {};
  std::string out = "<h4>" + std::string{name} + "</h4>\n<div class=\"shots\">\n";
  for (const auto& each : examples) {
    const bool wrong = each.truth && *each.truth != y;
    out += "<figure>";
    if (const std::string image = image_data_uri(each.image); !image.empty())
      out += "<img alt=\"\" src=\"" + image + "\">";
    out += "<figcaption>" + html_text(shortened(each.name, 60)) + "<br>" +
           fixed_number(static_cast<double>(each.probability), 3);
    if (each.runner_up != y)
      out += "; " + html_text(picture.classes[each.runner_up]) + " " +
             fixed_number(static_cast<double>(each.runner_up_probability), 3);
    if (wrong) out += "<br><span class=\"bad\">is " + html_text(picture.classes[*each.truth]) + "</span>";
    out += "</figcaption></figure>\n";
  }
  return out + "</div>\n";
}

MLL_DEFINE std::string render(const std::string& title, const batch_picture& picture) {
  const std::string name = html_text(title);
  answer_counts all;
  std::vector<answer_counts> per_class(picture.classes.size());
  for (const auto& each : picture.answers) {
    all.add(each, picture.threshold);
    per_class[each.top].add(each, picture.threshold);
  }
  std::string body = "<header>\n<h1>" + name +
                     "</h1>\n<p>The answers to a batch of samples.</p>\n<dl class=\"facts\">\n" +
                     html_fact(grouped_number(all.samples), all.samples == 1 ? "sample" : "samples") +
                     html_fact(all.share_answered(), "answered");
  if (all.samples != 0) body += html_fact(fixed_number(all.mean_confidence(), 3), "mean confidence");
  if (all.known != 0) body += html_fact(all.accuracy(), "accuracy of answers");
  if (picture.estimate && picture.estimate->is_known())
    body += html_fact(fixed_number(picture.estimate->accuracy, 3), "expected accuracy");
  body += "</dl>\n</header>\n";
  if (all.samples != 0) {
    body +=
        "<section>\n<h2>Confidence</h2>\n<p class=\"note\">Samples by the probability of their most probable "
        "class" +
        std::string{all.known != 0 ? "; wrong ones in orange" : ""} + ".</p>\n<div class=\"card\">\n" +
        html_confidence(picture) +
        "</div>\n</section>\n<section>\n<h2>Risk against coverage</h2>\n<p class=\"note\">Wrong answers "
        "among the "
        "surest samples, for each share of them that is answered: dashed as expected from the probabilities" +
        std::string{all.known == all.answered && all.known != 0 ? ", solid as measured" : ""} +
        ".</p>\n<div class=\"card\">\n" + html_risk(picture) + "</div>\n</section>\n";
  }
  body += "<section>\n<h2>Classes</h2>\n";
  for (std::size_t y = 0; y < picture.classes.size(); ++y) {
    const answer_counts& own = per_class[y];
    body += "<article class=\"card\">\n<div class=\"head\"><h3>" + html_text(picture.classes[y]) +
            "</h3><span>" + grouped_number(own.samples) + (own.samples == 1 ? " sample" : " samples");
    if (own.samples != 0)
      body += ", " + own.share_answered() + " answered, mean confidence " +
              fixed_number(own.mean_confidence(), 3);
    if (own.known != 0) body += ", <strong>" + own.accuracy() + "</strong> correct";
    body += "</span></div>\n";
    // With few samples, a sample must not be listed as sure and as unsure.
    const std::size_t unsure = std::min(picture.unsure[y].size(), own.samples / 2);
    const std::size_t sure = std::min(picture.sure[y].size(), own.samples - unsure);
    const auto first = [](const std::vector<batch_picture::example>& of, std::size_t count) {
      return std::vector<batch_picture::example>{of.begin(), of.begin() + static_cast<std::ptrdiff_t>(count)};
    };
    body += html_examples(picture, "Sure", first(picture.sure[y], sure), y) +
            html_examples(picture, "Unsure", first(picture.unsure[y], unsure), y) + "</article>\n";
  }
  body += "</section>\n<footer>Written by mll from the probabilities of the classes.</footer>\n";
  return html_page(name, body);
}

}  // namespace mll::detail
