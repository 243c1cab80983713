// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A stage that is called without a backend.
// expect: the first argument must be an execution backend, e.g. mll::exec::sequential{}
#include <boost/graph/adjacency_list.hpp>

#include "mll/exec/sequential.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/label.hpp"
#include "mll/label/representation/representation_table.hpp"

using words = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset>;

int main() {
  const mll::hub<int> hub;
  const mll::representation_table<int> samples;
  const mll::semantic_dag<words> graph{words{}};
#if MLL_TEST_MISTAKE
  const auto labels = mll::label(hub, samples, graph);
#else
  const auto labels = mll::label(mll::exec::sequential{}, hub, samples, graph);
#endif
}
