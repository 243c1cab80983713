// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <openvino/openvino.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/detail/engine_registry.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"
#include "mll/model/onnx/engines/onnx_engine_id.hpp"

namespace mll {

/// OpenVINO as an `onnx_engine`, on the processor. Component `mll::openvino`. It is the fastest for networks
/// in 8 bits on processors with instructions for them; it takes tensors of numbers only.
///
/// Including this header makes it known: `onnx_options::engine` may ask for it, and classifiers of images
/// use it by default where ONNX Runtime is missing.
///
/// Each session has one thread and runs in single precision, one call at a time. The memory of a session is
/// unknown to the engine, so that the cache estimates it.
class openvino_engine {
 public:
  [[nodiscard]] static std::string name() { return "OpenVINO"; }
  [[nodiscard]] static std::string version() { return ov::get_openvino_version().buildNumber; }
  [[nodiscard]] static bool is_concurrent() noexcept { return false; }
  [[nodiscard]] static bool takes_any_batch() noexcept { return false; }
  [[nodiscard]] static bool takes_outside_weights() noexcept { return true; }

  static void check(const std::string& file, const detail::onnx_header& header) {
    for (const auto* tensors : {&header.inputs, &header.outputs}) {
      for (const detail::onnx_tensor& each : *tensors) {
        const auto type = static_cast<detail::onnx_element>(each.element_type);
        if (each.is_map || !detail::is_number(type)) {
          throw model_error{file, "OpenVINO: expected tensors of numbers, found '" + each.name + "' of " +
                                      (each.is_map ? "maps" : to_string(type))};
        }
      }
    }
  }

  [[nodiscard]] static std::unique_ptr<onnx_session> load(const std::string& file) {
    return std::make_unique<session>(file);
  }

 private:
  // Its plugins are loaded once.
  static ov::Core& core() {
    static ov::Core out;
    return out;
  }

  class session final : public onnx_session {
   public:
    explicit session(std::string file) : file_{std::move(file)} {
      call([&] {
        network_ = core().compile_model(file_, "CPU", ov::inference_num_threads(1), ov::num_streams(1),
                                        ov::hint::inference_precision(ov::element::f32));
        request_ = network_.create_infer_request();
      });
    }

    [[nodiscard]] std::vector<detail::onnx_array> run(std::span<const detail::onnx_array> inputs,
                                                      std::span<const std::string> outputs) override {
      std::vector<detail::onnx_array> out;
      call([&] {
        for (const detail::onnx_array& each : inputs) {
          // It takes no const data, and does not write to an input.
          request_.set_tensor(each.name, ov::Tensor{type_of(each.type), ov::Shape(each.shape),
                                                    const_cast<std::byte*>(each.bytes.data())});
        }
        request_.infer();
        for (const std::string& each : outputs) out.push_back(array_of(each, request_.get_tensor(each)));
      });
      return out;
    }

    [[nodiscard]] std::size_t bytes(std::span<const std::vector<std::size_t>>) const override { return 0; }

   private:
    template <class F>
    void call(const F& f) const {
      try {
        f();
      } catch (const ov::Exception& problem) {
        std::string what = problem.what();
        std::replace(what.begin(), what.end(), '\n', ' ');
        throw model_error{file_, "OpenVINO: " + what};
      }
    }

    static ov::element::Type type_of(detail::onnx_element type) {
      switch (type) {
        case detail::onnx_element::float16:
          return ov::element::f16;
        case detail::onnx_element::float64:
          return ov::element::f64;
        case detail::onnx_element::uint8:
          return ov::element::u8;
        case detail::onnx_element::int8:
          return ov::element::i8;
        case detail::onnx_element::int32:
          return ov::element::i32;
        case detail::onnx_element::int64:
          return ov::element::i64;
        default:
          return ov::element::f32;
      }
    }

    [[nodiscard]] detail::onnx_array array_of(const std::string& name, const ov::Tensor& from) const {
      detail::onnx_array out;
      out.name = name;
      for (const auto type :
           {detail::onnx_element::float32, detail::onnx_element::float16, detail::onnx_element::float64,
            detail::onnx_element::uint8, detail::onnx_element::int8, detail::onnx_element::int32,
            detail::onnx_element::int64}) {
        if (type_of(type) == from.get_element_type()) out.type = type;
      }
      if (out.type == detail::onnx_element::none) {
        throw model_error{file_, "OpenVINO: expected numbers, found '" + name + "' of type " +
                                     from.get_element_type().get_type_name()};
      }
      const ov::Shape shape = from.get_shape();
      out.shape.assign(shape.begin(), shape.end());
      out.bytes.resize(from.get_byte_size());
      if (!out.bytes.empty()) std::memcpy(out.bytes.data(), from.data(), out.bytes.size());
      return out;
    }

    std::string file_;
    ov::CompiledModel network_;
    ov::InferRequest request_;
  };
};

static_assert(onnx_engine<openvino_engine>);

namespace detail {

inline const bool openvino_is_known =
    engine_registry::make_known(onnx_engine_id::openvino, [] { return any_onnx_engine{openvino_engine{}}; });

}  // namespace detail

}  // namespace mll
