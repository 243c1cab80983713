// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "work.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../../../benchmarks/support/wide_hub.hpp"
#include "../../../benchmarks/support/wide_match.hpp"
#include "../../../benchmarks/support/wide_share.hpp"
#include "mll/dist/select.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/select.hpp"
#include "support/communicator_suite.hpp"
#include "support/shares.hpp"

namespace mll::test {

std::string check_operations(dist::communicator_ref comm, std::size_t scale) {
  return wrong_in_communicator(comm, scale).value_or("");
}

std::string check_selection(dist::communicator_ref comm, const std::string& size, bool is_dealt) {
  const benchmark::wide_hub hub{benchmark::wide_size::of(size), 3};
  const auto excesses = hub.excesses();
  const task_match match = benchmark::match_of(hub, hub.task(1));
  const std::size_t models = benchmark::wide_share::model_count(hub);
  const select_options<> options{.folds = 2, .max_samples = 2000};

  const auto shares = random_shares(models, comm.size(), 7);
  const benchmark::wide_share share{hub, excesses, shares[comm.rank()]};
  const dist::rank_options limits = is_dealt ? dist::rank_options{.max_row_bytes = 0} : dist::rank_options{};
  const selection found = select(exec::sequential{}, comm, share, match, options, limits);

  std::vector<std::size_t> all(models);
  for (std::size_t m = 0; m < models; ++m) all[m] = m;
  const benchmark::wide_share whole{hub, excesses, all};
  const selection expected = select(exec::sequential{}, whole, match, options);
  return detail::encode_selection(found) == detail::encode_selection(expected) ? "" : "the selection differs";
}

}  // namespace mll::test
