// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/model/any_classifier.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/detail/batch_memo.hpp"
#include "mll/model/detail/unit_rows.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/hub.hpp"
#include "mll/reuse/adapt.hpp"
#include "mll/reuse/batch_responses.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/reuse/unknown_models.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// A solved task, ready to use: runs only the experts that own a chosen head, and combines their responses.
///
/// Itself a `classifier` whose heads are the classes of the task, so it can be added to a hub. Holds the
/// models that it needs; the hub may be destroyed. Thread-safety: one `predict` at a time.
///
/// @tparam Sample the sample type of the hub
/// @code
/// const mll::zero_shot_classifier<std::string> classifier{hub, mll::select(backend, labels, match)};
/// for (const mll::prediction& found : classifier.classify(backend, std::span{texts}, 0.7F))
///   std::cout << found.probability << '\n';
/// @endcode
template <class Sample>
class zero_shot_classifier {
 public:
  using sample_type = Sample;

  /// Binds a selection to the models of a hub, by name and head names, so a hub that was built anew works
  /// too. A model that was renamed is found by its id.
  ///
  /// A model with another `hub::fingerprint` than when it was labelled is refused, if both are known.
  ///
  /// @param[in] models  the hub that was labelled, or one with the same models
  /// @param[in] chosen  the selection
  /// @param[in] unknown whether models without a fingerprint are refused as well
  /// Throws: `invalid_argument` if a needed model is missing, has other heads or another fingerprint, or the
  /// selection needs a general model; `model_error` if a model fails to list its heads.
  zero_shot_classifier(const hub<Sample>& models, selection chosen,
                       unknown_models unknown = unknown_models::accept)
      : chosen_{std::move(chosen)} {
    bind(models, unknown);
  }

  /// The same with the general model that was given to `make_general_heads`.
  template <general_model General>
    requires std::same_as<typename General::sample_type, Sample>
  zero_shot_classifier(const hub<Sample>& models, selection chosen, General general,
                       unknown_models unknown = unknown_models::accept)
      : chosen_{std::move(chosen)} {
    run_general_ = [general = std::move(general)](const selection& of, std::span<const Sample> batch,
                                                  Eigen::ArrayXXf& log_odds) {
      matrix<float> embeddings = named("general model", [&] { return general.embed_samples(batch); });
      const auto rows = static_cast<Eigen::Index>(batch.size());
      const Eigen::Index dim = of.general_texts.cols();
      if (embeddings.rows() != rows || embeddings.cols() != dim) {
        throw model_error{"general model", "embed_samples: expected shape " + detail::shape_text(rows, dim) +
                                               ", found " +
                                               detail::shape_text(embeddings.rows(), embeddings.cols())};
      }
      embeddings = detail::unit_rows<float>(std::move(embeddings), "sample");
      detail::run_general_heads(of, embeddings, log_odds);
      return embeddings;
    };
    bind(models, unknown);
  }

  /// Number of classes of the task.
  [[nodiscard]] std::size_t head_count() const noexcept { return chosen_.ensemble.votes.size(); }
  /// Name of a class of the task.
  [[nodiscard]] std::string head_name(std::size_t y) const { return chosen_.match.task[class_id{y}].name; }
  /// The selection that it came from.
  [[nodiscard]] const selection& source() const noexcept { return chosen_; }
  /// Number of models that run for a prediction, the general model included.
  [[nodiscard]] std::size_t model_count() const noexcept { return owners_.size() + (uses_general_ ? 1 : 0); }

  /// Probabilities of the classes.
  /// @param[in]  batch  samples
  /// @param[out] scores `[batch.size(), head_count()]`, rows sum to 1
  /// Throws: `model_error` if a model fails as in labelling: it throws, changes its number of heads,
  /// or leaves a score unwritten or outside [0, 1].
  void predict(std::span<const Sample> batch, matrix_ref<float> scores) const {
    predict(exec::sequential{}, batch, scores);
  }

  /// The same, with the models spread over a backend; the result is the same.
  void predict(exec::backend_ref backend, std::span<const Sample> batch, matrix_ref<float> scores) const;

  /// Responses of the models to a batch, for `estimate_on_batch` and `adapt`.
  /// Throws: as `predict`.
  [[nodiscard]] batch_responses respond(exec::backend_ref backend, std::span<const Sample> batch) const;

  /// A classifier that is adapted to samples from elsewhere by an unlabelled batch of them; see `mll::adapt`.
  /// What it predicts for a sample depends on that batch, never on the samples predicted with it.
  /// @param[in] batch at least one sample; the more the better, a hundred are enough
  /// Throws: as `predict`, and `invalid_argument` for an empty batch.
  [[nodiscard]] zero_shot_classifier adapt(exec::backend_ref backend, std::span<const Sample> batch) const {
    zero_shot_classifier out = *this;
    out.chosen_ = mll::adapt(chosen_, respond(backend, batch));
    return out;
  }

  /// Predicts the most probable class of each sample, or rejects it below a threshold.
  /// @param[in] threshold minimum probability of an answer, in [0, 1]; 0 always answers; by default that of
  ///                      the selection
  /// @param[in] belongs   minimum `prediction::belongs` of an answer, in [0, 1]: of a sample that resembles
  ///                      other nodes of the hub more than the task's, the most probable class is meaningless
  /// Throws: as `predict`, and `invalid_argument` for a limit outside [0, 1], or for `belongs > 0` if the
  /// selection was made without a profile.
  [[nodiscard]] std::vector<prediction> classify(exec::backend_ref backend, std::span<const Sample> batch,
                                                 std::optional<float> threshold = {},
                                                 float belongs = 0) const;

 private:
  struct owner {
    std::string name;
    any_classifier<Sample> model;
    std::size_t heads;                                         // number of heads when it was bound
    std::vector<std::pair<std::size_t, std::size_t>> columns;  // (head of the model, head of the ensemble)
  };

  void bind(const hub<Sample>& models, unknown_models unknown);
  static model_id find(const hub<Sample>& models, const selected_model& wanted, unknown_models unknown);

  /// Runs a part of a model; any exception becomes a `model_error` with the name of the model.
  template <class Work>
  static auto named(const std::string& model, const Work& work) {
    try {
      return work();
    } catch (const std::exception& failure) {
      throw model_error{model, failure.what()};
    } catch (...) {
      throw model_error{model, "an exception that is not a std::exception"};
    }
  }

  static void run_model(const owner& expert, std::span<const Sample> batch, Eigen::ArrayXXf& log_odds);

  selection chosen_;
  std::vector<owner> owners_;
  // Writes the responses of the general heads. @return embeddings of the batch
  std::function<matrix<float>(const selection&, std::span<const Sample>, Eigen::ArrayXXf& log_odds)>
      run_general_;
  bool uses_general_ = false;
};

template <class Sample>
void zero_shot_classifier<Sample>::predict(exec::backend_ref backend, std::span<const Sample> batch,
                                           matrix_ref<float> scores) const {
  const auto rows = static_cast<Eigen::Index>(batch.size());
  const auto classes = static_cast<Eigen::Index>(head_count());
  if (scores.rows() != rows || scores.cols() != classes)
    throw invalid_argument{"scores", "shape " + detail::shape_text(rows, classes),
                           detail::shape_text(scores.rows(), scores.cols())};
  if (batch.empty()) return;
  const batch_responses found = respond(backend, batch);
  detail::combine_to(chosen_.ensemble, found.log_odds, found.embeddings, true, scores);
}

template <class Sample>
batch_responses zero_shot_classifier<Sample>::respond(exec::backend_ref backend,
                                                      std::span<const Sample> batch) const {
  batch_responses out;
  out.log_odds.resize(static_cast<Eigen::Index>(batch.size()),
                      static_cast<Eigen::Index>(chosen_.ensemble.heads.size()));
  if (batch.empty()) return out;
  detail::batch_memo memo{batch, model_count() > 1 ? detail::batch_memo::default_bytes : 0};
  exec::for_each_index(backend, owners_.size(), [&](std::size_t m) {
    const detail::batch_memo::use shared{memo};
    run_model(owners_[m], batch, out.log_odds);
  });
  const detail::batch_memo::use shared{memo};
  if (uses_general_) out.embeddings = run_general_(chosen_, batch, out.log_odds);
  return out;
}

template <class Sample>
std::vector<prediction> zero_shot_classifier<Sample>::classify(exec::backend_ref backend,
                                                               std::span<const Sample> batch,
                                                               std::optional<float> threshold,
                                                               float belongs) const {
  matrix<float> scores(static_cast<Eigen::Index>(batch.size()), static_cast<Eigen::Index>(head_count()));
  const batch_responses found = respond(backend, batch);
  if (!batch.empty()) detail::combine_to(chosen_.ensemble, found.log_odds, found.embeddings, true, scores);
  return detail::predictions_of(backend, chosen_, found, scores,
                                {threshold.value_or(chosen_.threshold), belongs});
}

template <class Sample>
void zero_shot_classifier<Sample>::bind(const hub<Sample>& models, unknown_models unknown) {
  for (const selected_model& wanted : chosen_.models) {
    if (!wanted.id.valid()) {
      uses_general_ = true;
      if (!run_general_)
        throw invalid_argument{"chosen",
                               "a selection of hub models only, or a general model as third argument",
                               "heads of the general model"};
      continue;
    }
    owner bound{wanted.name, models.model(find(models, wanted, unknown)), wanted.head_names.size(), {}};
    for (std::size_t h = 0; h < chosen_.ensemble.heads.size(); ++h) {
      if (chosen_.ensemble.heads[h].model == wanted.id)
        bound.columns.emplace_back(chosen_.ensemble.heads[h].index, h);
    }
    owners_.push_back(std::move(bound));
  }
}

template <class Sample>
model_id zero_shot_classifier<Sample>::find(const hub<Sample>& models, const selected_model& wanted,
                                            unknown_models unknown) {
  const auto same_heads = [&](model_id id) {
    return named(models.name(id), [&] {
      const auto& model = models.model(id);
      bool same = model.head_count() == wanted.head_names.size();
      for (std::size_t h = 0; same && h < wanted.head_names.size(); ++h)
        same = model.head_name(h) == wanted.head_names[h];
      return same;
    });
  };
  const auto same_content = [&](model_id id) {
    const std::string& found = models.fingerprint(id);
    if (!found.empty() && !wanted.fingerprint.empty()) return found == wanted.fingerprint;
    return unknown == unknown_models::accept;
  };
  if (const auto id = models.find(wanted.name)) {
    if (!same_heads(*id))
      throw invalid_argument{"models", "the labelled heads in model '" + wanted.name + "'", "other heads"};
    const auto told = [](const std::string& text) {
      return " (fingerprint " + (text.empty() ? "unknown" : text) + ")";
    };
    if (!same_content(*id))
      throw invalid_argument{"models",
                             "model '" + wanted.name + "' as it was labelled" + told(wanted.fingerprint),
                             "another one" + told(models.fingerprint(*id))};
    return *id;
  }
  if (models.contains(wanted.id) && same_heads(wanted.id) && same_content(wanted.id)) return wanted.id;
  throw invalid_argument{"models", "model '" + wanted.name + "', which owns a chosen head",
                         "no model of this name"};
}

template <class Sample>
void zero_shot_classifier<Sample>::run_model(const owner& expert, std::span<const Sample> batch,
                                             Eigen::ArrayXXf& log_odds) {
  const std::size_t heads = named(expert.name, [&] { return expert.model.head_count(); });
  if (heads != expert.heads)
    throw model_error{expert.name, "expected " + std::to_string(expert.heads) + " heads as before, found " +
                                       std::to_string(heads)};
  // Scores that the model does not write must not pass the check.
  matrix<float> scores(static_cast<Eigen::Index>(batch.size()), static_cast<Eigen::Index>(heads));
  std::fill_n(scores.data(), scores.size(), std::numeric_limits<float>::quiet_NaN());
  named(expert.name, [&] { expert.model.predict(batch, scores); });
  for (const auto& [from, to] : expert.columns) {
    const auto bad = detail::log_odds_of_scores(scores, from, log_odds, to);
    if (!bad) continue;
    const std::string head = named(expert.name, [&] { return expert.model.head_name(from); });
    throw model_error{expert.name, "head '" + head + "' returned " +
                                       detail::number_text(scores(*bad, static_cast<Eigen::Index>(from))) +
                                       " for sample " + std::to_string(*bad) +
                                       "; expected a probability in [0, 1]"};
  }
}

static_assert(classifier<zero_shot_classifier<std::string>>);

#if MLL_COMPILED
extern template class zero_shot_classifier<std::string>;
#endif

}  // namespace mll
