// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A selection method whose call is not const.
// expect: selection_method
// expect: returns_an_ensemble
#include <string>

#include "mll/select/methods/selection_method.hpp"

struct method {
  std::string name() const { return "method"; }
#if MLL_TEST_MISTAKE
  mll::ensemble operator()(mll::exec::backend_ref, const mll::task_evidence&) { return {}; }
#else
  mll::ensemble operator()(mll::exec::backend_ref, const mll::task_evidence&) const { return {}; }
#endif
};
static_assert(mll::selection_method<method>);

int main() {}
