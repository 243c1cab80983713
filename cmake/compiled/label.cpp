// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/label.hpp"

#include "mll/label/detail/evidence.ipp"

namespace mll {

template void update_labels(exec::backend_ref, basic_model_labels<log_odds_8bit>&, const hub<std::string>&,
                            const representation_table<std::string>&, const semantic_nodes&,
                            const label_options&);

}  // namespace mll
