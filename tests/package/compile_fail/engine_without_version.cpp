// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// An engine for ONNX files that does not say its version.
// expect: onnx_engine
// expect: names_an_engine
#include <memory>
#include <string>

#include "mll/model/onnx/engines/onnx_engine.hpp"

struct engine {
  std::string name() const { return "mine"; }
#if !MLL_TEST_MISTAKE
  std::string version() const { return "1"; }
#endif
  bool is_concurrent() const { return false; }
  bool takes_any_batch() const { return false; }
  bool takes_outside_weights() const { return false; }
  void check(const std::string&, const mll::detail::onnx_header&) const {}
  std::unique_ptr<mll::onnx_session> load(const std::string&) const { return nullptr; }
};

int main() {
  const mll::any_onnx_engine erased{engine{}};
}
