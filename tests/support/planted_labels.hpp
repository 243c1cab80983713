// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Labels, matches and hubs with planted heads of known quality.
#pragma once

#include <boost/random/normal_distribution.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/random.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/precomputed_scores.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/ensemble.hpp"

namespace mll::test {

/// The log-odds of its response to a sample are `bias + strength * (target ? +1 : -1) + noise * normal`.
struct planted_head {
  static constexpr std::size_t nothing = static_cast<std::size_t>(-1);

  std::size_t target = nothing;  ///< the class that it knows; `nothing`: the bias for all samples
  double strength = 2;
  double bias = 0;
  double noise = 1;
};
using planted_model = std::vector<planted_head>;

/// A class task with representation data, the responses of a hub to them, and everything made of these.
struct planted_task {
  std::vector<std::size_t> counts;       ///< samples per class; class y is node y; 0 = a node without samples
  std::vector<std::size_t> truth;        ///< class of each row
  std::vector<matrix<float>> responses;  ///< per model `[rows, heads]`, probabilities
  task_match match;

  /// Labels as a labelling run would make them. Models are numbered in order, their names are "model 0", ...,
  /// those of heads "head 0", ... .
  template <response_codec Codec = log_odds_8bit>
  [[nodiscard]] basic_model_labels<Codec> labels() const;

  /// A hub whose response to sample r is row r.
  [[nodiscard]] hub<std::size_t> models() const {
    hub<std::size_t> out;
    for (std::size_t m = 0; m < responses.size(); ++m)
      out.add("model " + std::to_string(m), precomputed_scores{head_names(m), responses[m]});
    return out;
  }
  [[nodiscard]] std::vector<std::string> head_names(std::size_t m) const {
    std::vector<std::string> out;
    for (Eigen::Index h = 0; h < responses[m].cols(); ++h) out.push_back("head " + std::to_string(h));
    return out;
  }
  /// The samples: the numbers of all rows.
  [[nodiscard]] std::vector<std::size_t> rows() const {
    std::vector<std::size_t> out(truth.size());
    for (std::size_t r = 0; r < out.size(); ++r) out[r] = r;
    return out;
  }
};

/// The label of one model from its responses.
template <response_codec Codec>
basic_model_label<Codec> make_label(model_id id, std::string name, std::vector<std::string> heads,
                                    const matrix<float>& responses, const sample_layout& layout) {
  const auto nodes = static_cast<Eigen::Index>(layout.nodes().size());
  const Eigen::Index width = responses.cols();
  basic_model_label<Codec> out{id, std::move(name), std::move(heads), {}, {}};
  out.responses.resize(responses.rows(), width);
  out.mean.resize(nodes, width);
  for (Eigen::Index h = 0; h < width; ++h) {
    for (Eigen::Index r = 0; r < responses.rows(); ++r) out.responses(r, h) = Codec::encode(responses(r, h));
    for (Eigen::Index v = 0; v < nodes; ++v) {
      const auto rows = layout.rows_at(static_cast<std::size_t>(v));
      double mean = 0;
      for (std::size_t i = 0; i < rows.count; ++i) {
        const double response = responses(static_cast<Eigen::Index>(rows.first + i), h);
        mean += (response - mean) / static_cast<double>(i + 1);
      }
      out.mean(v, h) = static_cast<float>(mean);
    }
  }
  return out;
}

inline sample_layout layout_of(std::span<const std::size_t> counts) {
  std::vector<node_id> nodes;
  std::vector<std::size_t> present;
  for (std::size_t y = 0; y < counts.size(); ++y) {
    if (counts[y] == 0) continue;
    nodes.emplace_back(y);
    present.push_back(counts[y]);
  }
  return sample_layout{std::move(nodes), present};
}

template <response_codec Codec>
basic_model_labels<Codec> planted_task::labels() const {
  basic_model_labels<Codec> out{layout_of(counts)};
  for (std::size_t m = 0; m < responses.size(); ++m) {
    out.insert(make_label<Codec>(model_id{m}, "model " + std::to_string(m), head_names(m), responses[m],
                                 out.samples()));
  }
  return out;
}

/// A match of the classes "class 0", "class 1", ... to the nodes 0, 1, ... .
inline task_match planted_match(std::span<const std::size_t> counts) {
  std::vector<task_class> classes;
  for (std::size_t y = 0; y < counts.size(); ++y) classes.push_back({"class " + std::to_string(y), {}});
  task_match out{task{std::move(classes)}, std::vector<class_match>(counts.size())};
  for (std::size_t y = 0; y < counts.size(); ++y) {
    class_match& found = out.classes[y];
    found.node = node_id{y};
    found.candidates.push_back({.node = found.node, .sample_count = counts[y], .probability = 1});
    found.sample_count = counts[y];
    found.coverage = counts[y] == 0 ? coverage::no_samples : coverage::own_samples;
    if (counts[y] != 0) found.evidence.push_back({found.node, 1});
  }
  return out;
}

/// Responses of a planted model to samples of these classes.
inline matrix<float> planted_responses(const planted_model& model, std::span<const std::size_t> truth,
                                       random_engine& engine) {
  matrix<float> out(static_cast<Eigen::Index>(truth.size()), static_cast<Eigen::Index>(model.size()));
  boost::random::normal_distribution<double> normal;
  for (std::size_t r = 0; r < truth.size(); ++r) {
    for (std::size_t h = 0; h < model.size(); ++h) {
      const planted_head& head = model[h];
      const double side = head.target == planted_head::nothing ? 0 : head.target == truth[r] ? 1 : -1;
      const double log_odds = head.bias + head.strength * side + head.noise * normal(engine);
      out(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(h)) =
          static_cast<float>(numerics::sigmoid(log_odds));
    }
  }
  return out;
}

/// The class of every row, class after class.
inline std::vector<std::size_t> truth_of(std::span<const std::size_t> counts) {
  std::vector<std::size_t> out;
  for (std::size_t y = 0; y < counts.size(); ++y) out.insert(out.end(), counts[y], y);
  return out;
}

/// A task with given responses, `[rows, heads]` for each model.
inline planted_task task_of_responses(std::vector<std::size_t> counts, std::vector<matrix<float>> responses) {
  planted_task out{counts, truth_of(counts), std::move(responses), planted_match(counts)};
  return out;
}

inline planted_task plant(std::vector<std::size_t> counts, const std::vector<planted_model>& models,
                          std::uint64_t seed) {
  const std::vector<std::size_t> truth = truth_of(counts);
  std::vector<matrix<float>> responses;
  for (std::size_t m = 0; m < models.size(); ++m) {
    random_engine engine{derive_seed(seed, m)};
    responses.push_back(planted_responses(models[m], truth, engine));
  }
  return task_of_responses(std::move(counts), std::move(responses));
}

/// A hub with `good` models that have a head for every class, and `poor` models with uninformative heads.
inline std::vector<planted_model> mixed_hub(std::size_t classes, std::size_t good, std::size_t poor,
                                            double strength, double noise = 1) {
  std::vector<planted_model> out;
  for (std::size_t m = 0; m < good + poor; ++m) {
    planted_model model;
    for (std::size_t y = 0; y < classes; ++y)
      model.push_back({m < good ? y : planted_head::nothing, strength, -0.5, noise});
    out.push_back(std::move(model));
  }
  return out;
}

/// Log-odds of the heads of an ensemble on all rows, straight from the responses: `[rows, heads]`.
inline Eigen::ArrayXXf log_odds_of(const planted_task& planted, const ensemble& fitted) {
  Eigen::ArrayXXf out(static_cast<Eigen::Index>(planted.truth.size()),
                      static_cast<Eigen::Index>(fitted.heads.size()));
  for (std::size_t h = 0; h < fitted.heads.size(); ++h) {
    const head_id head = fitted.heads[h];
    for (Eigen::Index r = 0; r < out.rows(); ++r) {
      out(r, static_cast<Eigen::Index>(h)) =
          numerics::logit(planted.responses[head.model.index()](r, static_cast<Eigen::Index>(head.index)));
    }
  }
  return out;
}

/// Mean over the classes that have rows of the share of rows whose class scores highest.
inline double macro_accuracy_of(const matrix<float>& scores, std::span<const std::size_t> truth) {
  std::vector<double> right(static_cast<std::size_t>(scores.cols()), 0);
  std::vector<double> total(right.size(), 0);
  for (std::size_t r = 0; r < truth.size(); ++r) {
    Eigen::Index top = 0;
    scores.row(static_cast<Eigen::Index>(r)).maxCoeff(&top);
    ++total[truth[r]];
    if (static_cast<std::size_t>(top) == truth[r]) ++right[truth[r]];
  }
  double sum = 0;
  double classes = 0;
  for (std::size_t y = 0; y < total.size(); ++y) {
    if (total[y] == 0) continue;
    sum += right[y] / total[y];
    ++classes;
  }
  return sum / classes;
}

/// Uniform random numbers in [low, high).
inline double uniform(random_engine& engine, double low, double high) {
  return low + (high - low) * (static_cast<double>(engine() >> 11U) * 0x1p-53);
}

}  // namespace mll::test
