#include "mll/label/label.hpp"

namespace mll {

template void update_labels(exec::backend_ref, basic_model_labels<log_odds_8bit>&, const hub<std::string>&,
                            const representation_table<std::string>&, const semantic_dag<compact_graph>&,
                            const label_options&);

}  // namespace mll
