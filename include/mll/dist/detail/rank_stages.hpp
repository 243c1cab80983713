// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/dist/detail/dealt_blocks.hpp"
#include "mll/dist/detail/gathered.hpp"
#include "mll/dist/detail/rank_hub.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/combine/detail/coded_scores.hpp"
#include "mll/select/combine/detail/lazy_greedy.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/funnel_stages.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll::dist::detail {

/// The stages of `head_funnel` over ranks: each rank screens and calibrates the heads of its share; then the
/// rows of the shortlisted heads go to all ranks, and the search runs everywhere alike. Where that is too
/// much, blocks of rows are dealt to ranks (`dealt_blocks`), and only the rows of the picked heads go to all.
template <class = void>  // compiled where it is used
class rank_stages final : public funnel_stages {
 public:
  /// @param[in] max_row_bytes of the rows of shortlisted heads that all ranks hold
  rank_stages(exec::backend_ref backend, rank_hub<>& hub, std::size_t max_row_bytes)
      : backend_{backend}, hub_{&hub}, max_row_bytes_{max_row_bytes} {}

  std::size_t node_count() const override { return hub_->samples().nodes().size(); }
  std::size_t head_count() const override { return hub_->heads().head_count(); }

  std::vector<std::vector<screened_head>> screen(const class_evidence& nodes,
                                                 std::size_t max_heads) const override {
    return best_of_all(nodes.size(), max_heads, [&] {
      return mll::detail::screen_source(backend_, *hub_->share(), nodes, max_heads);
    });
  }
  std::optional<std::vector<std::vector<screened_head>>> screen_subset(exec::backend_ref backend,
                                                                       const task_evidence& evidence,
                                                                       std::size_t max_heads) const override {
    return best_of_all(evidence.class_count(), max_heads,
                       [&] { return mll::screen(backend, evidence.with_source(hub_->share()), max_heads); });
  }

  std::vector<std::vector<shortlisted_head>> shortlist(
      exec::backend_ref backend, const task_evidence& evidence, const mll::detail::sample_plan& own,
      const mll::detail::sample_plan& all, const std::vector<std::vector<screened_head>>& screened,
      const shortlist_options& options) const override {
    if (options.max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
    const mll::detail::calibration_plans plans{own, all};
    auto out = calibrate(backend, evidence, plans, screened, options.prior);
    for (auto& list : out) mll::detail::rank_fits(list, options.max_heads);
    if (auto heads = heads_of(out); !is_dealt(heads)) hub_->gather_rows(backend, std::move(heads));
    return out;
  }

  std::optional<std::vector<std::vector<head_pick>>> search_lists(
      exec::backend_ref backend, const task_evidence& evidence,
      const std::vector<std::vector<shortlisted_head>>& lists, std::size_t heads_per_class,
      const greedy_search& search) const override {
    if (!is_dealt(heads_of(lists))) return std::nullopt;
    const mll::detail::lazy_greedy steps{search.min_gain, search.max_swaps_per_class, search.bound_inflation};
    steps.check();
    head_pool pool{{}, evidence.rows(), heads_per_class};
    for (const auto& list : lists) {
      auto& to = pool.candidates.emplace_back();
      for (const shortlisted_head& head : list) to.push_back({nullptr, head.fit.slope, head.fit.intercept});
    }
    mll::detail::coded_scores<log_odds_8bit, dealt_blocks<>> state{backend, pool,
                                                                   dealt_blocks<>{*hub_, evidence, lists}};
    auto picks = steps.run(backend, state);
    std::vector<std::uint32_t> picked;
    for (std::size_t y = 0; y < picks.size(); ++y) {
      for (const head_pick& pick : picks[y]) picked.push_back(lists[y][pick.candidate].position);
    }
    hub_->gather_rows(backend, std::move(picked));
    return picks;
  }

  std::vector<std::vector<head_pick>> search(const greedy_search& search,
                                             const head_pool& pool) const override {
    return search(backend_, pool, log_likelihood{});
  }

 private:
  // Heads of the hub in lists, increasing, each once.
  [[nodiscard]] std::vector<std::uint32_t> heads_of(
      const std::vector<std::vector<shortlisted_head>>& lists) const {
    std::vector<std::uint32_t> out;
    for (const auto& list : lists) {
      for (const shortlisted_head& head : list) {
        if (head.position < head_count()) out.push_back(head.position);
      }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }
  [[nodiscard]] bool is_dealt(const std::vector<std::uint32_t>& heads) const {
    return heads.size() * hub_->row_bytes() > max_row_bytes_;
  }

  // The best heads of each class over all shares. Exact: the order of heads is total, and a head that is not
  // among the best of its share is not among the best of the hub.
  template <class Screen>
  [[nodiscard]] std::vector<std::vector<screened_head>> best_of_all(std::size_t classes,
                                                                    std::size_t max_heads,
                                                                    const Screen& screen_share) const {
    gathered all{hub_->comm(), [&](piece_writer& out) {
                   if (hub_->share()->heads().head_count() == 0) {
                     for (std::size_t y = 0; y < classes; ++y) out.put(std::uint32_t{0});
                     return;
                   }
                   for (const auto& list : screen_share()) {
                     out.put(static_cast<std::uint32_t>(list.size()));
                     for (const screened_head& head : list) {
                       out.put(hub_->in_hub(head.position));
                       out.put(head.score);
                     }
                   }
                 }};
    std::vector<std::vector<screened_head>> out;
    for (std::size_t y = 0; y < classes; ++y) {
      mll::detail::best_heads best{max_heads};
      for (std::size_t rank = 0; rank < hub_->comm().size(); ++rank) {
        for (auto left = all[rank].template get<std::uint32_t>(); left != 0; --left) {
          const auto position = all[rank].template get<std::uint32_t>();
          best.offer({position, all[rank].template get<float>()});
        }
      }
      out.push_back(best.take());
    }
    all.finish();
    return out;
  }

  // One fit per screened head and class: by the owner of the head, and of general heads by every rank.
  [[nodiscard]] std::vector<std::vector<shortlisted_head>> calibrate(
      exec::backend_ref backend, const task_evidence& evidence, const mll::detail::calibration_plans& plans,
      const std::vector<std::vector<screened_head>>& screened, const calibration_prior& prior) const {
    const std::size_t classes = screened.size();
    const auto is_general = [&](const screened_head& head) { return head.position >= head_count(); };
    std::vector<std::vector<screened_head>> mine(classes);
    std::vector<std::vector<screened_head>> general(classes);
    for (std::size_t y = 0; y < classes; ++y) {
      for (const screened_head& head : screened[y]) {
        if (is_general(head)) {
          general[y].push_back(head);
        } else if (hub_->is_mine(head.position)) {
          mine[y].push_back({hub_->in_share(head.position), head.score});
        }
      }
    }
    gathered all{
        hub_->comm(), [&](piece_writer& out) {
          const task_evidence share = evidence.with_source(hub_->share());
          for (const auto& fits : mll::detail::calibrate_screened(backend, share, plans, mine, prior)) {
            for (const shortlisted_head& head : fits) out.put(head.fit);
          }
        }};
    const auto of_general = mll::detail::calibrate_screened(backend, evidence, plans, general, prior);
    std::size_t negatives = 0;
    for (std::size_t y = 0; y < classes; ++y) negatives += plans.all.size(y);
    std::vector<std::vector<shortlisted_head>> out(classes);
    for (std::size_t y = 0; y < classes; ++y) {
      if (plans.own.size(y) == 0 || negatives == plans.all.size(y)) continue;  // as `calibrate_screened`
      std::size_t next = 0;
      for (const screened_head& head : screened[y]) {
        if (is_general(head)) {
          out[y].push_back(of_general[y][next++]);
        } else {
          out[y].push_back({head.position, all[hub_->owner(head.position)].template get<calibration>()});
        }
      }
    }
    all.finish();
    return out;
  }

  exec::backend_ref backend_;
  rank_hub<>* hub_;
  std::size_t max_row_bytes_;
};

}  // namespace mll::dist::detail
