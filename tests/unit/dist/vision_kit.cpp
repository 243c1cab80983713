// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Selection over ranks from a real hub; skipped where it is missing.
#include <doctest/doctest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "mll/dist/select.hpp"
#include "mll/dist/threads.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/select.hpp"
#include "support/planted_labels.hpp"
#include "support/shares.hpp"
#include "support/vision_kit.hpp"

namespace {

// The labels of the kit, from its cached outputs.
mll::model_labels labels_of_kit(const std::filesystem::path& kit) {
  const mll::test::npy_rows<Eigen::half> scores{kit / "pretest" / "scores.npy", "<f2", 1U << 20U};
  const mll::test::npy_rows<std::int32_t> nodes{kit / "pretest" / "node_of_sample.npy", "<i4", 1U << 20U};
  const std::size_t samples = nodes.values.size();
  std::vector<std::size_t> order(samples);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return nodes.values[a] < nodes.values[b]; });
  std::vector<std::size_t> counts(1 + static_cast<std::size_t>(nodes.values[order.back()]));
  for (const std::int32_t v : nodes.values) ++counts[static_cast<std::size_t>(v)];

  mll::model_labels out{mll::test::layout_of(counts)};
  const auto heads = mll::test::tsv_rows(kit / "hub" / "heads.tsv");  // head, model, index, name
  for (std::size_t first = 0, last = 0; first < heads.size(); first = last) {
    std::vector<std::string> names;
    while (last < heads.size() && heads[last][1] == heads[first][1]) names.push_back(heads[last++][3]);
    mll::matrix<float> responses(static_cast<Eigen::Index>(samples), static_cast<Eigen::Index>(last - first));
    for (std::size_t r = 0; r < samples; ++r) {
      for (std::size_t h = first; h < last; ++h) {
        responses(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(h - first)) =
            static_cast<float>(scores.values[order[r] * scores.width + h]);
      }
    }
    out.insert(mll::test::make_label<mll::log_odds_8bit>(mll::model_id{out.models().size()}, heads[first][1],
                                                         std::move(names), responses, out.samples()));
  }
  return out;
}

}  // namespace

TEST_CASE("the vision kit: over ranks the selection and its estimate have the same bits") {
  const auto kit = mll::test::vision_kit();
  if (!kit) {
    MESSAGE("skipped: no vision kit (set MLL_VISION_KIT)");
    return;
  }
  const mll::model_labels labels = labels_of_kit(*kit);
  // Every fifteenth node is a class.
  const std::size_t nodes = labels.samples().nodes().size();
  std::vector<std::size_t> counts;
  std::vector<mll::node_id> classes;
  for (std::size_t v = 0; v < nodes; v += 15) {
    classes.push_back(labels.samples().nodes()[v]);
    counts.push_back(labels.samples().rows_at(v).count);
  }
  mll::task_match match = mll::test::planted_match(counts);
  for (std::size_t y = 0; y < classes.size(); ++y) {
    match.classes[y].node = classes[y];
    match.classes[y].evidence = {{classes[y], 1}};
  }
  const mll::exec::sequential backend;
  const std::string expected = mll::detail::encode_selection(mll::select(backend, labels, match));
  struct run {
    std::size_t ranks;
    mll::dist::rank_options limits;
  };
  for (const auto& [ranks, limits] : {run{1, {}}, run{4, {}}, run{3, {.max_row_bytes = 0}}}) {
    const auto shares = mll::test::random_shares(labels.models().size(), ranks, 4);
    std::vector<int> same(ranks, 0);
    mll::dist::threads{ranks}.run([&, rank_limits = limits](mll::dist::threads::member& comm) {
      const auto mine = mll::test::share_of(labels, shares[comm.rank()]);
      same[comm.rank()] = mll::detail::encode_selection(mll::select(
                              backend, comm, mine, match, mll::select_options<>{}, rank_limits)) == expected
                              ? 1
                              : 0;
    });
    CHECK(std::count(same.begin(), same.end(), 1) == static_cast<std::ptrdiff_t>(ranks));
  }
}
