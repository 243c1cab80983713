// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mll/model/onnx/engines/onnx_engine.hpp"
#include "mll/testing/archetypes.hpp"

namespace mll::testing {

/// The smallest `onnx_engine`: its sessions return their inputs.
class engine_archetype {
 public:
  explicit engine_archetype(int) {}
  engine_archetype(const engine_archetype&) = default;
  engine_archetype& operator=(const engine_archetype&) = delete;
  ~engine_archetype() = default;

  [[nodiscard]] convertible_archetype<std::string> name() const { return text("archetype"); }
  [[nodiscard]] convertible_archetype<std::string> version() const { return text("1"); }
  [[nodiscard]] convertible_archetype<bool> is_concurrent() const { return convertible_archetype{false}; }
  [[nodiscard]] convertible_archetype<bool> takes_any_batch() const { return convertible_archetype{false}; }
  [[nodiscard]] convertible_archetype<bool> takes_outside_weights() const {
    return convertible_archetype{false};
  }
  void check(const std::string& /*file*/, const mll::detail::onnx_header& /*header*/) const {}
  [[nodiscard]] std::unique_ptr<onnx_session> load(const std::string& /*file*/) const {
    struct session final : onnx_session {
      std::vector<mll::detail::onnx_array> run(std::span<const mll::detail::onnx_array> inputs,
                                               std::span<const std::string> /*outputs*/) override {
        return {inputs.begin(), inputs.end()};
      }
      [[nodiscard]] std::size_t bytes(std::span<const std::vector<std::size_t>> /*shapes*/) const override {
        return 0;
      }
    };
    return std::make_unique<session>();
  }

 private:
  static convertible_archetype<std::string> text(const char* what) {
    return convertible_archetype{std::string{what}};
  }
};
static_assert(onnx_engine<engine_archetype>);

}  // namespace mll::testing
