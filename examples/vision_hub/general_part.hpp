// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/error.hpp>
#include <mll/graph/semantic_dag.hpp>
#include <mll/label/general_model_labels.hpp>
#include <mll/label/model_labels.hpp>
#include <mll/match/task/task_match.hpp>
#include <mll/model/hub.hpp>
#include <mll/reuse/unknown_models.hpp>
#include <mll/reuse/zero_shot_classifier.hpp>
#include <mll/select/evidence/general_heads.hpp>
#include <mll/select/selection.hpp>

#include <optional>

#include "../support/image_hub.hpp"
#include "settings.hpp"
#if MLL_TEST_ONNXRUNTIME
#include <mll/model/general/load_general_model.hpp>
#include <mll/model/onnx/prove_onnx_classifier.hpp>
#endif

namespace vision_hub {

/// The general model of `--general`, if it is given, and what it says about the samples.
struct general_part {
#if MLL_TEST_ONNXRUNTIME
  std::optional<mll::clip_model> model;
#endif
  std::optional<mll::general_model_labels> labels;
  std::optional<mll::general_heads> heads;

  /// Throws: as `load_general_model`; `model_error` if its networks cannot be run safely.
  general_part(const settings& set, const mll::image_folder& samples, const mll::model_labels& of_experts,
               const mll::semantic_dag<>& graph) {
    if (set.general.empty()) return;
#if MLL_TEST_ONNXRUNTIME
    model.emplace(mll::load_general_model(set.general));
    mll::prove_onnx_general_model(*model);
    labels = mll::label_general_model(*model, samples, of_experts.samples(), graph);
#else
    static_cast<void>(samples);
    static_cast<void>(of_experts);
    static_cast<void>(graph);
    throw mll::invalid_argument{"--general", "a program that was built with ONNX Runtime", "one without"};
#endif
  }
  void match([[maybe_unused]] const mll::model_labels& of_experts,
             [[maybe_unused]] const mll::task_match& task) {
#if MLL_TEST_ONNXRUNTIME
    if (model) heads = mll::make_general_heads(*model, *labels, of_experts.samples(), task);
#endif
  }
  [[nodiscard]] mll::zero_shot_classifier<cv::Mat> bind(const mll::hub<cv::Mat>& experts,
                                                        const mll::selection& chosen) const {
#if MLL_TEST_ONNXRUNTIME
    if (model) return {experts, chosen, *model, mll::unknown_models::refuse};
#endif
    return {experts, chosen, mll::unknown_models::refuse};
  }
};

}  // namespace vision_hub
