// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/detail/exchanged.hpp"
#include "mll/dist/detail/gathered.hpp"
#include "mll/dist/detail/rank_hub.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/combine/detail/packed_rows.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::dist::detail {

/// The blocks of rows of `coded_scores`, dealt to ranks: each rank holds the responses of all shortlisted
/// heads to its blocks, and the ranks gather what each block says of a move. Nothing is added on the way, so
/// the search takes the same steps, bit for bit, for any number of ranks.
template <class = void>  // compiled where it is used
class dealt_blocks {
 public:
  using range_type = mll::detail::packed_rows::range;

  /// A view: the arguments must outlive it.
  /// @param[in] lists the shortlisted heads of each class
  dealt_blocks(const rank_hub<>& hub, const task_evidence& evidence,
               const std::vector<std::vector<shortlisted_head>>& lists)
      : hub_{&hub}, evidence_{&evidence}, lists_{&lists} {}

  /// The blocks of this rank.
  [[nodiscard]] range_type range(std::size_t count) const { return of_rank(count, hub_->comm().rank()); }

  /// Sends each rank its blocks of the responses of this rank's heads; collective.
  [[nodiscard]] mll::detail::packed_codes codes(exec::backend_ref backend,
                                                const mll::detail::packed_rows& rows,
                                                const head_pool& /*pool*/) const {
    constexpr std::size_t block_rows = mll::detail::packed_rows::block_rows;
    const communicator_ref comm = hub_->comm();
    const std::vector<std::uint32_t> heads = heads_of_lists();
    std::vector<std::uint32_t> mine;
    for (const std::uint32_t p : heads) {
      if (!evidence_->is_general(p) && hub_->is_mine(p)) mine.push_back(p);
    }
    const auto bytes_of = [&](std::size_t rank) {
      const range_type blocks = of_rank(rows.block_count(), rank);
      return (blocks.end - blocks.begin) * block_rows;
    };
    exchanged all{comm, [&](std::span<piece_writer> out) {
                    for (std::size_t rank = 0; rank < out.size(); ++rank)
                      out[rank].reserve(mine.size() * bytes_of(rank));
                    exec::for_each_index(backend, mine.size(), [&](std::size_t i) {
                      const std::vector<std::uint8_t> row =
                          packed(rows, [&](std::span<const node_samples> which, std::span<std::uint8_t> to) {
                            hub_->share()->read_codes(hub_->in_share(mine[i]), which, to);
                          });
                      for (std::size_t rank = 0; rank < out.size(); ++rank) {
                        const range_type blocks = of_rank(rows.block_count(), rank);
                        std::byte* const to = out[rank].bytes.data() + 1 + i * bytes_of(rank);
                        if (blocks.begin != blocks.end)
                          std::memcpy(to, row.data() + blocks.begin * block_rows, bytes_of(rank));
                      }
                    });
                  }};
    const std::size_t own = bytes_of(comm.rank());
    const std::size_t first = range(rows.block_count()).begin * block_rows;
    mll::detail::packed_codes::table table(heads.size() * own);
    for (std::size_t i = 0; i < heads.size() && own != 0; ++i) {
      std::uint8_t* const to = table.data() + i * own;
      if (evidence_->is_general(heads[i])) {
        const std::vector<std::uint8_t> row =
            packed(rows, [&](std::span<const node_samples> which, std::span<std::uint8_t> out) {
              evidence_->read(heads[i], which, out);
            });
        std::copy_n(row.data() + first, own, to);
      } else {
        all[hub_->owner(heads[i])].get_all(std::span{to, own});
      }
    }
    all.finish();
    std::vector<std::vector<std::size_t>> index;
    for (const auto& list : *lists_) {
      auto& of_class = index.emplace_back();
      for (const shortlisted_head& head : list) {
        const auto at = std::lower_bound(heads.begin(), heads.end(), head.position);
        of_class.push_back(static_cast<std::size_t>(at - heads.begin()));
      }
    }
    return {std::move(index), own, std::move(table)};
  }

  /// `compute()` fills the blocks of this rank; gathers those of the others. Collective.
  /// @param[in,out] values `[series, blocks, any]`
  template <class T, class Compute>
  void complete(std::size_t blocks, std::size_t series, std::span<T> values, const Compute& compute) const {
    const std::size_t length = series == 0 ? 0 : values.size() / series;
    const std::size_t width = blocks == 0 ? 0 : length / blocks;
    const auto part = [&](std::size_t rank, std::size_t s) {
      const range_type own = of_rank(blocks, rank);
      return values.subspan(s * length + own.begin * width, (own.end - own.begin) * width);
    };
    const communicator_ref comm = hub_->comm();
    gathered all{comm, [&](piece_writer& out) {
                   compute();
                   for (std::size_t s = 0; s < series; ++s)
                     out.put_all(std::span<const T>{part(comm.rank(), s)});
                 }};
    for (std::size_t rank = 0; rank < comm.size(); ++rank) {
      for (std::size_t s = 0; s < series; ++s) {
        all[rank].get_all(std::span<T>{part(rank, s)});
      }
    }
    all.finish();
  }

 private:
  [[nodiscard]] range_type of_rank(std::size_t count, std::size_t rank) const {
    const std::size_t ranks = hub_->comm().size();
    return {count * rank / ranks, count * (rank + 1) / ranks};
  }
  // Positions in the lists, increasing, each once.
  [[nodiscard]] std::vector<std::uint32_t> heads_of_lists() const {
    std::vector<std::uint32_t> out;
    for (const auto& list : *lists_) {
      for (const shortlisted_head& head : list) out.push_back(head.position);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }
  // The responses that `read(which, out)` reads, in packed order.
  template <class Read>
  [[nodiscard]] std::vector<std::uint8_t> packed(const mll::detail::packed_rows& rows,
                                                 const Read& read) const {
    std::vector<std::uint8_t> codes;
    evidence_->plan().read(0, evidence_->class_count(), read, codes);
    std::vector<std::uint8_t> out(rows.size());
    rows.pack(codes.data(), out.data());
    return out;
  }

  const rank_hub<>* hub_;
  const task_evidence* evidence_;
  const std::vector<std::vector<shortlisted_head>>* lists_;
};

}  // namespace mll::dist::detail
