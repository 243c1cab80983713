#include "mll/match/match.hpp"
#include "mll/report/detail/explain.ipp"

namespace mll {

template task_match match(exec::backend_ref, const task&, const semantic_dag<compact_graph>&,
                          const sample_layout&, const match_options&);
template std::string explain(const task_match&, const semantic_dag<compact_graph>&, double);

}  // namespace mll
