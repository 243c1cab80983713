// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <openvino/frontend/manager.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/properties.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/embed/sentences/detail/sentence_output.hpp"

namespace mll::detail {

/// The tokens of a batch of texts, `[texts, length]` in row-major order.
struct token_batch {
  std::size_t texts = 0;
  std::size_t length = 0;
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> mask;  ///< 1 for a token, 0 for padding
};

/// An ONNX file that maps tokens to a vector per token or per text.
class sentence_network {
 public:
  /// Throws: `parse_error` if the file is missing or OpenVINO cannot read it; `model_error` for other inputs
  /// or outputs.
  sentence_network(const std::filesystem::path& file, const std::string& output, std::size_t threads)
      : file_{file.string()} {
    if (const std::string problem = why_not_regular(file); !problem.empty())
      throw parse_error{file_, 0, "an ONNX file", problem};
    ov::Core core;
    std::shared_ptr<ov::Model> model;
    try {
      // The ONNX reader alone: the core tries all its readers, which print errors.
      const auto reader = ov::frontend::FrontEndManager{}.load_by_framework("onnx");
      model = reader->convert(reader->load(file_));
    } catch (const std::exception& reason) {
      throw parse_error{file_, 0, "an ONNX file that OpenVINO reads", last_line(reason.what())};
    }
    read_inputs(*model);
    read_output(*model, output);
    call([&] {
      std::map<std::string, ov::PartialShape> shapes;
      for (const std::string& name : inputs_) shapes[name] = ov::PartialShape{-1, -1};
      model->reshape(shapes);
      ov::AnyMap how{ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY),
                     // Some processors would compute in half precision.
                     ov::hint::inference_precision(ov::element::f32)};
      if (threads != 0) how.insert(ov::inference_num_threads(static_cast<std::int32_t>(threads)));
      compiled_ = core.compile_model(model, "CPU", how);
    });
  }

  /// Dimension of a vector.
  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
  /// Whether the output is a vector per token, not per text.
  [[nodiscard]] bool per_token() const noexcept { return per_token_; }
  /// Rows of the token embedding table; 0 if it was not found.
  [[nodiscard]] std::size_t vocabulary_size() const noexcept { return vocabulary_size_; }

  /// A session, which runs one batch at a time; one per thread.
  [[nodiscard]] ov::InferRequest session() const {
    ov::InferRequest out;
    call([&] { out = compiled_.create_infer_request(); });
    return out;
  }

  /// @return `[texts, length, dimension]` or `[texts, dimension]`; valid until the session runs again
  /// Throws: `model_error` if the network fails or returns another shape.
  [[nodiscard]] const float* run(ov::InferRequest& session, const token_batch& batch) const {
    const float* out = nullptr;
    call([&] {
      const ov::Shape shape{batch.texts, batch.length};
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        ov::Tensor tensor{types_[i], shape};
        const std::vector<std::int32_t>* values = inputs_[i] == "input_ids"        ? &batch.ids
                                                  : inputs_[i] == "attention_mask" ? &batch.mask
                                                                                   : nullptr;
        if (types_[i] == ov::element::i64) {
          fill(tensor.data<std::int64_t>(), tensor.get_size(), values);
        } else {
          fill(tensor.data<std::int32_t>(), tensor.get_size(), values);
        }
        session.set_tensor(inputs_[i], tensor);
      }
      session.infer();
      const ov::Tensor result = session.get_output_tensor(output_);
      const ov::Shape expected =
          per_token_ ? ov::Shape{batch.texts, batch.length, dimension_} : ov::Shape{batch.texts, dimension_};
      if (result.get_shape() != expected) {
        throw error{"expected an output of shape " + expected.to_string() + ", found " +
                    result.get_shape().to_string()};
      }
      out = result.data<const float>();
    });
    return out;
  }

  [[noreturn]] void fail(const std::string& reason) const { throw model_error{file_, reason}; }

 private:
  /// Errors of OpenVINO begin with source locations in OpenVINO.
  static std::string last_line(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    return std::string{text.substr(text.rfind('\n') + 1)};
  }

  template <class Work>
  void call(Work&& work) const {
    try {
      work();
    } catch (const std::exception& reason) {
      fail(last_line(reason.what()));
    }
  }

  template <class T>
  static void fill(T* out, std::size_t count, const std::vector<std::int32_t>* values) {
    for (std::size_t i = 0; i < count; ++i) out[i] = values == nullptr ? 0 : (*values)[i];
  }

  void read_inputs(const ov::Model& model) {
    for (const auto& input : model.inputs()) {
      const std::string name = input.get_names().empty() ? "without a name" : input.get_any_name();
      const auto type = input.get_element_type();
      if (name != "input_ids" && name != "attention_mask" && name != "token_type_ids") {
        fail("expected the inputs input_ids, attention_mask and optionally token_type_ids, found '" + name +
             "'");
      }
      if (type != ov::element::i64 && type != ov::element::i32) {
        fail("expected 32 or 64-bit integers as " + name + ", found " + type.to_string());
      }
      inputs_.push_back(name);
      types_.push_back(type);
      if (name == "input_ids") find_table(input);
    }
    for (const char* needed : {"input_ids", "attention_mask"}) {
      if (std::find(inputs_.begin(), inputs_.end(), needed) == inputs_.end()) {
        fail(std::string{"expected an input "} + needed + ", found none");
      }
    }
  }

  /// The table is the operand that `input_ids` gathers from, directly or after a conversion.
  void find_table(const ov::Output<const ov::Node>& ids) {
    for (const auto& use : ids.get_target_inputs()) {
      const ov::Node* user = use.get_node();
      const std::string_view kind = user->get_type_info().name;
      if (kind == "Convert") {
        for (const auto& next : user->get_output_target_inputs(0)) note_table(next);
      }
      note_table(use);
    }
  }
  void note_table(const ov::Input<ov::Node>& use) {
    if (std::string_view{use.get_node()->get_type_info().name} != "Gather" || use.get_index() != 1) return;
    const auto& shape = use.get_node()->get_input_partial_shape(0);
    if (shape.rank().is_static() && shape.rank().get_length() == 2 && shape[0].is_static()) {
      vocabulary_size_ = static_cast<std::size_t>(shape[0].get_length());
    }
  }

  void read_output(const ov::Model& model, const std::string& wanted) {
    const auto outputs = model.outputs();
    std::string all;
    std::vector<std::vector<std::string>> names;
    for (const auto& each : outputs) {
      names.emplace_back(each.get_names().begin(), each.get_names().end());
      for (const auto& name : names.back()) all += (all.empty() ? "" : ", ") + name;
    }
    if (all.empty()) all = "none with a name";
    const auto found = sentence_output(names, wanted);
    if (!found && !wanted.empty()) fail("expected an output '" + wanted + "', found " + all);
    if (!found) {
      fail(
          "expected an output sentence_embedding, last_hidden_state, token_embeddings or text_embeds, or its "
          "name "
          "in onnx_sentence_options::output, found " +
          all);
    }
    output_ = *found;
    const auto& shape = outputs[output_].get_partial_shape();
    const auto type = outputs[output_].get_element_type();
    if (shape.rank().is_dynamic() || (shape.size() != 2 && shape.size() != 3) ||
        shape.rbegin()->is_dynamic() || type != ov::element::f32) {
      fail("expected an output of float32 [texts, tokens, dimension] or [texts, dimension], found " +
           type.to_string() + " " + shape.to_string());
    }
    per_token_ = shape.size() == 3;
    dimension_ = static_cast<std::size_t>(shape.rbegin()->get_length());
  }

  std::string file_;
  std::vector<std::string> inputs_;
  std::vector<ov::element::Type> types_;
  std::size_t output_ = 0;
  std::size_t dimension_ = 0;
  std::size_t vocabulary_size_ = 0;
  bool per_token_ = false;
  mutable ov::CompiledModel compiled_;
};

}  // namespace mll::detail
