// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/calibrate/calibration.hpp"
#include "mll/select/calibrate/detail/rank_fits.hpp"
#include "mll/select/calibrate/response_histogram.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll {

namespace detail {

/// Which samples calibration reads: some of each class that stand for it, and fewer of all classes that stand
/// for the rest of each.
struct calibration_plans {
  sample_plan own;
  sample_plan all;
};

template <response_source Source>
[[nodiscard]] calibration_plans plan_calibration(const class_evidence& nodes, const Source& source,
                                                 const shortlist_options& options) {
  return {plan_samples(nodes, source, options.own_samples),
          plan_samples(nodes, source, std::max<std::size_t>(1, options.all_samples / nodes.size()))};
}

/// Calibrates each head for each class that it was screened for. A head is read once: its responses to some
/// samples of all classes make one histogram, from which each class takes out its own.
///
/// @return per class one fit per screened head, in that order; none for a class without samples of its own or
/// of others
template <response_source Source>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> calibrate_screened(
    exec::backend_ref backend, const Source& source, const calibration_plans& plans,
    const std::vector<std::vector<screened_head>>& screened, const calibration_prior& prior) {
  const std::size_t classes = screened.size();
  std::vector<std::size_t> begin_in_all{0};
  for (std::size_t y = 0; y < classes; ++y) begin_in_all.push_back(begin_in_all.back() + plans.all.size(y));

  // Who asks for which head: (head, class, place in the list of the class).
  struct request {
    std::uint32_t position;
    std::uint32_t of_class;
    std::uint32_t slot;
  };
  std::vector<request> requests;
  std::vector<std::vector<shortlisted_head>> out(classes);
  for (std::size_t y = 0; y < classes; ++y) {
    const std::size_t in_all = begin_in_all[y + 1] - begin_in_all[y];
    if (plans.own.size(y) == 0 || begin_in_all.back() == in_all) continue;
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
  if (requests.empty()) return out;
  first_of_head.push_back(requests.size());

  using histogram = response_histogram<typename Source::codec_type>;
  const auto count = [](histogram& to, std::span<const std::uint8_t> codes,
                        const std::vector<sample_plan::part>& parts) {
    std::size_t at = 0;
    for (const auto& part : parts) {
      to.add(codes.subspan(at, part.size()), part.weight);
      at += part.size();
    }
  };
  exec::for_each_index(backend, first_of_head.size() - 1, [&](std::size_t i) {
    const std::uint32_t position = requests[first_of_head[i]].position;
    const auto read = [&](std::span<const node_samples> which, std::span<std::uint8_t> to) {
      source.read(position, which, to);
    };
    std::vector<std::uint8_t> codes;
    plans.all.read(0, classes, read, codes);
    const auto of_class = [&](std::size_t y) {
      return std::span<const std::uint8_t>{codes}.subspan(begin_in_all[y],
                                                          begin_in_all[y + 1] - begin_in_all[y]);
    };
    histogram all;
    for (std::size_t y = 0; y < classes; ++y) count(all, of_class(y), plans.all.classes[y]);
    std::vector<std::uint8_t> own_codes;
    for (std::size_t r = first_of_head[i]; r < first_of_head[i + 1]; ++r) {
      const std::size_t y = requests[r].of_class;
      histogram part_of_all;
      count(part_of_all, of_class(y), plans.all.classes[y]);
      histogram rest = all;
      rest -= part_of_all;
      plans.own.read(y, y + 1, read, own_codes);
      histogram own;
      count(own, own_codes, plans.own.classes[y]);
      const std::size_t others = codes.size() - of_class(y).size();
      const double samples = 2 * static_cast<double>(std::min(own_codes.size(), others));
      out[y][requests[r].slot] = {position, calibrate(own, rest, samples, prior)};
    }
  });
  return out;
}

/// As `mll::shortlist`, for samples that are planned.
template <response_source Source>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist_planned(
    exec::backend_ref backend, const Source& source, const calibration_plans& plans,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options) {
  if (options.keep == 0) throw invalid_argument{"keep", "at least 1 head per class", "0"};
  auto out = calibrate_screened(backend, source, plans, screened, options.prior);
  for (auto& list : out) rank_fits(list, options.keep);
  return out;
}

}  // namespace detail

/// Second stage of CHCO: calibrates the screened heads of each class and keeps those with the least log-loss.
///
/// @param[in] source   responses, 8 bits each
/// @param[in] nodes    for each class its nodes, with samples
/// @param[in] screened for each class heads by position
/// @return for each class up to `keep` heads with positive slope by increasing loss, ties by position; if no
/// slope is
///         positive, the first head screened, at the least slope. Empty for a class without screened heads
///
/// Throws: `invalid_argument` if `keep` is 0 or a class has no samples.
/// Complexity: O(heads samples + pairs of head and class), over the backend; memory O(threads samples +
/// pairs). Determinism: the same on every backend.
template <response_source Source>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist(
    exec::backend_ref backend, const Source& source, const class_evidence& nodes,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options = {}) {
  return detail::shortlist_planned(backend, source, detail::plan_calibration(nodes, source, options),
                                   screened, options);
}

}  // namespace mll
