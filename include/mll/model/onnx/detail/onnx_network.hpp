// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/onnx/detail/check_onnx_weights.hpp"
#include "mll/model/onnx/detail/decide_activation.hpp"
#include "mll/model/onnx/detail/rows_agree.hpp"
#include "mll/model/onnx/engines/detail/choose_output.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"
#include "mll/model/onnx/onnx_description.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll::detail {

/// A network in an ONNX file that turns each sample into one row of values.
///
/// A batch is used only if its first run gives the same values as each of its samples alone: engines have
/// returned wrong rows without an error, and some networks (with dynamic quantisation) mix the samples of a
/// batch.
///
/// @tparam Input how samples become arrays: `image_input`, `vector_input`, `text_input`
template <class Input>
class onnx_network {
 public:
  using sample_type = typename Input::sample_type;

  /// @param[in] heads  values per sample, if known; 0: as the file declares
  /// @param[in] engine may depend on the file's header
  ///
  /// Throws: `invalid_argument` if the options do not match the file; `parse_error` if it is missing, cut off
  /// or not an ONNX file, or its weights are missing or not of their shape; `model_error` if its inputs or
  /// outputs are of another kind.
  onnx_network(const std::filesystem::path& file, const onnx_options& options, std::size_t heads,
               any_onnx_engine engine, std::shared_ptr<onnx_session_cache> cache)
      : file_{file.string()},
        cache_{cache ? std::move(cache) : onnx_session_cache::shared()},
        engine_{std::move(engine)},
        header_{read_header(file, engine_)},
        options_{checked(options)},
        output_{choose_output(file_, header_, options.output_name, heads)},
        input_{file_, header_, options_} {
    if (!options_.batch_size) options_.batch_size = input_.usual_batch();
    refuse_second_activation();
    check_extents(file_, "output", header_.outputs[output_].shape);
  }

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] const onnx_options& options() const noexcept { return options_; }
  /// Values per sample as the file declares them; 0 if it does not.
  [[nodiscard]] std::size_t declared_width() const {
    return detail::declared_width(header_, header_.outputs[output_]);
  }
  /// Samples of the network's input that differ from each other, to try it on.
  /// Throws: `model_error` if the file leaves the number of features open.
  [[nodiscard]] std::vector<sample_type> probe_samples(std::size_t count) const {
    if (!input_.has_probe())
      throw model_error{file_, "leaves the number of features open: set options.width to it"};
    return input_.probe_samples(count);
  }

  /// Runs the network.
  /// @param[in]  what  the meaning of a column, for messages: "head name"
  /// @param[out] out   `[batch, width]`
  /// @return the activation that makes the values probabilities
  /// Throws: `model_error` if the file does not load or run, or its output has another shape;
  /// `invalid_argument` for a sample that the network does not take.
  activation run(std::span<const sample_type> batch, const char* what, matrix_ref<float> out) const {
    if (batch.empty()) return activation::identity;
    const auto width = static_cast<std::size_t>(out.cols());
    const auto lease = acquire(batch, width, what);
    const trial tried = try_out(lease.session(), batch, width, what);
    std::vector<onnx_array> inputs;
    for (std::size_t first = 0; first < batch.size();) {
      const std::size_t left = batch.size() - first;
      // A fixed batch is filled up. Of an open one, an engine that is only known to be right for a full batch
      // runs the rest sample by sample.
      std::size_t rows = tried.rows;
      if (fixed_batch() == 0 && left < rows) rows = engine_.takes_any_batch() ? left : 1;
      const std::size_t count = std::min(rows, left);
      input_.write(batch.subspan(first, count), first, rows, inputs);
      const matrix<float> values = forward(lease.session(), inputs, rows, width, what);
      out.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)) =
          values.topRows(static_cast<Eigen::Index>(count));
      first += count;
    }
    return tried.decision.kind;
  }

  /// Loads and tries the network. Throws: as `run` and `probe_samples`.
  [[nodiscard]] onnx_description describe(std::size_t width, const char* what) const {
    const auto samples = probe_samples(1);
    const auto lease = acquire(samples, width, what);
    const trial tried = try_out(lease.session(), samples, width, what);
    onnx_description out;
    out.engine = engine_.name() + " " + engine_.version();
    out.kind = input_.kind();
    const auto describe_tensor = [](const onnx_tensor& each) {
      return onnx_tensor_description{
          each.name, each.is_map ? "map" : to_string(static_cast<onnx_element>(each.element_type)),
          each.shape};
    };
    for (const auto& each : header_.inputs) out.inputs.push_back(describe_tensor(each));
    out.output = describe_tensor(header_.outputs[output_]);
    out.batch_size = tried.rows;
    out.is_batch_fixed = fixed_batch() != 0;
    out.activation = tried.decision;
    out.bytes = cache_->bytes(file_, engine_);
    return out;
  }

 private:
  struct trial {
    std::size_t rows;  // per run
    activation_decision decision;
  };

  [[nodiscard]] std::size_t fixed_batch() const { return input_.fixed_batch(); }

  static onnx_header read_header(const std::filesystem::path& file, const any_onnx_engine& engine) {
    const file_bytes content = map_onnx(file);
    onnx_header out = read_onnx_header(content);
    engine.check(file.string(), out);
    onnx_weight_check::run(content,
                           engine.takes_outside_weights() ? onnx_weights::beside : onnx_weights::inside);
    return out;
  }
  static const onnx_options& checked(const onnx_options& options) {
    check_onnx_options(options);
    return options;
  }

  [[nodiscard]] auto acquire(std::span<const sample_type> batch, std::size_t width, const char* what) const {
    return cache_->acquire(file_, engine_, [&](onnx_session& session) {
      // Engines may report an unsupported operator only when the network runs.
      std::vector<onnx_array> inputs;
      const std::size_t rows = fixed_batch() != 0 ? fixed_batch() : 1;
      if (input_.has_probe()) {
        const auto samples = input_.probe_samples(1);
        input_.write(samples, 0, rows, inputs);
      } else {
        input_.write(batch.first(1), 0, rows, inputs);
      }
      forward(session, inputs, rows, width, what);
      std::vector<std::vector<std::size_t>> shapes;
      for (const auto& each : inputs) {
        shapes.push_back(each.shape);
        if (fixed_batch() == 0 && !each.shape.empty()) shapes.back().front() = *options_.batch_size;
      }
      return session.bytes(shapes);
    });
  }

  /// `[rows, width]`
  matrix<float> forward(onnx_session& session, std::span<const onnx_array> inputs, std::size_t rows,
                        std::size_t width, const char* what) const {
    const std::vector<std::string> wanted{header_.outputs[output_].name};
    const onnx_array output = std::move(session.run(inputs, wanted).front());
    check_shape(output, rows, width, what);
    matrix<float> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(width));
    output.read(0, {out.data(), rows * width});
    sort_columns(output.labels, out);
    return out;
  }

  /// Maps are sorted by label; columns are in the order of the classifier's labels.
  void sort_columns(const std::vector<std::string>& labels, matrix<float>& values) const {
    if (labels.empty() || labels == header_.class_labels) return;
    std::vector<std::size_t> from;
    for (const auto& label : header_.class_labels) {
      const auto at = std::find(labels.begin(), labels.end(), label);
      if (at == labels.end()) return;  // of another operator: as they are
      from.push_back(static_cast<std::size_t>(at - labels.begin()));
    }
    if (from.size() != labels.size()) return;
    const matrix<float> before = values;
    for (std::size_t c = 0; c < from.size(); ++c)
      values.col(static_cast<Eigen::Index>(c)) = before.col(static_cast<Eigen::Index>(from[c]));
  }

  trial try_out(onnx_session& session, std::span<const sample_type> batch, std::size_t width,
                const char* what) const {
    const std::scoped_lock lock{trying_};
    if (!tried_) tried_ = find_rows(session, batch, width, what);
    return *tried_;
  }

  /// Rows per run: the fixed batch; else the batch of the options if it returns what its samples return
  /// alone, else 1. And the activation. Throws: `model_error` if a fixed batch does not, or the options ask
  /// for a softmax of probabilities.
  trial find_rows(onnx_session& session, std::span<const sample_type> batch, std::size_t width,
                  const char* what) const {
    const bool fixed = fixed_batch() != 0;
    const std::size_t max_batch = header_.quantises_batches ? 1 : input_.max_batch();
    const std::size_t full = fixed ? fixed_batch() : std::min(*options_.batch_size, max_batch);
    // An engine that is right for 3 samples is right for more, unless it is known to fail.
    const std::size_t wanted = fixed || !engine_.takes_any_batch() ? full : std::min<std::size_t>(full, 3);
    std::vector<sample_type> samples;
    if (input_.has_probe()) {
      samples = probe_samples(std::max<std::size_t>(wanted, 3));
    } else {
      for (std::size_t i = 0; i < std::max<std::size_t>(wanted, 3); ++i)
        samples.push_back(batch[i % batch.size()]);
    }
    // In a fixed batch a sample is alone if the others are zeros. That takes a full run: three will do.
    std::vector<std::size_t> tried;
    for (std::size_t i = 0; i < wanted; ++i)
      if (!fixed || i < 2 || i + 1 == wanted) tried.push_back(i);
    if (wanted == 1) tried = {0, 1, 2};
    std::vector<onnx_array> inputs;
    const auto values = [&](std::span<const sample_type> some, std::size_t rows) {
      input_.write(some, 0, rows, inputs);
      return forward(session, inputs, rows, width, what);
    };
    matrix<float> alone(static_cast<Eigen::Index>(tried.size()), static_cast<Eigen::Index>(width));
    for (std::size_t i = 0; i < tried.size(); ++i) {
      alone.row(static_cast<Eigen::Index>(i)) =
          values(std::span{samples}.subspan(tried[i], 1), fixed ? wanted : 1).row(0);
    }
    trial out{
        1, decide_activation(options_.output, header_.last_operator(header_.outputs[output_].name), alone)};
    refuse_second_softmax(alone);
    if (fixed) out.rows = full;
    if (wanted == 1 || !alone.allFinite()) return out;  // non-finite values are not scores: see the caller
    matrix<float> together(alone.rows(), alone.cols());
    try {
      const matrix<float> rows = values(std::span{samples}.first(wanted), wanted);
      for (std::size_t i = 0; i < tried.size(); ++i) {
        together.row(static_cast<Eigen::Index>(i)) = rows.row(static_cast<Eigen::Index>(tried[i]));
      }
      // If all rows are the same, a batch that mixes them up would pass.
      if ((engine_.takes_any_batch() || rows_differ(alone)) && rows_agree(alone, together)) {
        out.rows = full;
        return out;
      }
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const model_error& problem) {
      if (fixed || std::string{problem.what()}.find("Failed to allocate") != std::string::npos) throw;
    }
    // A batch that failed must not have changed what a sample gets alone.
    if (!fixed && rows_agree(alone.topRows(1), values(std::span{samples}.first(1), 1))) return out;
    throw model_error{file_, engine_.name() + " returns other values for a sample in a batch of " +
                                 std::to_string(wanted) + " than for the sample alone" +
                                 (fixed ? " (export the model with an open batch)" : "")};
  }

  /// Throws: `invalid_argument` if the network already ends with the requested activation.
  void refuse_second_activation() const {
    if (!options_.output || *options_.output == activation::identity) return;
    const std::string last = header_.last_operator(header_.outputs[output_].name);
    if (last != "Softmax" && last != "Sigmoid" && last != "HardSigmoid") return;
    throw invalid_argument{"options.output", "identity, because '" + file_ + "' ends with " + last,
                           *options_.output == activation::softmax ? "softmax" : "sigmoid"};
  }
  /// Throws: `model_error` if the options request a softmax of probabilities.
  void refuse_second_softmax(const matrix<float>& rows) const {
    if (options_.output == activation::softmax && are_distributions(rows))
      throw model_error{file_, "returns probabilities, and options.output asks for a softmax of logits"};
  }

  void check_shape(const onnx_array& output, std::size_t rows, std::size_t width, const char* what) const {
    const bool has_rows = !output.shape.empty() && (output.shape.front() == rows || rows == 1);
    if (is_number(output.type) && has_rows && output.size() == rows * width) return;
    std::string found;
    for (const std::size_t extent : output.shape)
      found += (found.empty() ? "" : ", ") + std::to_string(extent);
    throw model_error{file_,
                      "expected output of shape [" + std::to_string(rows) + ", " + std::to_string(width) +
                          "], one column per " + what + ", found [" + found + "]" +
                          (output.type == onnx_element::float32 ? "" : " of " + to_string(output.type))};
  }

  std::string file_;
  std::shared_ptr<onnx_session_cache> cache_;
  any_onnx_engine engine_;
  onnx_header header_;
  onnx_options options_;  // completed by input_
  std::size_t output_;
  Input input_;
  mutable std::mutex trying_;
  mutable std::optional<trial> tried_;  // under trying_
};

}  // namespace mll::detail
