// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/detail/cycle.ipp"
#include "mll/graph/detail/edge_list.ipp"
#include "mll/graph/detail/hierarchy.ipp"
#include "mll/graph/detail/lexicon.ipp"
#include "mll/graph/detail/make_semantic_dag.ipp"
#include "mll/graph/detail/semantic_nodes.ipp"
#include "mll/graph/detail/wordnet.ipp"
#include "mll/graph/edge_list.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/wordnet.hpp"

namespace mll {

template class semantic_dag<compact_graph>;
template semantic_dag<compact_graph> read_wordnet<compact_graph>(const std::filesystem::path&,
                                                                 const wordnet_options&);
template semantic_dag<compact_graph> read_edge_list<compact_graph>(const std::filesystem::path&,
                                                                   const edge_list_options&);
template semantic_dag<compact_graph> make_semantic_dag<compact_graph>(
    std::vector<synset>, std::span<const std::pair<node_id, node_id>>, const irregular_forms&);
template semantic_dag<compact_graph> make_semantic_dag<compact_graph>(const std::vector<named_edge>&,
                                                                      const words_by_name&);

}  // namespace mll
