// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/calibrate/detail/calibration_kernels.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// Input of the calibration on a device: the responses of each screened head to samples of all classes, and
/// of each pair of head and class to samples of the class. Weights are integers, so that histograms do not
/// depend on the order of counting.
struct pair_responses {
  std::vector<std::uint8_t> all;           ///< `[heads, samples]`
  std::vector<std::uint32_t> weight;       ///< `[samples]`
  std::vector<std::uint32_t> class_begin;  ///< `[classes + 1]`: first sample of each class
  std::vector<std::uint8_t> own;           ///< pair by pair
  std::vector<std::uint32_t> own_weight;   ///< class by class
  std::vector<std::uint32_t> own_begin;    ///< `[classes + 1]`: first weight of each class
  std::vector<head_class_pair> pairs;      ///< class by class, in the order of screening
  std::vector<std::size_t> pair_begin;     ///< `[classes + 1]`: first pair of each class
  std::vector<float> log_odds;             ///< `[256]`: per code

  [[nodiscard]] std::size_t samples() const noexcept { return weight.size(); }

  /// @param[in] host backend that reads the source
  /// Throws: `invalid_argument` if a class has no samples. Complexity: O(heads x samples + responses of
  /// pairs).
  template <exec::execution_backend Host, response_source Source>
    requires std::same_as<typename Source::codec_type::value_type, std::uint8_t>
  [[nodiscard]] static pair_responses read(const Host& host, const Source& source,
                                           const class_evidence& nodes,
                                           const std::vector<std::vector<screened_head>>& screened,
                                           const shortlist_options& options) {
    return read_planned(
        host, source, plan_samples(nodes, source, options.own_samples),
        plan_samples(nodes, source, std::max<std::size_t>(1, options.all_samples / nodes.size())), screened);
  }

  /// As above, with given samples. A class without samples or without negatives has no pairs.
  /// @param[in] own_plan samples of each class as positives
  /// @param[in] all_plan samples of each class as negatives of the others
  template <exec::execution_backend Host, response_source Source>
    requires std::same_as<typename Source::codec_type::value_type, std::uint8_t>
  [[nodiscard]] static pair_responses read_planned(const Host& host, const Source& source,
                                                   const sample_plan& own_plan, const sample_plan& all_plan,
                                                   const std::vector<std::vector<screened_head>>& screened) {
    pair_responses out;
    const std::size_t classes = screened.size();
    out.class_begin = append_weights(all_plan, false, out.weight);
    out.own_begin = append_weights(own_plan, true, out.own_weight);
    for (int c = 0; c < 256; ++c)
      out.log_odds.push_back(Source::codec_type::log_odds(static_cast<std::uint8_t>(c)));

    std::vector<std::uint32_t> heads;
    for (const auto& list : screened) {
      for (const screened_head& head : list) heads.push_back(head.position);
    }
    std::sort(heads.begin(), heads.end());
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    out.all.resize(heads.size() * out.samples());
    const auto reader = [&source](std::uint32_t head) {
      return [&source, head](std::span<const node_samples> which, std::span<std::uint8_t> to) {
        source.read(head, which, to);
      };
    };
    exec::for_each_index(host, heads.size(), [&](std::size_t i) {
      std::vector<std::uint8_t> codes;
      all_plan.read(0, classes, reader(heads[i]), codes);
      std::copy(codes.begin(), codes.end(), out.all.begin() + static_cast<std::ptrdiff_t>(i * out.samples()));
    });

    out.pair_begin.push_back(0);
    std::size_t at = 0;
    for (std::size_t y = 0; y < classes; ++y) {
      const std::uint32_t of_class = out.own_begin[y + 1] - out.own_begin[y];
      const std::uint32_t others = out.class_begin.back() - (out.class_begin[y + 1] - out.class_begin[y]);
      if (of_class == 0 || others == 0) {
        out.pair_begin.push_back(out.pairs.size());
        continue;
      }
      for (const screened_head& head : screened[y]) {
        const auto place = std::lower_bound(heads.begin(), heads.end(), head.position) - heads.begin();
        out.pairs.push_back({at, static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(y),
                             2 * static_cast<double>(std::min(of_class, others))});
        at += of_class;
      }
      out.pair_begin.push_back(out.pairs.size());
    }
    out.own.resize(at);
    exec::for_each_index(host, classes, [&](std::size_t y) {
      std::vector<std::uint8_t> codes;
      for (std::size_t p = out.pair_begin[y]; p < out.pair_begin[y + 1]; ++p) {
        own_plan.read(y, y + 1, reader(heads[out.pairs[p].head]), codes);
        std::copy(codes.begin(), codes.end(),
                  out.own.begin() + static_cast<std::ptrdiff_t>(out.pairs[p].first_own));
      }
    });
    return out;
  }

 private:
  // Appends the weights of a plan, scaled so that the sums over a class (`is_alone`) or over all classes fit
  // 32 bits. Returns the begin of each class.
  static std::vector<std::uint32_t> append_weights(const sample_plan& plan, bool is_alone,
                                                   std::vector<std::uint32_t>& to) {
    std::size_t samples = 0;
    for (const auto& parts : plan.classes) {
      for (const auto& part : parts) samples += part.size();
    }
    const double summed = is_alone ? 1 : static_cast<double>(plan.classes.size());
    const double unit = (std::numeric_limits<std::uint32_t>::max() - static_cast<double>(samples)) / summed;
    std::vector<std::uint32_t> begin;
    for (const auto& parts : plan.classes) {
      begin.push_back(static_cast<std::uint32_t>(to.size()));
      for (const auto& part : parts) {
        to.insert(
            to.end(), part.size(),
            static_cast<std::uint32_t>(std::max(1.0, std::floor(unit * static_cast<double>(part.weight)))));
      }
    }
    begin.push_back(static_cast<std::uint32_t>(to.size()));
    return begin;
  }
};

}  // namespace mll::detail
