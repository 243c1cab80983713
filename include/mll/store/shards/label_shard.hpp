// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/model/hub.hpp"
#include "mll/store/detail/labels/share_plan.hpp"
#include "mll/store/detail/labels/store_labelling.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/label_share.hpp"
#include "mll/store/shards/detail/shard_file.hpp"
#include "mll/store/store_options.hpp"
#include "mll/store/update_store.hpp"

namespace mll {

/// How to label a shard; see `label_shard`.
struct label_shard_options {
  update_store_options labelling = {};  ///< as for `update_store`
  store_options shard = {};             ///< how to open the file of the shard
};

/// **Labelling** on many machines: runs the models of a hub on the samples of one share, and writes the
/// labels to a shard, a store of its own. `merge_stores` collects the shards.
///
/// No two machines write to the same file, and the store that lists models and samples, the base, is only
/// read: it may lie on a read-only disk, and may already have some of the labels, which are not made again.
/// The shard is an ordinary store with the models and samples of the base. It is created if the file does not
/// exist. Otherwise labelling continues: what an interrupted call has written is not computed again, whatever
/// its `share.count` was. If models or samples of the base have changed since, their labels
/// in the shard are dropped.
///
/// A label in the shard is bit for bit what `label` returns for the same model and samples: responses and
/// mean of a node are computed by one call, in the order of the samples.
///
/// @code
/// const auto base = mll::hub_store::open("hub.mll", {.access = mll::store_access::read_only});
/// mll::label_shard(backend, base, "shard3.mll", {.number = 3, .count = 8}, hub, samples, graph);
/// @endcode
///
/// @param[in] backend the models of a share that run on the same samples run in parallel over it
/// @param[in] base    has the models under their names in the hub, and the samples (`set_samples`)
/// @param[in] into    file of the shard, not on a network file system
/// @param[in] share   which labels to make
/// @param[in] models  the hub; models that only the base or only the hub has are ignored
/// @param[in] samples representation data
/// @param[in] graph   the SDAG that the nodes of the samples belong to
/// @param[in] options see `label_shard_options`
/// @return `labelled` lists the models whose part of the share is complete now
///
/// Throws: `invalid_argument` if the share is not one of 1 to N, or `into` is another store, or a shard of
/// another base; as `update_store`. Committed labels stay. Complexity: runs each missing (model, sample) pair
/// of the share once; reads a sample once per `models_at_a_time` models of the share that miss it, on
/// average.
template <named_codec Codec, exec::execution_backend Backend, class Sample, representation R,
          semantic_graph Graph>
update_store_result label_shard(const Backend& backend, const basic_hub_store<Codec>& base,
                                const std::filesystem::path& into, const label_share& share,
                                const hub<Sample>& models, const R& samples, const semantic_dag<Graph>& graph,
                                const label_shard_options& options = {}) {
  share.check();
  detail::check_options(options.labelling);
  const detail::share_plan plan =
      base.connections()->read([&](detail::database& db) { return detail::plan_share(db, share); });
  auto shard = detail::open_shard<Codec>(into, plan, options.shard);
  return detail::store_labelling<Codec, Backend, Sample, R, Graph, update_store_options, update_store_result>{
      backend, shard, models, samples, graph, options.labelling, &plan}
      .run();
}

}  // namespace mll
