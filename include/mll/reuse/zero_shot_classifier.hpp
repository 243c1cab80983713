// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/model/any_classifier.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/hub.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// The answer for one sample.
struct prediction {
  std::optional<class_id>
      answer;             ///< the most probable class; none if it is less probable than the threshold
  float probability = 0;  ///< of the most probable class
};

/// A solved task, ready to use: runs the experts that own a chosen head, and only those, and combines their
/// answers.
///
/// Itself a `classifier` whose heads are the classes of the task, so that it can enter a hub. Holds the
/// models that it needs; the hub may go.
///
/// Thread-safety: as of its models: one `predict` at a time.
///
/// @tparam Sample what the models of the hub take
template <class Sample>
class zero_shot_classifier {
 public:
  using sample_type = Sample;

  /// Binds a selection to the models of a hub: by name and head names, so that a hub built anew works too; a
  /// model that was renamed since is found by its id.
  ///
  /// @param[in] models the hub that was labelled, or one with the same models
  /// @param[in] chosen the selection
  /// Throws: `invalid_argument` if a needed model is missing or has other heads, or the selection needs a
  /// general model.
  zero_shot_classifier(const hub<Sample>& models, selection chosen) : chosen_{std::move(chosen)} {
    bind(models);
  }

  /// The same with a general model as patch: the one that was conditioned by `make_general_heads`.
  template <general_model General>
    requires std::same_as<typename General::sample_type, Sample>
  zero_shot_classifier(const hub<Sample>& models, selection chosen, General general)
      : chosen_{std::move(chosen)} {
    embed_samples_ = [general = std::move(general)](std::span<const Sample> batch) -> matrix<float> {
      return general.embed_samples(batch);
    };
    bind(models);
  }

  /// Number of classes of the task.
  [[nodiscard]] std::size_t head_count() const noexcept { return chosen_.ensemble.votes.size(); }
  /// Name of a class of the task.
  [[nodiscard]] std::string head_name(std::size_t y) const { return chosen_.match.task[class_id{y}].name; }
  /// The selection that it came from.
  [[nodiscard]] const selection& source() const noexcept { return chosen_; }
  /// Number of models that run for a prediction, the general model included.
  [[nodiscard]] std::size_t model_count() const noexcept { return owners_.size() + (uses_patch_ ? 1 : 0); }

  /// Probabilities of the classes.
  /// @param[in]  batch  samples
  /// @param[out] scores `[batch.size(), head_count()]`, rows sum to 1
  /// Throws: `model_error` if a model throws or answers with what is no probability.
  void predict(std::span<const Sample> batch, matrix_ref<float> scores) const {
    predict(exec::sequential{}, batch, scores);
  }

  /// The same, with the models spread over a backend; same result.
  template <exec::execution_backend Backend>
  void predict(const Backend& backend, std::span<const Sample> batch, matrix_ref<float> scores) const {
    const auto rows = static_cast<Eigen::Index>(batch.size());
    if (scores.rows() != rows || scores.cols() != static_cast<Eigen::Index>(head_count())) {
      throw invalid_argument{
          "scores", "shape [" + std::to_string(rows) + ", " + std::to_string(head_count()) + "]",
          "[" + std::to_string(scores.rows()) + ", " + std::to_string(scores.cols()) + "]"};
    }
    if (batch.empty()) return;
    Eigen::ArrayXXf log_odds(rows, static_cast<Eigen::Index>(chosen_.ensemble.heads.size()));
    exec::for_each_index(backend, owners_.size(),
                         [&](std::size_t m) { answer(owners_[m], batch, log_odds); });
    matrix<float> embeddings;
    if (uses_patch_) {
      embeddings = detail::unit_rows<float>(embed_samples_(batch), "sample");
      answer_by_patch(embeddings, log_odds);
    }
    detail::combine_to<true>(chosen_.ensemble, log_odds, embeddings, scores);
  }

  /// Answers, or none where the classifier is not sure enough.
  /// @param[in] threshold least probability of an answer, in [0, 1]; 0 always answers
  /// Throws: as `predict`, and `invalid_argument` for a threshold outside [0, 1].
  template <exec::execution_backend Backend>
  [[nodiscard]] std::vector<prediction> classify(const Backend& backend, std::span<const Sample> batch,
                                                 float threshold = 0) const {
    if (!(threshold >= 0 && threshold <= 1))
      throw invalid_argument{"threshold", "a probability", std::to_string(threshold)};
    matrix<float> scores(static_cast<Eigen::Index>(batch.size()), static_cast<Eigen::Index>(head_count()));
    predict(backend, batch, scores);
    std::vector<prediction> out;
    out.reserve(batch.size());
    for (Eigen::Index i = 0; i < scores.rows(); ++i) {
      Eigen::Index top = 0;
      const float probability = scores.row(i).maxCoeff(&top);
      out.push_back(
          {probability >= threshold ? std::optional{class_id{static_cast<std::size_t>(top)}} : std::nullopt,
           probability});
    }
    return out;
  }

 private:
  struct owner {
    std::string name;
    any_classifier<Sample> model;
    std::vector<std::pair<Eigen::Index, Eigen::Index>>
        columns;  // (head of the model, head of the combination)
  };

  void bind(const hub<Sample>& models) {
    for (const selected_model& wanted : chosen_.models) {
      if (!wanted.id.valid()) {
        uses_patch_ = true;
        if (!embed_samples_) {
          throw invalid_argument{"chosen",
                                 "a selection of hub models only, or a general model as third argument",
                                 "heads of the general model"};
        }
        continue;
      }
      owner bound{wanted.name, models.model(find(models, wanted)), {}};
      for (std::size_t h = 0; h < chosen_.ensemble.heads.size(); ++h) {
        if (chosen_.ensemble.heads[h].model == wanted.id) {
          bound.columns.emplace_back(chosen_.ensemble.heads[h].index, static_cast<Eigen::Index>(h));
        }
      }
      owners_.push_back(std::move(bound));
    }
  }

  static model_id find(const hub<Sample>& models, const selected_model& wanted) {
    const auto same_heads = [&](model_id id) {
      const auto& model = models.model(id);
      if (model.head_count() != wanted.head_names.size()) return false;
      for (std::size_t h = 0; h < wanted.head_names.size(); ++h) {
        if (model.head_name(h) != wanted.head_names[h]) return false;
      }
      return true;
    };
    if (const auto id = models.find(wanted.name)) {
      if (same_heads(*id)) return *id;
      throw invalid_argument{"models", "the labelled heads in model '" + wanted.name + "'", "other heads"};
    }
    if (models.contains(wanted.id) && same_heads(wanted.id)) return wanted.id;
    throw invalid_argument{"models", "model '" + wanted.name + "', which owns a chosen head",
                           "no model of this name"};
  }

  // Templates over the scalar, so that their expressions are compiled only where somebody predicts.
  template <class T>
  static void answer(const owner& expert, std::span<const Sample> batch, Eigen::ArrayXX<T>& log_odds) {
    matrix<T> scores(static_cast<Eigen::Index>(batch.size()),
                     static_cast<Eigen::Index>(expert.model.head_count()));
    try {
      expert.model.predict(batch, scores);
    } catch (const std::exception& failure) {
      throw model_error{expert.name, failure.what()};
    }
    for (const auto& [from, to] : expert.columns) {
      const Eigen::ArrayX<T> p = scores.col(from).array();
      const auto is_probability = [](const auto& x) { return x >= -1e-4F && x <= 1 + 1e-4F; };
      for (Eigen::Index i = 0; !is_probability(p).all() && i < p.rows(); ++i) {
        if (is_probability(p[i])) continue;
        throw model_error{expert.name, "head '" + expert.model.head_name(static_cast<std::size_t>(from)) +
                                           "' answered " + std::to_string(p[i]) + " to sample " +
                                           std::to_string(i) + ", which is no probability"};
      }
      // As numerics::logit, many at once; certainty divides by 0, and the bounds make that finite.
      const auto inside = p.max(0.0F).min(1.0F);
      log_odds.col(to) =
          (inside / (1 - inside)).log().max(-numerics::max_log_odds).min(numerics::max_log_odds);
    }
  }

  template <class T>
  void answer_by_patch(const matrix<T>& embeddings, Eigen::ArrayXX<T>& log_odds) const {
    const matrix<T> cosines = detail::product<T>(embeddings, chosen_.general_texts.transpose());
    const matrix<T> answers = detail::scaled_log_odds(cosines, chosen_.general_scale);
    for (std::size_t h = 0; h < chosen_.ensemble.heads.size(); ++h) {
      const head_id head = chosen_.ensemble.heads[h];
      if (!head.model.valid())
        log_odds.col(static_cast<Eigen::Index>(h)) =
            answers.col(static_cast<Eigen::Index>(head.index)).array();
    }
  }

  selection chosen_;
  std::vector<owner> owners_;
  std::function<matrix<float>(std::span<const Sample>)> embed_samples_;
  bool uses_patch_ = false;
};

static_assert(classifier<zero_shot_classifier<std::string>>);

}  // namespace mll
