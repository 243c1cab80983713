// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/replace_file.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/reuse/io/detail/fault_of.hpp"
#include "mll/reuse/io/detail/onnx_ensemble.hpp"
#include "mll/reuse/io/detail/onnx_graph_copier.hpp"
#include "mll/reuse/io/detail/onnx_graph_writer.hpp"
#include "mll/reuse/io/detail/onnx_images.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// An expert as `write_onnx_task` takes it: a network in an ONNX file, or a linear model. The general model
/// of a selection is one, too: the network that embeds images.
struct onnx_task_expert {
  std::string name = {};                    ///< as in `selection::models`
  std::filesystem::path file = {};          ///< ONNX file; empty: a linear model
  onnx_options options = {};                ///< complete, as `onnx_classifier::options` returns them
  matrix<float> weights = {};               ///< of a linear model, `[heads, dim]`
  Eigen::VectorXf bias = {};                ///< `[heads]`
  activation output = activation::softmax;  ///< of a linear model
};

namespace detail {

class onnx_task_writer {
 public:
  onnx_task_writer(const selection& chosen, std::span<const onnx_task_expert> experts)
      : chosen_{&chosen}, experts_{experts} {
    if (const std::string fault = fault_of(chosen); !fault.empty())
      throw invalid_argument{"chosen", "a selection whose parts fit together", fault};
    if (chosen.ensemble.heads.empty()) throw invalid_argument{"chosen", "at least one head", "none"};
    for (const selected_model& needed : chosen.models) {
      const onnx_task_expert& expert = find(needed);
      if (!needed.id.valid() && expert.file.empty())
        throw invalid_argument{"experts", "the image side of '" + needed.name + "' in an ONNX file", "none"};
      has_images_ = has_images_ || !expert.file.empty();
      if (expert.file.empty()) {
        dim_ = expert.weights.cols();
        continue;
      }
      files_.push_back(map_onnx(expert.file));
      versions_.push_back(versions_of(files_.back()));
      if (versions_.back().operators < 11)
        throw model_error{files_.back().name, "cannot be exported: it uses version " +
                                                  std::to_string(versions_.back().operators) +
                                                  " of the operators, at least 11 is needed"};
      target_.operators = std::max(target_.operators, versions_.back().operators);
      target_.format = std::max(target_.format, versions_.back().format);
    }
    if (target_.operators == 0) target_.operators = 13;
    if (has_images_ && dim_ != 0)
      throw invalid_argument{"experts", "experts on images or on vectors", "both"};
  }

  [[nodiscard]] std::string bytes() {
    const std::string input = "input";
    if (has_images_) {
      to_.declare(11, input, onnx_type::uint8, {"n", "height", "width", "3"});
    } else {
      to_.declare(11, input, onnx_type::float32, {"n", std::to_string(dim_)});
    }
    std::optional<onnx_images> images;
    if (has_images_) images.emplace(to_, input);
    std::vector<std::string> columns;
    std::string embeddings;
    std::size_t next_file = 0;
    for (std::size_t m = 0; m < chosen_->models.size(); ++m) {
      const selected_model& model = chosen_->models[m];
      const onnx_task_expert& expert = find(model);
      const std::size_t heads = model.head_names.size();
      std::string responses;
      if (!model.id.valid()) {
        const auto dim = static_cast<std::size_t>(chosen_->general_texts.cols());
        embeddings = onnx_unit_rows(to_, network(expert, *images, next_file, dim), dim);
        responses = onnx_general_log_odds(to_, embeddings, chosen_->general_texts, chosen_->general_scale);
      } else if (expert.file.empty()) {
        responses = onnx_log_odds(to_, linear(expert, input, heads));
      } else {
        responses = onnx_log_odds(to_, activated(network(expert, *images, next_file, heads),
                                                 expert.options.output.value_or(activation::identity)));
      }
      std::vector<std::int64_t> used;
      for (const head_id head : chosen_->ensemble.heads) {
        if (head.model == model.id) used.push_back(head.index);
      }
      if (used.empty()) continue;
      columns.push_back(to_.node("Gather", {responses, to_.integers(used)}, "axis", 1));
    }
    const std::string log_odds = to_.node("Concat", std::span<const std::string>{columns}, "axis", 1);
    const std::string classes = std::to_string(chosen_->match.task.size());
    to_.rename(onnx_combine(to_, chosen_->ensemble, log_odds, embeddings), "probabilities");
    to_.declare(12, "probabilities", onnx_type::float32, {"n", classes});
    add_answer();
    to_.declare(12, "answer", onnx_type::int64, {"n"});
    return model();
  }

 private:
  [[nodiscard]] const onnx_task_expert& find(const selected_model& needed) const {
    const auto found = std::find_if(experts_.begin(), experts_.end(),
                                    [&](const auto& each) { return each.name == needed.name; });
    if (found == experts_.end())
      throw invalid_argument{"experts", "expert '" + needed.name + "', which owns a chosen head", "none"};
    return *found;
  }

  std::string activated(const std::string& scores, activation output) {
    if (output == activation::softmax) return to_.node("Softmax", {scores}, "axis", 1);
    return output == activation::sigmoid ? to_.node("Sigmoid", {scores}) : scores;
  }

  std::string linear(const onnx_task_expert& expert, const std::string& input, std::size_t heads) {
    if (static_cast<std::size_t>(expert.weights.rows()) != heads ||
        expert.bias.size() != expert.weights.rows() || expert.weights.cols() != dim_)
      throw invalid_argument{"experts",
                             "weights of expert '" + expert.name + "' for its heads and the vectors",
                             "another shape"};
    const auto dim = static_cast<std::size_t>(dim_);
    std::vector<float> transposed(heads * dim);
    for (std::size_t h = 0; h < heads; ++h) {
      for (std::size_t d = 0; d < dim; ++d)
        transposed[d * heads + h] =
            expert.weights(static_cast<Eigen::Index>(h), static_cast<Eigen::Index>(d));
    }
    const std::string x = to_.node("MatMul", {input, to_.constant(transposed, {dim, heads})});
    const std::string y = to_.node("Add", {x, to_.constant(std::span{expert.bias.data(), heads}, {heads})});
    return activated(y, expert.output);
  }

  /// The output of a network, `[n, width]`.
  std::string network(const onnx_task_expert& expert, onnx_images& images, std::size_t& next_file,
                      std::size_t width) {
    const std::size_t at = next_file++;
    const file_bytes& file = files_[at];
    const onnx_header header = read_onnx_header(file);
    const auto refuse = [&](const std::string& why) {
      return model_error{file.name, "cannot be exported: " + why};
    };
    const onnx_options& options = expert.options;
    if (options.width == 0 || options.height == 0 || options.channels == 0)
      throw invalid_argument{"experts", "the complete options of expert '" + expert.name + "'", "others"};
    if (header.inputs.size() != 1 || header.inputs.front().element_type != 1)
      throw refuse("it does not have one input of float32 values");
    if (header.outputs.empty()) throw refuse("it has no output");
    if (!header.inputs.front().shape.empty() && header.inputs.front().shape.front() > 1)
      throw refuse("it takes exactly " + std::to_string(header.inputs.front().shape.front()) +
                   " images; export it with an open batch");
    const std::string prefix = "expert" + std::to_string(at) + "/";
    const onnx_graph_copier copier{file,   versions_[at].operators,    target_.operators,
                                   prefix, header.inputs.front().name, images.prepare(options)};
    copier.copy_into(to_);
    const std::string output = copier.renamed(header.outputs.front().name);
    return to_.node("Reshape", {output, to_.integers({-1, static_cast<std::int64_t>(width)})});
  }

  // The most probable class, the first of equals; -1 below the threshold.
  void add_answer() {
    const std::vector<std::string> outputs{"mll/top", "mll/top_class"};
    {
      protozero::pbf_writer top{to_.message(), 1};
      top.add_string(1, "probabilities");
      top.add_string(1, "mll/one");
      for (const std::string& each : outputs) top.add_string(2, each);
      top.add_string(3, "mll/top");
      top.add_string(4, "TopK");
      protozero::pbf_writer axis{top, 5};
      axis.add_string(1, "axis");
      axis.add_int64(3, 1);
      axis.add_enum(20, 2);
    }
    {
      const std::int64_t one = 1;
      protozero::pbf_writer count{to_.message(), 5};
      count.add_int64(1, 1);
      count.add_int32(2, static_cast<std::int32_t>(onnx_type::int64));
      count.add_string(8, "mll/one");
      count.add_bytes(9, reinterpret_cast<const char*>(&one), sizeof one);
    }
    const std::string unsure = to_.node("Less", {outputs[0], to_.constant(chosen_->threshold)});
    const std::string answer = to_.node("Where", {unsure, to_.integer(-1), outputs[1]});
    to_.rename(to_.node("Reshape", {answer, to_.integers({-1})}), "answer");
  }

  [[nodiscard]] std::string model() const {
    std::string out;
    protozero::pbf_writer to{out};
    to.add_int64(1, static_cast<std::int64_t>(target_.format));
    to.add_string(2, "mll");
    {
      std::string graph = to_.bytes();
      protozero::pbf_writer name{graph};
      name.add_string(2, "task");
      to.add_message(7, graph);
    }
    {
      protozero::pbf_writer set{to, 8};
      set.add_string(1, "");
      set.add_int64(2, static_cast<std::int64_t>(target_.operators));
    }
    const auto add = [&](const std::string& key, const std::string& value) {
      protozero::pbf_writer entry{to, 14};
      entry.add_string(1, key);
      entry.add_string(2, value);
    };
    for (std::size_t y = 0; y < chosen_->match.task.size(); ++y)
      add("class " + std::to_string(y), chosen_->match.task[class_id{y}].name);
    add("method", chosen_->method);
    add("threshold", std::to_string(chosen_->threshold));
    if (chosen_->estimate) {
      add("expected accuracy", std::to_string(chosen_->estimate->accuracy));
      add("expected accuracy, low", std::to_string(chosen_->estimate->low));
      add("expected accuracy, high", std::to_string(chosen_->estimate->high));
    }
    for (std::size_t i = 0; i < chosen_->reasons.size(); ++i) {
      const head_reason& why = chosen_->reasons[i];
      add("reason " + std::to_string(i),
          chosen_->match.task[why.target].name + ": " + why.model + "/" + why.name + ", weight " +
              std::to_string(why.weight) + ", mean response " + std::to_string(why.response) + ", to '" +
              chosen_->match.task[why.rival].name + "' " + std::to_string(why.rival_response));
    }
    return out;
  }

  const selection* chosen_;
  std::span<const onnx_task_expert> experts_;
  std::vector<file_bytes> files_;  // of networks, in the order of the models
  std::vector<onnx_versions> versions_;
  onnx_versions target_{7, 0};  // the latest that an expert asks for
  bool has_images_ = false;
  Eigen::Index dim_ = 0;  // of vectors
  onnx_graph_writer to_;
};

}  // namespace detail

/// Writes a solved task as one ONNX graph, for any program that runs ONNX: preparation of images, experts,
/// calibration, votes, correction and temperature. Component `mll::opencv`.
///
/// Input `input`: images as uint8 `[n, height, width, 3]` (red, green, blue), of one size per batch, or
/// vectors as float32 `[n, dim]`. Outputs: `probabilities`, float32 `[n, classes]`, and `answer`, int64
/// `[n]`, with -1 below the threshold. Names of the classes, estimate and reasons are metadata.
///
/// The answers are those of `zero_shot_classifier` up to rounding. Where images are resized, in any way that
/// `image_preparation` knows, few pixels differ, by one level; with `nearest`, a row or column may be its
/// neighbour.
///
/// @code
/// const auto dogs = mll::load_onnx_classifier("dogs.onnx");
/// const std::vector<mll::onnx_task_expert> experts{{"dogs", "dogs.onnx", dogs.options()}};
/// mll::write_onnx_task("pets.onnx", chosen, experts);
/// // in Python: onnxruntime.InferenceSession("pets.onnx").run(["probabilities"], {"input": images})
/// @endcode
///
/// @param[in] file    the ONNX file; replaced as a whole or not at all
/// @param[in] chosen  the selection
/// @param[in] experts the experts of `chosen.models`
///
/// Throws: `invalid_argument` if an expert is missing; `model_error` naming the file of an expert that cannot
/// be part of the graph; `parse_error` if it cannot be read; `error` if `file` cannot be written or would
/// exceed the 2 GB of ONNX. Complexity: linear in the size of the experts.
inline void write_onnx_task(const std::filesystem::path& file, const selection& chosen,
                            std::span<const onnx_task_expert> experts) {
  const std::string bytes = detail::onnx_task_writer{chosen, experts}.bytes();
  if (bytes.size() > std::numeric_limits<std::int32_t>::max())
    throw error{"cannot write " + file.string() + ": ONNX files hold at most 2 GB, and this one would have " +
                std::to_string(bytes.size()) + " bytes"};
  detail::replace_file(
      file, [&](std::ostream& out) { out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); });
}

}  // namespace mll
