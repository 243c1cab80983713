#include "mll/graph/hierarchy.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/wordnet.hpp"

namespace mll {

template semantic_dag<compact_graph> read_wordnet<compact_graph>(const std::filesystem::path&,
                                                                 const wordnet_options&);
template std::vector<relative> ancestors(const semantic_dag<compact_graph>&, node_id);
template std::vector<relative> descendants(const semantic_dag<compact_graph>&, node_id);
template semantic_dag<compact_graph> make_semantic_dag<compact_graph>(
    std::vector<synset>, std::span<const std::pair<node_id, node_id>>, const irregular_forms&);
template semantic_dag<compact_graph> make_semantic_dag<compact_graph>(const std::vector<named_edge>&,
                                                                      const words_by_name&);

}  // namespace mll
