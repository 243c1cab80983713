// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <onnxruntime_c_api.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/engines/detail/onnxruntime_library.hpp"
#include "mll/model/onnx/engines/detail/with_plain_locale.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"

namespace mll {

/// ONNX Runtime as an `onnx_engine`. Component `mll::onnxruntime`.
///
/// The library is opened when the first engine asks for it: the one that the program is linked with, the one
/// that the environment variable `MLL_ONNXRUNTIME_LIBRARY` names, the one that was found when the program was
/// built, or `libonnxruntime.so.1`.
///
/// Each session runs in the calling thread, without an arena. The memory of a session is computed from the
/// file, by factors that were measured with version 1.32: two or three times the weights, 4 bytes per byte of
/// the rest, and 96 KiB.
class onnxruntime_engine {
 public:
  /// Why the library cannot be used; empty if it can.
  [[nodiscard]] static const std::string& missing() { return library().missing(); }

  [[nodiscard]] static std::string name() { return "ONNX Runtime"; }
  [[nodiscard]] static std::string version() { return library().version(); }
  [[nodiscard]] static bool is_concurrent() noexcept { return true; }
  [[nodiscard]] static bool takes_any_batch() noexcept { return true; }
  [[nodiscard]] static bool takes_outside_weights() noexcept { return true; }
  static void check(const std::string&, const detail::onnx_header&) {}

  [[nodiscard]] static std::unique_ptr<onnx_session> load(const std::string& file) {
    if (!missing().empty()) throw model_error{file, "ONNX Runtime: " + missing()};
    return std::make_unique<session>(file);
  }

 private:
  static const detail::onnxruntime_library& library() { return detail::onnxruntime_library::shared(); }

  template <class T, void (*OrtApi::*Release)(T*)>
  struct releaser {
    void operator()(T* each) const { (library().api().*Release)(each); }
  };
  using options_pointer =
      std::unique_ptr<OrtSessionOptions, releaser<OrtSessionOptions, &OrtApi::ReleaseSessionOptions>>;
  using session_pointer = std::unique_ptr<OrtSession, releaser<OrtSession, &OrtApi::ReleaseSession>>;
  using value_pointer = std::unique_ptr<OrtValue, releaser<OrtValue, &OrtApi::ReleaseValue>>;
  using info_pointer = std::unique_ptr<OrtMemoryInfo, releaser<OrtMemoryInfo, &OrtApi::ReleaseMemoryInfo>>;
  using shape_pointer =
      std::unique_ptr<OrtTensorTypeAndShapeInfo,
                      releaser<OrtTensorTypeAndShapeInfo, &OrtApi::ReleaseTensorTypeAndShapeInfo>>;

  class session final : public onnx_session {
   public:
    explicit session(std::string file) : file_{std::move(file)} {
      OrtSessionOptions* made = nullptr;
      check(api().CreateSessionOptions(&made));
      const options_pointer options{made};
      check(api().SetIntraOpNumThreads(made, 1));
      check(api().SetInterOpNumThreads(made, 1));
      check(api().DisableCpuMemArena(made));
      check(api().DisableMemPattern(made));
      check(api().SetSessionLogSeverityLevel(made, ORT_LOGGING_LEVEL_FATAL));
      session_ = open(*made);
      OrtMemoryInfo* info = nullptr;
      check(api().CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &info));
      info_.reset(info);
      check(api().GetAllocatorWithDefaultOptions(&texts_));
      // What a process grows by: weights, a second time in the layout of its processor, and those of
      // convolutions a third time; operators with their attributes.
      constexpr std::size_t empty_graph = 96 * 1024;
      constexpr std::size_t bytes_per_graph_byte = 4;
      const detail::file_bytes content = detail::map_onnx(file_);
      const detail::onnx_header header = detail::read_onnx_header(content);
      const bool convolves = std::any_of(header.operators.begin(), header.operators.end(),
                                         [](const auto& each) { return each.second.type == "Conv"; });
      const std::size_t graph =
          content.content.size() - std::min(header.weight_bytes, content.content.size());
      bytes_ = (convolves ? 3 : 2) * header.weight_bytes + empty_graph + bytes_per_graph_byte * graph;
    }

    [[nodiscard]] std::vector<detail::onnx_array> run(std::span<const detail::onnx_array> inputs,
                                                      std::span<const std::string> outputs) override {
      std::vector<value_pointer> values;
      std::vector<const char*> names;
      std::vector<const OrtValue*> in;
      for (const auto& each : inputs) {
        values.push_back(value_of(each));
        names.push_back(each.name.c_str());
        in.push_back(values.back().get());
      }
      std::vector<const char*> wanted;
      for (const auto& each : outputs) wanted.push_back(each.c_str());
      std::vector<OrtValue*> found(outputs.size(), nullptr);
      OrtStatus* status = api().Run(session_.get(), nullptr, names.data(), in.data(), in.size(),
                                    wanted.data(), wanted.size(), found.data());
      std::vector<value_pointer> owned;
      for (OrtValue* each : found) owned.emplace_back(each);
      check(status);
      std::vector<detail::onnx_array> out;
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        ONNXType type = ONNX_TYPE_UNKNOWN;
        check(api().GetValueType(owned[i].get(), &type));
        out.push_back(type == ONNX_TYPE_SEQUENCE ? rows_of_maps(*owned[i])
                      : type == ONNX_TYPE_TENSOR ? array_of(*owned[i])
                                                 : detail::onnx_array{});
        out.back().name = outputs[i];
      }
      return out;
    }

    [[nodiscard]] std::size_t bytes(std::span<const std::vector<std::size_t>>) const override {
      return bytes_;
    }

   private:
    [[nodiscard]] session_pointer open(const OrtSessionOptions& options) const {
      OrtSession* out = nullptr;
      try {
        check(api().CreateSession(library().environment(), file_.c_str(), &options, &out));
      } catch (const model_error& problem) {
        if (std::string{problem.what()}.find("locale") == std::string::npos) throw;
        const std::string content = detail::with_plain_locale(detail::map_onnx(file_));
        check(api().CreateSessionFromArray(library().environment(), content.data(), content.size(), &options,
                                           &out));
      }
      return session_pointer{out};
    }

    [[nodiscard]] static const OrtApi& api() { return library().api(); }
    void check(OrtStatus* status) const { library().check(status, file_); }

    [[nodiscard]] value_pointer value_of(const detail::onnx_array& array) const {
      const std::vector<std::int64_t> shape(array.shape.begin(), array.shape.end());
      OrtValue* out = nullptr;
      // The numbers of our types are those of ONNX Runtime.
      const auto type = static_cast<ONNXTensorElementDataType>(array.type);
      if (array.type != detail::onnx_element::string) {
        // It takes no const data, and does not write to an input.
        check(api().CreateTensorWithDataAsOrtValue(info_.get(), const_cast<std::byte*>(array.bytes.data()),
                                                   array.bytes.size(), shape.data(), shape.size(), type,
                                                   &out));
        return value_pointer{out};
      }
      check(api().CreateTensorAsOrtValue(texts_, shape.data(), shape.size(), type, &out));
      value_pointer owner{out};
      std::vector<const char*> texts;
      for (const auto& each : array.texts) texts.push_back(each.c_str());
      check(api().FillStringTensor(out, texts.data(), texts.size()));
      return owner;
    }

    /// Strings become `texts`.
    [[nodiscard]] detail::onnx_array array_of(const OrtValue& value) const {
      OrtTensorTypeAndShapeInfo* made = nullptr;
      check(api().GetTensorTypeAndShape(&value, &made));
      const shape_pointer info{made};
      ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
      check(api().GetTensorElementType(made, &type));
      std::size_t rank = 0;
      check(api().GetDimensionsCount(made, &rank));
      std::vector<std::int64_t> shape(rank);
      check(api().GetDimensions(made, shape.data(), rank));
      detail::onnx_array out;
      out.type = static_cast<detail::onnx_element>(type);
      for (const std::int64_t extent : shape)
        out.shape.push_back(static_cast<std::size_t>(std::max<std::int64_t>(0, extent)));
      if (out.type == detail::onnx_element::string) {
        std::size_t total = 0;
        check(api().GetStringTensorDataLength(&value, &total));
        std::string all(total, '\0');
        std::vector<std::size_t> starts(out.size());
        check(api().GetStringTensorContent(&value, all.data(), total, starts.data(), starts.size()));
        starts.push_back(total);
        for (std::size_t i = 0; i + 1 < starts.size(); ++i)
          out.texts.push_back(all.substr(starts[i], starts[i + 1] - starts[i]));
        return out;
      }
      void* data = nullptr;
      check(api().GetTensorMutableData(const_cast<OrtValue*>(&value), &data));
      detail::visit_numbers(out.type, [&](auto number) {
        const auto* first = static_cast<const std::byte*>(data);
        out.bytes.assign(first, first + out.size() * sizeof(number));
      });
      return out;
    }

    /// What scikit-learn's converter returns by default: a map from class label to score per sample.
    [[nodiscard]] detail::onnx_array rows_of_maps(const OrtValue& sequence) const {
      std::size_t rows = 0;
      check(api().GetValueCount(&sequence, &rows));
      detail::onnx_array out;
      out.type = detail::onnx_element::float32;
      for (std::size_t r = 0; r < rows; ++r) {
        const value_pointer map = part(sequence, r);
        ONNXType type = ONNX_TYPE_UNKNOWN;
        check(api().GetValueType(map.get(), &type));
        if (type != ONNX_TYPE_MAP) throw model_error{file_, "expected a sequence of maps or a tensor"};
        const detail::onnx_array keys = array_of(*part(*map, 0));
        const detail::onnx_array scores = array_of(*part(*map, 1));
        if (r == 0) {
          out.labels = keys.texts;
          std::vector<std::int64_t> numbers(keys.texts.empty() ? keys.size() : 0);
          if (keys.type == detail::onnx_element::int64 && !numbers.empty())
            std::copy_n(reinterpret_cast<const std::int64_t*>(keys.bytes.data()), numbers.size(),
                        numbers.begin());
          for (const std::int64_t number : numbers) out.labels.push_back(std::to_string(number));
          out.reset(out.type, {rows, scores.size()});
        }
        if (scores.size() != out.shape[1])
          throw model_error{file_, "expected " + std::to_string(out.shape[1]) + " scores per sample, found " +
                                       std::to_string(scores.size())};
        std::vector<float> row(scores.size());
        scores.read(0, row);
        out.write<float>(r * row.size(), row);
      }
      return out;
    }
    [[nodiscard]] value_pointer part(const OrtValue& whole, std::size_t index) const {
      OrtValue* out = nullptr;
      check(api().GetValue(&whole, static_cast<int>(index), texts_, &out));
      return value_pointer{out};
    }

    std::string file_;
    session_pointer session_;
    info_pointer info_;
    OrtAllocator* texts_ = nullptr;
    std::size_t bytes_ = 0;
  };
};

static_assert(onnx_engine<onnxruntime_engine>);

}  // namespace mll
