// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/dist/detail/exchanged.hpp"
#include "mll/dist/detail/gathered.hpp"
#include "mll/dist/profile.hpp"
#include "mll/label/source/detail/names_fingerprint.hpp"
#include "mll/profile/detail/fit_models.hpp"
#include "mll/profile/detail/steps/profile_steps.hpp"
#include "mll/profile/detail/steps/row_basis.hpp"

namespace mll::dist::detail {

/// A model as the rank that holds it describes it.
struct profiled_model {
  model_id id;
  std::size_t rank = 0;
  std::size_t width = 0;
  model_names names;
  std::uint64_t responses = 0;        // fingerprint
  std::span<const std::byte> values;  // those of `put_values`
};

/// Calls `f` with every row of a share's part of a profile that belongs to a model.
template <class Part, class F>
void for_each_row(Part& regressors, std::span<double> squares, std::size_t m, std::size_t width, const F& f) {
  const std::size_t first = regressors.first_head[m];
  f(squares.subspan(first, width));
  f(std::span<double>{regressors.mean.data() + first, width});
  for (matrix<double>* const values : {&regressors.centre, &regressors.deviations}) {
    for (std::size_t r = 0; r < static_cast<std::size_t>(values->rows()); ++r)
      f(mll::detail::row_of(*values, r).subspan(first, width));
  }
  f(mll::detail::row_of(regressors.equations, m));
}

/// Adds up sums over ranks: each rank adds those of its part of the numbers. Integers, whose sum does not
/// depend on the order.
MLL_LOCAL void add_over_ranks(communicator_ref comm, std::span<std::int64_t> sums) {
  const auto part = [&](std::size_t rank) {
    const std::size_t first = sums.size() * rank / comm.size();
    return sums.subspan(first, sums.size() * (rank + 1) / comm.size() - first);
  };
  exchanged dealt{comm, [&](std::span<piece_writer> out) {
                    for (std::size_t rank = 0; rank < out.size(); ++rank)
                      out[rank].put_all(std::span<const std::int64_t>{part(rank)});
                  }};
  std::vector<std::int64_t> mine(part(comm.rank()).size(), 0);
  std::vector<std::int64_t> of_rank(mine.size());
  for (std::size_t rank = 0; rank < comm.size(); ++rank) {
    dealt[rank].get_all(std::span{of_rank});
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i] += of_rank[i];
  }
  dealt.finish();
  gathered all{comm, [&](piece_writer& out) { out.put_all(std::span<const std::int64_t>{mine}); }};
  for (std::size_t rank = 0; rank < comm.size(); ++rank) all[rank].get_all(part(rank));
  all.finish();
}

/// Reads what the ranks tell of their models. @return the models by increasing id
MLL_LOCAL std::vector<profiled_model> read_models(communicator_ref comm, gathered& parts,
                                                  const sample_layout& samples) {
  constexpr std::size_t count = mll::detail::graph_regressors::count;
  const std::size_t per_head =
      12 + sizeof(double) * (2 + mll::detail::graph_regressors::by_name + samples.nodes().size());
  std::vector<profiled_model> out;
  for (std::size_t rank = 0; rank < comm.size(); ++rank) {
    piece_reader& from = parts[rank];
    if (from.template get<std::uint64_t>() != samples.fingerprint()) {
      throw invalid_argument{"shard", "labels on the samples of this rank",
                             "labels on other samples at rank " + std::to_string(rank)};
    }
    for (auto left = from.template get<std::uint32_t>(); left != 0; --left) {
      profiled_model& model = out.emplace_back();
      model.rank = rank;
      model.id = model_id{from.template get<std::uint32_t>()};
      model.width = from.template get<std::uint32_t>();
      model.names = get_names(from);
      model.responses = from.template get<std::uint64_t>();
      model.values = from.take(model.width * per_head + sizeof(double) * count * (count + 1));
    }
  }
  parts.finish();
  std::stable_sort(out.begin(), out.end(),
                   [](const profiled_model& a, const profiled_model& b) { return a.id < b.id; });
  for (std::size_t m = 1; m < out.size(); ++m) {
    if (out[m].id == out[m - 1].id) {
      throw invalid_argument{"shard", "each model in one share",
                             "model " + std::to_string(out[m].id.value()) + " at ranks " +
                                 std::to_string(out[m - 1].rank) + " and " + std::to_string(out[m].rank)};
    }
  }
  if (out.empty()) throw invalid_argument{"shard", "labels of at least one model on some rank", "none"};
  return out;
}

MLL_DEFINE hub_profile profile_over_ranks(exec::backend_ref backend, communicator_ref comm,
                                          const profile_shard& shard, const profile_options& options) {
  using mll::detail::row_of;
  using mll::detail::zeros;
  constexpr std::size_t count = mll::detail::graph_regressors::count;
  if (options.covariance_rank == 0) {
    throw invalid_argument{"options.covariance_rank",
                           "at least 1: over ranks a profile has its covariance in low-rank form", "0"};
  }
  const sample_layout& samples = *shard.samples;
  const std::size_t nodes = samples.nodes().size();
  mll::detail::decoded_hub hub;
  mll::detail::centred_share share;
  matrix<double> means;
  std::vector<double> squares;
  gathered parts{comm, [&](piece_writer& out) {
                   if (samples.row_count() == 0)
                     throw invalid_argument{"shard", "at least one sample", "none"};
                   if (options.general != nullptr) mll::detail::check_general(*options.general, samples);
                   hub = shard.decode();
                   const hub_profile own =
                       mll::detail::begin_profile(samples, hub, options.general, options.algebra);
                   share.responses = mll::detail::profiled_responses(backend, hub.log_odds, own);
                   hub.log_odds.resize(0, 0);
                   means = mll::detail::centre_by_node(backend, samples, share.responses);
                   squares = mll::detail::squares_of(backend, share.responses);
                   std::vector<std::size_t> models(shard.models.size());
                   std::iota(models.begin(), models.end(), std::size_t{0});
                   auto regressors = mll::detail::fit_models(backend, hub, models, samples, means);
                   out.put(samples.fingerprint());
                   out.put(static_cast<std::uint32_t>(models.size()));
                   for (const std::size_t m : models) {
                     const std::size_t width = hub.first_head[m + 1] - hub.first_head[m];
                     out.put(shard.models[m].value());
                     out.put(static_cast<std::uint32_t>(width));
                     put(shard.names[m], out);
                     out.put(hub.responses[m]);
                     for (std::size_t h = hub.first_head[m]; h < hub.first_head[m + 1]; ++h) {
                       out.put(hub.meanings[h].node.value());
                       out.put(hub.meanings[h].confidence);
                     }
                     for_each_row(regressors, squares, m, width,
                                  [&](std::span<double> row) { out.put_all(std::span<const double>{row}); });
                   }
                 }};

  mll::detail::decoded_hub whole;
  const std::vector<profiled_model> models = read_models(comm, parts, samples);
  whole.content = hub.content;
  whole.first_head.push_back(0);
  for (const profiled_model& model : models) {
    whole.first_head.push_back(whole.first_head.back() + model.width);
    whole.responses.push_back(model.responses);
    whole.names = mll::detail::names_fingerprint(whole.names, model.names.name, model.names.heads);
  }
  const std::size_t heads = whole.first_head.back();
  std::vector<double> squares_of_all(heads);
  mll::detail::graph_regressors regressors;
  regressors.nodes.assign(samples.nodes().begin(), samples.nodes().end());
  regressors.first_head = whole.first_head;
  regressors.mean.resize(static_cast<Eigen::Index>(heads));
  regressors.centre = zeros<double>(mll::detail::graph_regressors::by_name, heads);
  regressors.deviations = zeros<double>(nodes, heads);
  regressors.equations = zeros<double>(models.size(), count * (count + 1));
  for (std::size_t m = 0; m < models.size(); ++m) {
    piece_reader from{models[m].values};
    for (std::size_t h = 0; h < models[m].width; ++h) {
      const auto node = from.template get<std::uint32_t>();
      whole.meanings.push_back({node_id{node}, from.template get<double>()});
    }
    for_each_row(regressors, squares_of_all, m, models[m].width,
                 [&](std::span<double> row) { from.get_all(row); });
    if (models[m].rank != comm.rank()) continue;
    for (std::size_t h = 0; h < models[m].width; ++h) share.positions.push_back(whole.first_head[m] + h);
  }

  hub_profile out = mll::detail::begin_profile(samples, whole, options.general, options.algebra);
  const std::size_t own = share.positions.size();
  const auto dim = static_cast<std::size_t>(out.general.embeddings.cols());
  if (out.has_general()) {
    out.general.scale = mll::detail::scale_of_embeddings(squares_of_all, std::span{squares}.subspan(own));
    mll::detail::fit_texts(samples, means, out);
  }
  out.regressors = mll::detail::join_regressors(std::move(regressors), {}, std::move(whole.first_head));
  // The embeddings are on all ranks; the first one counts them.
  for (std::size_t d = 0; d < dim; ++d) share.positions.push_back(heads + d);
  share.counted = own + (comm.rank() == 0 ? dim : 0);
  const matrix<float> loadings = mll::detail::fit_factor(
      backend, samples, share, squares_of_all, options.covariance_rank,
      [&](std::span<std::int64_t> sums) { add_over_ranks(comm, sums); }, out);
  const auto rank = static_cast<std::size_t>(loadings.cols());
  gathered of_heads{comm, [&](piece_writer& to) {
                      to.put_all(std::span<const float>{loadings.data(), own * rank});
                    }};
  out.factor.loadings.resize(static_cast<Eigen::Index>(heads + dim), loadings.cols());
  float* to = out.factor.loadings.data();
  for (const profiled_model& model : models) {
    const std::span<float> of_model{to, model.width * rank};
    of_heads[model.rank].get_all(of_model);
    to += of_model.size();
  }
  of_heads.finish();
  std::copy_n(loadings.data() + own * rank, dim * rank, to);
  return out;
}

}  // namespace mll::dist::detail
