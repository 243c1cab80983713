// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A selection method without a name.
// expect: selection_method
// expect: has_name
#include <string>

#include "mll/select/select.hpp"

struct method {
#if !MLL_TEST_MISTAKE
  std::string name() const { return "method"; }
#endif
  mll::ensemble operator()(mll::exec::backend_ref, const mll::task_evidence&) const { return {}; }
};

int main() {
  const mll::select_options<method> options{};
}
