// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"

namespace mll {

/// A network that an engine has loaded.
class onnx_session {
 public:
  onnx_session() = default;
  onnx_session(const onnx_session&) = delete;
  onnx_session& operator=(const onnx_session&) = delete;
  virtual ~onnx_session() = default;

  /// Runs the network.
  /// @param[in] inputs  all inputs, with their names
  /// @param[in] outputs names of the outputs that are wanted
  /// @return one array per wanted output
  /// Throws: `model_error` naming the file.
  [[nodiscard]] virtual std::vector<detail::onnx_array> run(std::span<const detail::onnx_array> inputs,
                                                            std::span<const std::string> outputs) = 0;
  /// Bytes that the network occupies after it has run; 0 if unknown.
  /// @param[in] shapes of the inputs of the largest run
  [[nodiscard]] virtual std::size_t bytes(std::span<const std::vector<std::size_t>> shapes) const = 0;
};

/// `e.name()` and `e.version()`, strings.
template <class E>
concept names_an_engine = requires(const E& e) {
  { e.name() } -> std::convertible_to<std::string>;
  { e.version() } -> std::convertible_to<std::string>;
};

/// `e.is_concurrent()`, `e.takes_any_batch()` and `e.takes_outside_weights()`.
template <class E>
concept states_abilities = requires(const E& e) {
  { e.is_concurrent() } -> std::convertible_to<bool>;
  { e.takes_any_batch() } -> std::convertible_to<bool>;
  { e.takes_outside_weights() } -> std::convertible_to<bool>;
};

/// `e.check(file, header)`.
template <class E>
concept checks_networks = requires(const E& e, const std::string& file, const detail::onnx_header& header) {
  e.check(file, header);
};

/// `e.load(file)`, a `std::unique_ptr<onnx_session>`.
template <class E>
concept loads_sessions = requires(const E& e, const std::string& file) {
  { e.load(file) } -> std::same_as<std::unique_ptr<onnx_session>>;
};

/// Runs ONNX files.
///
/// Valid expressions for a `const E e`:
/// - `e.name()`: a name for messages, such as "OpenCV"; `e.version()`
/// - `e.is_concurrent()`: whether several threads may run one session at once
/// - `e.takes_any_batch()`: whether a network with an open batch that is right for one batch is right for all
/// - `e.takes_outside_weights()`: whether weights may be in files beside the ONNX file
/// - `e.check(file, header)`: throws `model_error` for a network that the engine cannot take
/// - `e.load(file)`: a session; throws `model_error` naming the file. Single-threaded, and may be called
///   concurrently
///
/// @code
/// struct my_session : mll::onnx_session {  // a loaded network: here one that returns its inputs
///   std::vector<mll::detail::onnx_array> run(std::span<const mll::detail::onnx_array> inputs,
///                                            std::span<const std::string>) override {
///     return {inputs.begin(), inputs.end()};
///   }
///   std::size_t bytes(std::span<const std::vector<std::size_t>>) const override { return 0; }
/// };
/// struct my_engine {
///   std::string name() const { return "mine"; }
///   std::string version() const { return "1"; }
///   bool is_concurrent() const { return true; }
///   bool takes_any_batch() const { return true; }
///   bool takes_outside_weights() const { return false; }
///   void check(const std::string&, const mll::detail::onnx_header&) const {}  // takes every network
///   std::unique_ptr<mll::onnx_session> load(const std::string&) const {
///     return std::make_unique<my_session>();
///   }
/// };
/// static_assert(mll::onnx_engine<my_engine>);
/// @endcode
///
/// Models: `onnxruntime_engine`, `openvino_engine`, `opencv_engine`, `any_onnx_engine`.
template <class E>
concept onnx_engine = std::copy_constructible<E> && names_an_engine<E> && states_abilities<E> &&
                      checks_networks<E> && loads_sessions<E>;

/// A type-erased engine. Copies are cheap.
class any_onnx_engine {
 public:
  template <class E>
    requires(!std::same_as<E, any_onnx_engine>) && onnx_engine<E>
  any_onnx_engine(E engine) : self_{std::make_shared<const holder<E>>(std::move(engine))} {}

  [[nodiscard]] std::string name() const { return self_->name(); }
  [[nodiscard]] std::string version() const { return self_->version(); }
  [[nodiscard]] bool is_concurrent() const { return self_->is_concurrent(); }
  [[nodiscard]] bool takes_any_batch() const { return self_->takes_any_batch(); }
  [[nodiscard]] bool takes_outside_weights() const { return self_->takes_outside_weights(); }
  void check(const std::string& file, const detail::onnx_header& header) const { self_->check(file, header); }
  [[nodiscard]] std::unique_ptr<onnx_session> load(const std::string& file) const {
    return self_->load(file);
  }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual std::string name() const = 0;
    virtual std::string version() const = 0;
    virtual bool is_concurrent() const = 0;
    virtual bool takes_any_batch() const = 0;
    virtual bool takes_outside_weights() const = 0;
    virtual void check(const std::string& file, const detail::onnx_header& header) const = 0;
    virtual std::unique_ptr<onnx_session> load(const std::string& file) const = 0;
  };
  template <class E>
  struct holder final : interface {
    explicit holder(E e) : engine{std::move(e)} {}
    std::string name() const override { return engine.name(); }
    std::string version() const override { return engine.version(); }
    bool is_concurrent() const override { return engine.is_concurrent(); }
    bool takes_any_batch() const override { return engine.takes_any_batch(); }
    bool takes_outside_weights() const override { return engine.takes_outside_weights(); }
    void check(const std::string& file, const detail::onnx_header& header) const override {
      engine.check(file, header);
    }
    std::unique_ptr<onnx_session> load(const std::string& file) const override { return engine.load(file); }
    E engine;
  };
  std::shared_ptr<const interface> self_;
};

static_assert(onnx_engine<any_onnx_engine>);

}  // namespace mll
