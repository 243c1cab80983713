// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/crc64.hpp"
#include "mll/dist/communication_error.hpp"
#include "mll/dist/detail/gathered.hpp"
#include "mll/dist/detail/rank_hub.hpp"
#include "mll/dist/detail/rank_stages.hpp"
#include "mll/dist/select.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"

namespace mll::dist::detail {

/// Throws: `communication_error` unless all ranks have computed the same bits. They may not on processors of
/// different kinds, for which the same program computes other last bits.
MLL_LOCAL void require_same_everywhere(communicator_ref comm, const selection& found) {
  const std::uint64_t mine = mll::detail::crc64(mll::detail::encode_selection(found));
  gathered all{comm, [&](piece_writer& out) { out.put(mine); }};
  for (std::size_t rank = 0; rank < comm.size(); ++rank) {
    if (all[rank].template get<std::uint64_t>() == mine) continue;
    throw communication_error{"expected the same selection on all ranks, found another one at rank " +
                              std::to_string(rank) + " (are the processors of one kind?)"};
  }
}

MLL_DEFINE selection select_over_ranks(exec::backend_ref backend, communicator_ref comm,
                                       const task_match& match, const rank_selection& asked) {
  const auto hub = std::make_shared<rank_hub<>>(comm, asked.shard, asked.decoded, asked.profile != nullptr);
  const task_evidence evidence{hub, match, asked.general, asked.profile, asked.max_samples};
  const rank_stages<> stages{backend, *hub, asked.max_row_bytes};
  const bool in_stages = asked.runs_in_stages(evidence);
  if (in_stages) {
    hub->watch(evidence.plan().samples());
  } else {
    std::vector<node_samples> samples;
    for (const auto& of_class : evidence.class_nodes()) {
      for (const auto& one : of_class) {
        samples.push_back({static_cast<std::uint32_t>(one.node),
                           static_cast<std::uint32_t>(evidence.sample_count(one.node))});
      }
    }
    hub->watch(samples);
    if (const std::size_t bytes = hub->bytes_of_all(); bytes > asked.max_gathered_bytes) {
      throw invalid_argument{
          "limits.max_gathered_bytes",
          "at least " + std::to_string(bytes) +
              " bytes, the labels of all heads on the nodes of the task, which this method "
              "needs on every rank (a budget of heads per class does not)",
          std::to_string(asked.max_gathered_bytes)};
    }
    std::vector<std::uint32_t> all(hub->heads().head_count());
    std::iota(all.begin(), all.end(), 0U);
    hub->gather_rows(backend, all);
    hub->describe(all);
  }
  const auto fit = [&](exec::backend_ref on, const task_evidence& of) {
    ensemble out = asked.fit(on, of, in_stages ? &stages : nullptr);
    // What the reasons of the selection tell of its heads.
    if (in_stages && of.left_out().empty()) hub->describe(mll::detail::positions_of(of, out));
    return out;
  };
  selection out = mll::detail::select_erased(backend, evidence, fit, asked.folds, asked.seed, asked.shift);
  require_same_everywhere(comm, out);
  return out;
}

}  // namespace mll::dist::detail
