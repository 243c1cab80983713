// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// An engine for ONNX files whose load returns its own type of session.
// expect: onnx_engine
// expect: loads_sessions
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mll/model/onnx/engines/onnx_engine.hpp"

struct session : mll::onnx_session {
  std::vector<mll::detail::onnx_array> run(std::span<const mll::detail::onnx_array>,
                                           std::span<const std::string>) override {
    return {};
  }
  std::size_t bytes(std::span<const std::vector<std::size_t>>) const override { return 0; }
};

#if MLL_TEST_MISTAKE
using loaded = session;
#else
using loaded = mll::onnx_session;
#endif

struct engine {
  std::string name() const { return "mine"; }
  std::string version() const { return "1"; }
  bool is_concurrent() const { return false; }
  bool takes_any_batch() const { return false; }
  bool takes_outside_weights() const { return false; }
  void check(const std::string&, const mll::detail::onnx_header&) const {}
  std::unique_ptr<loaded> load(const std::string&) const { return std::make_unique<session>(); }
};
static_assert(mll::onnx_engine<engine>);

int main() {}
