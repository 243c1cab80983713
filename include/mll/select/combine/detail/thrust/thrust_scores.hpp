// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/for_each.h>
#include <thrust/functional.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/discard_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/reduce.h>
#include <thrust/transform.h>
#include <thrust/transform_reduce.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/select/combine/detail/head_move.hpp"
#include "mll/select/combine/detail/search_state.hpp"
#include "mll/select/combine/detail/thrust/move_losses.hpp"
#include "mll/select/combine/detail/thrust/scored_rows.hpp"

namespace mll::detail {

/// The state of a greedy search (see `lazy_greedy`) for log-likelihood, evaluated by Thrust algorithms.
///
/// A batch of moves takes four of them, whatever its size: `transform` over moves and codes (odds of each
/// candidate per code), `transform` over slots and rows (what is common to the candidates of a slot),
/// `transform` over moves and tiles of rows (losses), `reduce_by_key` by move. A move that is made takes
/// `for_each` over rows, `reduce_by_key` by true class, and `transform` over classes. Sums over rows are in
/// fixed point, so that their order does not matter.
///
/// Memory: 8 bytes per row and class, 8 bytes per pair of classes, and 8 bytes per row and slot of a batch;
/// batches of more than `max_terms` of these are split.
///
/// @tparam Grid see `exec::detail::thrust_host`
template <class Grid>
class thrust_scores {
 public:
  static constexpr std::size_t max_terms = std::size_t{1} << 24U;

  /// @param[in] shape      `rows`, `classes`, `per_class` and the inputs, on the grid
  /// @param[in] first_row  `[classes + 1]`: on the grid
  /// @param[in] candidates per class
  thrust_scores(const Grid& grid, const scored_rows& shape, const std::uint32_t* first_row,
                const std::vector<std::vector<search_candidate>>& candidates)
      : state_{shape},
        candidates_{&candidates},
        chosen_(shape.classes, {0}),
        drift_(shape.classes, 0),
        heads_of_(std::size_t{shape.classes} * shape.per_class),
        tiles_{std::max(1U, (shape.rows + loss_of_tile::rows_per_tile - 1) / loss_of_tile::rows_per_tile)} {
    const std::size_t classes = shape.classes;
    state_.heads = allocate(grid, heads_, heads_of_.size());
    state_.scores = allocate(grid, scores_, 2 * classes * shape.rows);
    state_.truth = allocate(grid, truth_, shape.rows);
    state_.total = allocate(grid, total_, shape.rows);
    allocate(grid, change_, shape.rows);
    allocate(grid, changed_, classes);
    allocate(grid, sums_, classes);
    allocate(grid, mean_change_, classes);
    allocate(grid, confusion_, classes * classes);
    allocate(grid, drifts_, classes);
    grid.clear(mean_change_);

    for (std::size_t y = 0; y < classes; ++y) heads_of_[y * shape.per_class] = candidates[y][0];
    grid.upload(std::span{heads_of_}, heads_);
    std::uint64_t loss = 0;
    grid.run([&](const auto& policy) {
      const thrust::counting_iterator<std::uint32_t> row{0};
      thrust::for_each_n(policy, row, state_.rows, start_row{state_});
      loss = thrust::transform_reduce(policy, row, row + state_.rows, loss_of_row{state_}, std::uint64_t{0},
                                      thrust::plus<std::uint64_t>{});
      const thrust::counting_iterator<std::uint64_t> pair{0};
      thrust::transform(policy, pair, pair + static_cast<std::ptrdiff_t>(classes * classes),
                        confusion_.data(), mean_share{state_, first_row});
    });
    objective_ = -of_fixed(loss);
  }

  [[nodiscard]] std::size_t class_count() const noexcept { return chosen_.size(); }
  [[nodiscard]] std::size_t heads_per_class() const noexcept { return state_.per_class; }
  [[nodiscard]] std::size_t candidate_count(std::size_t y) const { return (*candidates_)[y].size(); }
  [[nodiscard]] const std::vector<std::size_t>& chosen(std::size_t y) const { return chosen_[y]; }
  /// The objective before the first move.
  [[nodiscard]] double objective() const noexcept { return objective_; }
  [[nodiscard]] const std::vector<double>& drift() const noexcept { return drift_; }

  void apply(const Grid& grid, const head_move& move) {
    auto& chosen = chosen_[move.y];
    chosen.resize(std::max(chosen.size(), move.slot + 1));
    chosen[move.slot] = move.candidate;
    heads_of_[move.y * state_.per_class + move.slot] = (*candidates_)[move.y][move.candidate];
    grid.upload(std::span{heads_of_}, heads_);
    const auto y = static_cast<std::uint32_t>(move.y);
    grid.run([&](const auto& policy) {
      const thrust::counting_iterator<std::uint32_t> at{0};
      thrust::for_each_n(policy, at, state_.rows,
                         update_row{state_, y, static_cast<std::uint32_t>(chosen.size()), change_.data()});
      const auto changes = thrust::make_transform_iterator(at, change_of_row{state_, y, change_.data()});
      const auto end =
          thrust::reduce_by_key(policy, state_.target, state_.target + state_.rows, changes, changed_.data(),
                                sums_.data(), thrust::equal_to<std::uint32_t>{}, add_change_sums{});
      thrust::for_each_n(policy, at, static_cast<std::uint32_t>(end.first - changed_.data()),
                         record_change{changed_.data(), sums_.data(), y, state_.classes, mean_change_.data(),
                                       confusion_.data()});
      thrust::transform(policy, at, at + state_.classes, drifts_.data(),
                        drift_of_class{state_.classes, mean_change_.data(), confusion_.data()});
    });
    grid.download(drifts_, std::span{drift_});
  }

  /// The objective after each of the moves alone.
  [[nodiscard]] std::vector<double> after(const Grid& grid, std::span<const head_move> moves) {
    std::vector<double> out;
    out.reserve(moves.size());
    while (out.size() < moves.size()) evaluate(grid, moves.subspan(out.size()), out);
    return out;
  }

 private:
  template <class T>
  using buffer = typename Grid::template buffer<T>;

  static double of_fixed(std::uint64_t value) { return std::ldexp(static_cast<double>(value), -40); }

  template <class T>
  static T* allocate(const Grid& grid, buffer<T>& to, std::size_t size) {
    to = grid.template allocate<T>(size);
    return to.data();
  }
  template <class T>
  static void upload(const Grid& grid, const std::vector<T>& from, buffer<T>& to) {
    if (to.size() < from.size()) allocate(grid, to, 2 * from.size());
    grid.upload(std::span{from}, to);
  }

  // Evaluates as many of the first moves as their terms allow, and appends their objectives.
  void evaluate(const Grid& grid, std::span<const head_move> moves, std::vector<double>& to) {
    std::vector<tried_slot> tried;
    std::vector<tried_head> heads;
    for (const head_move& move : moves) {
      const auto chosen = static_cast<std::uint32_t>(chosen_[move.y].size());
      const tried_slot here{static_cast<std::uint32_t>(move.y), static_cast<std::uint32_t>(move.slot), chosen,
                            std::max(chosen, static_cast<std::uint32_t>(move.slot + 1))};
      if (tried.empty() || tried.back().y != here.y || tried.back().slot != here.slot) {
        if (!tried.empty() && (tried.size() + 1) * state_.rows > max_terms) break;
        tried.push_back(here);
      }
      heads.push_back({(*candidates_)[move.y][move.candidate], static_cast<std::uint32_t>(tried.size() - 1)});
    }
    upload(grid, tried, tried_slots_);
    upload(grid, heads, tried_heads_);
    const std::size_t terms = tried.size() * state_.rows;
    if (terms_.size() < terms) allocate(grid, terms_, terms);
    if (odds_.size() < 256 * heads.size()) allocate(grid, odds_, 512 * heads.size());
    if (partial_.size() < tiles_ * heads.size()) allocate(grid, partial_, tiles_ * heads.size());
    if (losses_.size() < heads.size()) allocate(grid, losses_, 2 * heads.size());

    const auto move_count = static_cast<std::uint32_t>(heads.size());
    grid.run([&](const auto& policy) {
      const thrust::counting_iterator<std::uint32_t> at{0};
      thrust::transform(policy, at, at + 256 * move_count, odds_.data(),
                        odds_of_code{state_, tried_heads_.data(), tried_slots_.data()});
      thrust::transform(policy, at, at + static_cast<std::uint32_t>(terms), terms_.data(),
                        terms_of_row{state_, tried_slots_.data()});
      thrust::transform(policy, at, at + tiles_ * move_count, partial_.data(),
                        loss_of_tile{state_, tried_heads_.data(), tried_slots_.data(), terms_.data(),
                                     odds_.data(), tiles_});
      const auto move = thrust::make_transform_iterator(at, move_of_tile{tiles_});
      thrust::reduce_by_key(policy, move, move + tiles_ * move_count, partial_.data(),
                            thrust::make_discard_iterator(), losses_.data());
    });
    std::vector<std::uint64_t> losses(heads.size());
    grid.download(losses_, std::span{losses});
    for (const std::uint64_t loss : losses) to.push_back(-of_fixed(loss));
  }

  scored_rows state_;
  const std::vector<std::vector<search_candidate>>* candidates_;
  std::vector<std::vector<std::size_t>> chosen_;
  std::vector<double> drift_;
  std::vector<search_candidate> heads_of_;  // [classes, per_class]: chosen
  std::uint32_t tiles_;
  double objective_ = 0;
  buffer<search_candidate> heads_;
  buffer<float> scores_;
  buffer<float> truth_;
  buffer<float> total_;
  buffer<float> change_;
  buffer<std::uint32_t> changed_;
  buffer<change_sums> sums_;
  buffer<double> mean_change_;
  buffer<double> confusion_;
  buffer<double> drifts_;
  // Of a batch of moves:
  buffer<tried_slot> tried_slots_;
  buffer<tried_head> tried_heads_;
  buffer<row_terms> terms_;
  buffer<float> odds_;
  buffer<std::uint64_t> partial_;
  buffer<std::uint64_t> losses_;
};

}  // namespace mll::detail
