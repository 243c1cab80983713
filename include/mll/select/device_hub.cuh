// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// The host's part has pragmas of GCC, which nvcc passes on and warns about.
#pragma nv_diagnostic push
#pragma nv_diag_suppress 1675
#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/statistics/device_node_statistics.cuh"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/calibrate/detail/device_calibration.hpp"
#include "mll/select/calibrate/detail/pair_responses.hpp"
#include "mll/select/combine/device_greedy_search.cuh"
#include "mll/select/methods/chco.hpp"
#include "mll/select/methods/funnel_stages.hpp"
#include "mll/select/screen/device_screening.cuh"
#include "mll/select/select.hpp"
#pragma nv_diagnostic pop

namespace mll {

/// A labelled hub on a CUDA device: its mean responses are uploaded once, then any number of tasks is
/// selected on the device by `select(device, hub, match)`.
///
/// @code
/// const mll::exec::cuda device;
/// const mll::device_hub hub{device, labels, backend};  // backend: of the host
/// const mll::selection chosen = mll::select(device, hub, match);
/// @endcode
///
/// Screening is bitwise that of the host. Calibration is within 1e-3, and the joint search makes the same
/// picks unless the gains of two moves are that close. Responses of the screened heads are read on the host,
/// by the host's backend.
///
/// A view: the hub must outlive it and not change. (nvcc's warnings about Eigen end with `-DEIGEN_NO_CUDA`.)
///
/// @tparam Hub  labels of a hub (`basic_model_labels`), or another `hub_source`
/// @tparam Host host backend, for what does not run on the device
template <class Hub, exec::execution_backend Host = exec::sequential>
  requires std::constructible_from<task_evidence, const Hub&, const task_match&>
class device_hub final : public funnel_stages {
 public:
  /// Throws: `device_error` if the means do not fit in the memory of the device.
  /// Complexity: O(nodes heads).
  device_hub(const exec::cuda& device, const Hub& hub, Host host = {})
      : device_{device}, hub_{&hub}, host_{std::move(host)}, statistics_{upload(device, hub, host_)} {}
  device_hub(const exec::cuda& device, const Hub&& hub,
             Host host = {}) = delete;  // a temporary would not outlive the view

  [[nodiscard]] const exec::cuda& device() const noexcept { return device_; }
  [[nodiscard]] const Hub& hub() const noexcept { return *hub_; }
  [[nodiscard]] const Host& host() const noexcept { return host_; }

  [[nodiscard]] std::size_t node_count() const override { return statistics_.node_count(); }
  [[nodiscard]] std::size_t head_count() const override { return statistics_.head_count(); }
  [[nodiscard]] std::vector<std::vector<screened_head>> screen(const class_evidence& nodes,
                                                               std::size_t max_heads) const override {
    return mll::screen(device_, statistics_, nodes, max_heads);
  }
  [[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist(
      exec::backend_ref backend, const task_evidence& evidence, const detail::sample_plan& own,
      const detail::sample_plan& all, const std::vector<std::vector<screened_head>>& screened,
      const shortlist_options& options) const override {
    if (options.max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
    const auto pairs = detail::pair_responses::read_planned(backend, evidence, own, all, screened);
    return detail::device_calibration{exec::detail::cuda_grid{device_}, pairs}.run(screened, options);
  }
  [[nodiscard]] std::vector<std::vector<head_pick>> search(const greedy_search& search,
                                                           const head_pool& pool) const override {
    return device_greedy_search{search.min_gain, search.max_swaps_per_class, search.bound_inflation}(device_,
                                                                                                     pool);
  }

 private:
  static device_node_statistics upload(const exec::cuda& device, const Hub& hub, const Host& host) {
    if constexpr (requires { hub.models(); }) {
      return {device, node_statistics{hub}};
    } else if constexpr (
        requires {
          { hub.statistics() } -> std::same_as<const sparse_node_statistics&>;
        } ||
        requires {
          { hub.statistics() } -> std::same_as<const node_statistics&>;
        }) {
      return {device, hub.statistics()};
    } else {
      node_statistics out{hub.samples().nodes().size(), hub.heads().head_count()};
      exec::for_each_index(host, out.node_count(), [&](std::size_t v) {
        std::vector<float> means(out.head_count());
        hub.read_means(v, means);
        out.set_row(v, means);
      });
      return {device, out};
    }
  }

  exec::cuda device_;
  const Hub* hub_;
  Host host_;
  device_node_statistics statistics_;
};

/// The selection stage on a CUDA device, as `select(backend, hub, match, options)`. With a budget of heads
/// per class, screening, calibration and joint search run on the device, in the estimate too; reasons and the
/// choice of the temperature run on the host. With a budget of experts, covariances and equations run where
/// the profile's `algebra` runs (`device_algebra`), all else on the host.
///
/// @param[in] device where the means of the hub are
/// @param[in] hub    uploaded once for all tasks
///
/// Throws: what `select` throws; `invalid_argument` if the hub is on another device; `device_error`.
template <class Hub, exec::execution_backend Host>
[[nodiscard]] selection select(const exec::cuda& device, const device_hub<Hub, Host>& hub,
                               const task_match& match, select_options<chco<>> options = {}) {
  if (hub.device().device() != device.device()) {
    throw invalid_argument{"hub", "statistics on CUDA device " + std::to_string(device.device()),
                           "statistics on CUDA device " + std::to_string(hub.device().device())};
  }
  if (std::holds_alternative<heads_per_class>(options.method.budget)) options.method.stages = &hub;
  return select(hub.host(), hub.hub(), match, options);
}

}  // namespace mll
