// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <limits>
#include <mll/mll.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(_OPENMP)
#include <mll/exec/omp.hpp>
#endif

#include "export_task.hpp"
#include "kit.hpp"
#include "learn_output_shift.hpp"
#include "options.hpp"
#include "oracle.hpp"
#include "oracle_experts.hpp"
#include "pseudo_tasks.hpp"
#include "result.hpp"

namespace accuracy {

#if defined(_OPENMP)
using backend_type = mll::exec::omp;
#else
using backend_type = mll::exec::sequential;
#endif

/// A kit, its graph and the labels of its hub; runs every method on tasks.
class evaluation {
 public:
  explicit evaluation(const options& asked)
      : asked_{asked},
        kit_{asked.kit},
        graph_{mll::read_wordnet("/usr/share/wordnet")},
        content_{graph_},
        hub_{kit_.draw_hub(asked.hub_size, asked.seed)},
        pseudo_{kit_, asked.seed},
        samples_{kit_.representation(graph_, asked.per_node,
                                     asked.pseudo_tasks == 0 ? std::vector<bool>{} : pseudo_.is_left_out())} {
    auto begin = std::chrono::steady_clock::now();
    labels_ = mll::label(backend_, hub_, samples_, graph_);
    seconds_label_ = since(begin);
    if (asked.general && kit_.has_general()) {
      general_model_.dim = kit_.general_dimension();
      general_ = mll::label_general_model(general_model_, samples_, labels_.samples());
      general_->node_texts.resize(static_cast<Eigen::Index>(labels_.samples().nodes().size()),
                                  general_model_.dim);
      Eigen::Index at = 0;
      for (const mll::node_id v : labels_.samples().nodes())
        general_->node_texts.row(at++) = kit_.node_text(graph_[v].id);
    }
    begin = std::chrono::steady_clock::now();
    profile_ = mll::profile(backend_, labels_, graph_, profiling());
    seconds_profile_ = since(begin);
    const std::string how = !asked.shift.empty() ? asked.shift : kit_.has_images() ? "default" : "learnt";
    if (how == "images") shift_ = mll::shift_fit::of_distorted_images();
    const bool is_used = std::any_of(asked.methods.begin(), asked.methods.end(),
                                     [](const std::string& name) { return name.starts_with("chco-"); });
    if (how != "learnt" || !is_used) return;
    begin = std::chrono::steady_clock::now();
    try {
      shift_ = learn_output_shift(backend_, kit_, hub_, general_model_, general_ ? &*general_ : nullptr,
                                  samples_, labels_, graph_, asked.experts);
    } catch (const mll::invalid_argument& too_few) {
      if (!asked.shift.empty()) throw;  // it was asked for
      std::cerr << "accuracy: estimates on a batch follow the default: " << too_few.what() << '\n';
    }
    seconds_shift_ = since(begin);
  }

  /// What estimates on a batch follow.
  [[nodiscard]] const mll::shift_fit& shift() const { return shift_; }
  [[nodiscard]] double seconds_shift() const { return seconds_shift_; }
  [[nodiscard]] double seconds_label() const { return seconds_label_; }
  [[nodiscard]] double seconds_profile() const { return seconds_profile_; }
  [[nodiscard]] std::size_t hub_size() const { return hub_.size(); }

  /// All methods on one task.
  /// @param[in] place  its folder, or the name of a pseudo-task
  /// @param[in] others folders of tasks whose samples are outsiders
  std::vector<result> run(const std::filesystem::path& place,
                          const std::vector<std::filesystem::path>& others) {
    const bool is_pseudo = asked_.pseudo_tasks != 0;
    const std::string name = place.filename().string();
    const kit_task task = is_pseudo ? pseudo_.make(std::stoull(name), asked_.seed) : kit_.read_task(place);
    std::vector<kit_task> beside;
    if (is_pseudo) {
      beside.push_back(pseudo_.hidden());
    } else {
      for (const auto& other : others) {
        if (other != place) beside.push_back(kit_.read_task(other));
      }
    }
    std::vector<cached_sample> outsiders;
    for (const kit_task& other : beside) add_outsiders(task, other, outsiders);
    const mll::task_match found =
        mll::match(backend_, task.classes, graph_, labels_.samples(), {.content = &content_});
    std::optional<mll::general_heads> general;
    if (general_ && task.general.size() != 0) {
      for (std::size_t y = 0; y < task.classes.size(); ++y) {
        const auto& [word, caption] = task.classes[mll::class_id{y}];
        (*general_model_.texts)[caption.empty() ? word : word + ": " + caption] =
            task.class_texts.row(static_cast<Eigen::Index>(y));
      }
      general = mll::make_general_heads(general_model_, *general_, labels_.samples(), found);
    }
    double senses_right = std::numeric_limits<double>::quiet_NaN();
    if (!task.true_wnids.empty()) {
      senses_right = 0;
      for (std::size_t y = 0; y < task.true_wnids.size(); ++y) {
        const mll::node_id node = found.classes[y].node;
        if (node.valid() && graph_[node].id == task.true_wnids[y]) senses_right += 1;
      }
      senses_right /= static_cast<double>(task.true_wnids.size());
    }

    std::vector<result> out;
    const mll::task_match covered = covered_part(found);
    const auto add = [&](const std::string& method, const auto& how, bool with_general, std::size_t folds,
                         bool adapted = false) {
      if (std::find(asked_.methods.begin(), asked_.methods.end(), method) == asked_.methods.end()) return;
      const bool uses_general = with_general && general;
      const mll::task_match& match = uses_general ? found : covered;
      result row{.task = name, .method = method};
      const auto begin = std::chrono::steady_clock::now();
      const mll::selection chosen = mll::select(
          backend_, labels_, match,
          mll::select_options<std::decay_t<decltype(how)>>{.method = how,
                                                           .general = uses_general ? &*general : nullptr,
                                                           .profile = &profile_,
                                                           .folds = folds,
                                                           .shift = shift_});
      row.seconds = since(begin);
      row.estimate = chosen.estimate;
      row.heads_used = chosen.ensemble.heads.size();
      for (const auto& model : chosen.models) row.experts_run += model.id.valid() ? 1 : 0;
      mll::zero_shot_classifier<cached_sample> classifier{hub_, chosen, general_model_};
      const auto samples = task.samples();
      const mll::batch_responses batch = classifier.respond(backend_, samples);
      if (adapted) {
        classifier = classifier.adapt(backend_, samples);
        row.estimate.reset();  // of the selection before it saw the batch
      }
      if (chosen.estimate) row.batch_estimate = mll::estimate_on_batch(classifier.source(), batch);
      mll::matrix<float> answers(static_cast<Eigen::Index>(samples.size()),
                                 static_cast<Eigen::Index>(match.classes.size()));
      classifier.predict(backend_, samples, answers);
      const std::vector<bool> hits = score(task, uses_general ? answers : among_all(answers, found), row);
      score_abstention(
          mll::detail::predictions_of(backend_, classifier.source(), batch, answers, {}), hits,
          outsiders.empty() ? std::vector<mll::prediction>{} : classifier.classify(backend_, outsiders), row);
      row.senses_right = senses_right;
      out.push_back(std::move(row));
    };
    if (std::find(asked_.methods.begin(), asked_.methods.end(), "chance") != asked_.methods.end()) {
      result row{.task = name, .method = "chance"};
      row.accuracy = row.macro_accuracy = 1.0 / static_cast<double>(task.classes.size());
      row.senses_right = senses_right;
      out.push_back(row);
    }
    const std::size_t k = asked_.heads_per_class;
    const auto add_baseline = [&](const auto& how) { add(how.name(), how, false, 0); };
    add_baseline(mll::random_heads{.count = k, .seed = asked_.seed});
    add_baseline(mll::single_expert{});
    add_baseline(mll::uniform_average{});
    add_baseline(mll::name_match{});
    add_baseline(mll::top_heads<mll::mean_difference>{.count = k});
    add_baseline(mll::entropy_weighted_f1{.count = k});
    add_baseline(mll::top_heads<mll::area_under_roc>{.count = k});
    add_baseline(
        mll::chco<mll::macro_accuracy>{.budget = mll::heads_per_class{k}, .min_effective_samples = 0});
    add_baseline(mll::ridge_stacking{});
    add_baseline(mll::shrunken_lda{});
    if (general) add(mll::general_only::name(), mll::general_only{}, true, 0);
    if (general) add(mll::embedding_lda::name(), mll::embedding_lda{}, true, 0);
    add("chco-heads", mll::chco<>{.budget = mll::heads_per_class{k}}, true, 5);
    add("chco-experts", mll::chco<>{.budget = mll::experts{asked_.experts}}, true, 5);
    add("chco-experts-adapted", mll::chco<>{.budget = mll::experts{asked_.experts}}, true, 5, true);
    add("chco-all", mll::chco<>{.budget = mll::all_experts{}}, true, 5);
    if (std::find(asked_.methods.begin(), asked_.methods.end(), "supervised_lda") != asked_.methods.end()) {
      result row{.task = name, .method = "supervised_lda", .senses_right = senses_right};
      row.experts_run = hub_.size();
      row.heads_used = labels_.head_count();
      const auto begin = std::chrono::steady_clock::now();
      const auto answers = supervised_lda(responses_of(task), task.truth, task.classes.size(), asked_.seed);
      row.seconds = since(begin);
      score(task, answers, row);
      out.push_back(std::move(row));
    }
    if (std::find(asked_.methods.begin(), asked_.methods.end(), "supervised_experts") !=
        asked_.methods.end()) {
      result row{.task = name, .method = "supervised_experts", .senses_right = senses_right};
      const auto begin = std::chrono::steady_clock::now();
      const mll::matrix<float> answers =
          of_supervised_experts(task, found, general ? &*general : nullptr, row);
      row.seconds = since(begin);
      score(task, general ? answers : among_all(answers, found), row);
      out.push_back(std::move(row));
    }
    if (std::find(asked_.methods.begin(), asked_.methods.end(), "supervised_lda_experts") !=
        asked_.methods.end()) {
      result row{.task = name, .method = "supervised_lda_experts", .senses_right = senses_right};
      const std::vector<std::size_t> first = first_heads();
      const auto begin = std::chrono::steady_clock::now();
      const oracle_choice chosen = supervised_lda_experts(responses_of(task), first, task.truth,
                                                          task.classes.size(), asked_.experts, asked_.seed);
      row.seconds = since(begin);
      row.experts_run = chosen.experts.size();
      for (const std::size_t m : chosen.experts) row.heads_used += first[m + 1] - first[m];
      score(task, chosen.probabilities, row);
      out.push_back(std::move(row));
    }
    for (result& row : out) row.tasks_dir = place.parent_path().string();
    if (!asked_.export_to.empty()) {
      export_task(asked_.export_to / place.parent_path().parent_path().filename() / name, labels_, found,
                  general_ ? &general_->embeddings : nullptr, task, responses_of(task), out.front());
    }
    return out;
  }

 private:
  /// The experts are chosen by the labels of the task, and combined by the representation data as those of
  /// chco-experts: an upper bound of the gain by another choice.
  [[nodiscard]] mll::matrix<float> of_supervised_experts(const kit_task& task, const mll::task_match& found,
                                                         const mll::general_heads* general, result& row) {
    const std::vector<std::size_t> first = first_heads();
    std::vector<std::size_t> all;
    while (all.size() < labels_.models().size()) all.push_back(all.size());
    const auto relevance = supervised_relevance(responses_of(task), task.truth, task.classes.size());
    mll::hub<cached_sample> hub;
    std::vector<std::size_t> chosen = mll::expert_cover(backend_, relevance, first, all, asked_.experts);
    std::sort(chosen.begin(), chosen.end());
    for (const std::size_t m : chosen) {
      const auto& label = labels_.models()[m];
      hub.add(label.name, hub_.model(label.model));
    }
    const auto labels = mll::label(backend_, hub, samples_, graph_);
    const auto profile = mll::profile(backend_, labels, graph_, profiling());
    const mll::selection selected =
        mll::select(backend_, labels, general != nullptr ? found : covered_part(found),
                    {.method = {.budget = mll::all_experts{}}, .general = general, .profile = &profile});
    row.experts_run = chosen.size();
    row.heads_used = selected.ensemble.heads.size();
    const mll::zero_shot_classifier<cached_sample> classifier{hub, selected, general_model_};
    const auto samples = task.samples();
    mll::matrix<float> out(static_cast<Eigen::Index>(samples.size()),
                           static_cast<Eigen::Index>(classifier.head_count()));
    classifier.predict(backend_, samples, out);
    return out;
  }

  [[nodiscard]] mll::profile_options profiling() const {
    return {.general = general_ ? &*general_ : nullptr,
            .matching = {.content = &content_},
            .covariance_rank = asked_.covariance_rank};
  }

  /// The first head of each expert among all heads, and their number.
  [[nodiscard]] std::vector<std::size_t> first_heads() const {
    std::vector<std::size_t> out{0};
    for (const auto& label : labels_.models()) out.push_back(out.back() + label.heads.size());
    return out;
  }

  /// Adds the samples of another task, but for classes whose true nodes are, contain or lie in those of this
  /// one.
  void add_outsiders(const kit_task& task, const kit_task& from, std::vector<cached_sample>& to) const {
    std::vector<bool> is_outside(from.classes.size(), true);
    const auto node_of = [&](const kit_task& of, std::size_t y) {
      return of.true_wnids.empty() ? std::optional<mll::node_id>{} : graph_.find(of.true_wnids[y]);
    };
    const auto is_above = [&](mll::node_id v, mll::node_id below) {
      return content_.ancestors().find(v, below) != nullptr;
    };
    for (std::size_t c = 0; c < is_outside.size(); ++c) {
      for (std::size_t y = 0; y < task.classes.size(); ++y) {
        const auto a = node_of(from, c);
        const auto b = node_of(task, y);
        if (from.classes.normal_name(mll::class_id{c}) == task.classes.normal_name(mll::class_id{y}) ||
            (a && b && (is_above(*a, *b) || is_above(*b, *a))))
          is_outside[c] = false;
      }
    }
    const auto samples = from.samples();  // pointers into `from`
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (is_outside[from.truth[i]]) to.push_back(samples[i]);
    }
  }

  /// Responses of all heads of the hub to the samples of a task.
  [[nodiscard]] mll::matrix<float> responses_of(const kit_task& task) const {
    const auto samples = task.samples();
    mll::matrix<float> out(static_cast<Eigen::Index>(samples.size()),
                           static_cast<Eigen::Index>(labels_.head_count()));
    Eigen::Index first = 0;
    for (const auto& label : labels_.models()) {
      mll::matrix<float> some(out.rows(), static_cast<Eigen::Index>(label.heads.size()));
      hub_.model(label.model).predict(samples, some);
      out.middleCols(first, some.cols()) = some;
      first += some.cols();
    }
    return out;
  }

  static bool is_covered(const mll::class_match& found) { return found.sample_count != 0; }

  /// The task without the classes that have no samples: for methods without a general model.
  static mll::task_match covered_part(const mll::task_match& found) {
    std::vector<mll::task_class> classes;
    std::vector<mll::class_match> matches;
    for (std::size_t y = 0; y < found.classes.size(); ++y) {
      if (!is_covered(found.classes[y])) continue;
      classes.push_back(found.task[mll::class_id{y}]);
      matches.push_back(found.classes[y]);
    }
    if (classes.size() == found.classes.size()) return found;
    return {mll::task{std::move(classes)}, std::move(matches)};
  }

  /// Expands probabilities of the covered classes `[samples, covered]` to `[samples, classes]`; classes that
  /// are not covered get 0.
  static mll::matrix<float> among_all(const mll::matrix<float>& covered, const mll::task_match& found) {
    mll::matrix<float> out =
        mll::matrix<float>::Zero(covered.rows(), static_cast<Eigen::Index>(found.classes.size()));
    Eigen::Index column = 0;
    for (std::size_t y = 0; y < found.classes.size(); ++y) {
      if (is_covered(found.classes[y])) out.col(static_cast<Eigen::Index>(y)) = covered.col(column++);
    }
    return out;
  }

  static double since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  options asked_;
  backend_type backend_;
  kit kit_;
  mll::semantic_dag<> graph_;
  mll::information_content content_;
  mll::hub<cached_sample> hub_;
  pseudo_tasks pseudo_;
  mll::representation_table<cached_sample> samples_;
  mll::model_labels labels_;
  cached_general general_model_;
  std::optional<mll::general_model_labels> general_;
  mll::hub_profile profile_;
  mll::shift_fit shift_;
  double seconds_shift_ = 0;
  double seconds_label_ = 0;
  double seconds_profile_ = 0;
};

}  // namespace accuracy
