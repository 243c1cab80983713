// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/responses/response_source.hpp"
#include "mll/select/calibrate/calibration.hpp"
#include "mll/select/calibrate/detail/rank_fits.hpp"
#include "mll/select/calibrate/response_histogram.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/evidence/evidence_of.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll {

/// Second stage of CHCO for a hub whose responses fit no memory: calibrates the screened heads of every class
/// and keeps those with the least log-loss.
///
/// Every head is read once: its answers to some samples of all classes make one histogram, from which each
/// class that it was screened for takes out its own.
///
/// @param[in] source   responses, 8 bits each
/// @param[in] sources  for each class its nodes, with samples
/// @param[in] screened for each class heads by position
/// @return for each class up to `keep` heads with positive slope by increasing loss, ties by position; if no
///         slope is positive, the first head screened, at the least slope. Empty for a class without screened
///         heads
///
/// Throws: `invalid_argument` if `keep` is 0 or a class has no samples.
/// Complexity: O(heads samples + pairs of head and class), over the backend; memory O(threads samples +
/// pairs). Determinism: the same on every backend.
template <exec::execution_backend Backend, response_source Source>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist(
    const Backend& backend, const Source& source, const class_evidence& sources,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options = {}) {
  if (options.keep == 0) throw invalid_argument{"keep", "at least 1 head a class", "0"};
  const std::size_t classes = sources.size();
  const auto own_plan = detail::plan_samples(sources, source, options.own_samples);
  const auto all_plan =
      detail::plan_samples(sources, source, std::max<std::size_t>(1, options.all_samples / classes));

  // Who asks for which head: (head, class, place in the list of the class).
  struct request {
    std::uint32_t position;
    std::uint32_t of_class;
    std::uint32_t slot;
  };
  std::vector<request> requests;
  std::vector<std::vector<shortlisted_head>> out(classes);
  for (std::size_t y = 0; y < classes; ++y) {
    out[y].resize(screened[y].size());
    for (std::size_t i = 0; i < screened[y].size(); ++i)
      requests.push_back(
          {screened[y][i].position, static_cast<std::uint32_t>(y), static_cast<std::uint32_t>(i)});
  }
  std::stable_sort(requests.begin(), requests.end(),
                   [](const request& a, const request& b) { return a.position < b.position; });
  std::vector<std::size_t> first_of_head;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (i == 0 || requests[i].position != requests[i - 1].position) first_of_head.push_back(i);
  }
  first_of_head.push_back(requests.size());

  const auto of_all = all_plan.samples();
  std::vector<std::vector<node_samples>> of_own;
  std::vector<std::size_t> begin_in_all{0};
  for (std::size_t y = 0; y < classes; ++y) {
    of_own.push_back(own_plan.samples(y, y + 1));
    begin_in_all.push_back(begin_in_all.back() + sample_total(all_plan.samples(y, y + 1)));
  }
  using histogram = response_histogram<typename Source::codec_type>;
  const auto count = [](histogram& to, std::span<const std::uint8_t> codes,
                        const std::vector<detail::sample_plan::part>& parts) {
    std::size_t at = 0;
    for (const auto& part : parts) {
      to.add(codes.subspan(at, part.samples.count), part.weight);
      at += part.samples.count;
    }
  };
  exec::for_each_index(backend, first_of_head.size() - 1, [&](std::size_t i) {
    const std::uint32_t position = requests[first_of_head[i]].position;
    std::vector<std::uint8_t> codes(begin_in_all.back());
    source.read(position, of_all, codes);
    histogram all;
    for (std::size_t y = 0; y < classes; ++y)
      count(all, std::span{codes}.subspan(begin_in_all[y], begin_in_all[y + 1] - begin_in_all[y]),
            all_plan.classes[y]);
    std::vector<std::uint8_t> own_codes;
    for (std::size_t r = first_of_head[i]; r < first_of_head[i + 1]; ++r) {
      const std::size_t y = requests[r].of_class;
      const std::size_t in_all = begin_in_all[y + 1] - begin_in_all[y];
      histogram part_of_all;
      count(part_of_all, std::span{codes}.subspan(begin_in_all[y], in_all), all_plan.classes[y]);
      histogram rest = all;
      rest -= part_of_all;
      own_codes.resize(sample_total(of_own[y]));
      source.read(position, of_own[y], own_codes);
      histogram own;
      count(own, own_codes, own_plan.classes[y]);
      const std::size_t others = codes.size() - in_all;
      const double samples = 2 * static_cast<double>(std::min(own_codes.size(), others));
      out[y][requests[r].slot] = {position, calibrate(own, rest, samples, options.prior)};
    }
  });
  exec::for_each_index(backend, classes, [&](std::size_t y) { detail::rank_fits(out[y], options.keep); });
  return out;
}

}  // namespace mll
