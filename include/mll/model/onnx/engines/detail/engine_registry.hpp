// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"
#include "mll/model/onnx/engines/onnx_engine_id.hpp"

namespace mll::detail {

/// Engines that a program knows because it includes their headers: those that most programs do without.
class engine_registry {
 public:
  using maker = any_onnx_engine (*)();

  /// @return true
  static bool make_known(onnx_engine_id id, maker how) {
    auto& [guard, makers] = shared();
    const std::scoped_lock lock{guard};
    makers[id] = how;
    return true;
  }
  [[nodiscard]] static std::optional<any_onnx_engine> find(onnx_engine_id id) {
    auto& [guard, makers] = shared();
    const std::scoped_lock lock{guard};
    const auto found = makers.find(id);
    return found == makers.end() ? std::nullopt : std::optional{found->second()};
  }

 private:
  struct state {
    std::mutex guard;
    std::map<onnx_engine_id, maker> makers;
  };
  static state& shared() {
    static state out;
    return out;
  }
};

[[nodiscard]] inline invalid_argument unknown_openvino() {
  return {"options.engine", "an engine of this program (openvino_engine.hpp makes OpenVINO known)",
          "openvino"};
}

}  // namespace mll::detail
