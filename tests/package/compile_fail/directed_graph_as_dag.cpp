// A graph without in-edges is not a semantic graph.
// expect: semantic_graph
// expect: in_edges
#include <boost/graph/adjacency_list.hpp>

#include "mll/graph/semantic_dag.hpp"

using one_way = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, mll::synset>;

int main() {
  const mll::semantic_dag<one_way> graph{one_way{}};
}
