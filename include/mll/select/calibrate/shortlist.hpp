// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
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

/// The samples that calibration reads: `own` of each class as positives, and fewer per class (`all`) as
/// negatives of the other classes.
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

/// Calibrates each screened head for its class. The responses of a head to samples of all classes are read
/// once into one histogram, from which each class subtracts its own samples.
///
/// @return per class one fit per screened head, in the same order; empty for a class without samples or
///         without negatives
template <response_source Source>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> calibrate_screened(
    exec::backend_ref backend, const Source& source, const calibration_plans& plans,
    const std::vector<std::vector<screened_head>>& screened, const calibration_prior& prior) {
  const std::size_t classes = screened.size();
  std::vector<std::size_t> begin_in_all{0};
  for (std::size_t y = 0; y < classes; ++y) begin_in_all.push_back(begin_in_all.back() + plans.all.size(y));

  // One request per pair of head and class; `slot` is the index in the list of the class.
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

/// `mll::shortlist` with given sample plans.
template <response_source Source>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist_planned(
    exec::backend_ref backend, const Source& source, const calibration_plans& plans,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options) {
  if (options.max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
  auto out = calibrate_screened(backend, source, plans, screened, options.prior);
  for (auto& list : out) rank_fits(list, options.max_heads);
  return out;
}

}  // namespace detail

/// Second stage of CHCO: calibrates the screened heads of each class and keeps those with the lowest
/// log-loss.
///
/// @code
/// const mll::label_source source{labels};
/// const auto nodes = mll::evidence_of(match, labels.samples());
/// const auto screened = mll::screen(backend, mll::node_statistics{labels}, nodes, 64);
/// const auto lists = mll::shortlist(backend, source, nodes, screened, {.max_heads = 24});
/// @endcode
///
/// @param[in] backend  where to run
/// @param[in] source   8-bit responses
/// @param[in] nodes    evidence nodes per class; every class has samples
/// @param[in] screened screened heads per class
/// @param[in] options  limits and prior
/// @return per class up to `options.max_heads` heads with positive slope by increasing loss, ties by
/// position.
///         If no slope is positive, the first screened head with slope 1e-3; empty without screened heads
///
/// Throws: `invalid_argument` if `max_heads` is 0 or a class has no samples.
/// Complexity: O(heads x samples + pairs of head and class), parallel over the backend; memory O(threads x
/// samples + pairs). Determinism: the same on every backend.
template <response_source Source>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist(
    exec::backend_ref backend, const Source& source, const class_evidence& nodes,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options = {}) {
  return detail::shortlist_planned(backend, source, detail::plan_calibration(nodes, source, options),
                                   screened, options);
}

}  // namespace mll
