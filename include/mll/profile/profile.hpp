// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/profile/detail/scatter.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll {

/// Options of `profile`.
struct profile_options {
  const general_model_labels* general =
      nullptr;                  ///< the general model, if there is one; needs its `node_texts`
  match_options matching = {};  ///< how head names are matched; `content` is used if given
};

namespace detail {

/// Responses of all heads to all samples on the scale of the profile, then the general model's embeddings:
/// `[rows, heads + dim]`.
template <exec::execution_backend Backend, response_codec Codec>
matrix<float> all_responses(const Backend& backend, const basic_model_labels<Codec>& labels,
                            const hub_profile& made) {
  const auto heads = static_cast<Eigen::Index>(made.head_count());
  const auto rows = static_cast<Eigen::Index>(labels.samples().row_count());
  matrix<float> out(rows, heads + made.general.embeddings.cols());
  exec::for_each_index(backend, labels.models().size(), [&](std::size_t m) {
    const auto& responses = labels.models()[m].responses;
    const auto first = static_cast<Eigen::Index>(made.regressors.first_head[m]);
    for (Eigen::Index r = 0; r < rows; ++r) {
      for (Eigen::Index h = 0; h < responses.cols(); ++h) {
        out(r, first + h) = Codec::log_odds(responses(r, h));
      }
    }
    auto block = out.middleCols(first, responses.cols());
    for (Eigen::Index h = 0; h < responses.cols(); ++h) {
      block.col(h) = numerics::to_log_probability(block.col(h).array()).matrix();
      block.col(h).array() += static_cast<float>(made.log_width[first + h]);
    }
  });
  if (made.has_general()) out.rightCols(made.general.embeddings.cols()) = made.general.embeddings;
  return out;
}

/// Subtracts from every row the mean of its node. @return the means `[nodes, columns]`
template <std::floating_point Real, exec::execution_backend Backend, class T>
Eigen::MatrixX<Real> centre_by_node(const Backend& backend, const sample_layout& samples, matrix<T>& rows) {
  Eigen::MatrixX<Real> means(static_cast<Eigen::Index>(samples.nodes().size()), rows.cols());
  exec::for_each_index(backend, samples.nodes().size(), [&](std::size_t at) {
    const auto range = samples.rows_at(at);
    auto block =
        rows.middleRows(static_cast<Eigen::Index>(range.first), static_cast<Eigen::Index>(range.count));
    const Eigen::RowVectorX<Real> mean =
        block.template cast<Real>().colwise().sum() / static_cast<Real>(range.count);
    means.row(static_cast<Eigen::Index>(at)) = mean;
    block.rowwise() -= mean.template cast<T>();
  });
  return means;
}

/// How much the mean of n samples counts in fits over all nodes: many samples count no more than one node.
inline double node_weight(std::size_t samples) {
  return static_cast<double>(samples) / (static_cast<double>(samples) + 5);
}

template <exec::execution_backend Backend, std::floating_point Real>
void fit_graph_regressors(const Backend& backend, const information_content& content,
                          std::span<const head_meaning> meanings, const sample_layout& samples,
                          const Eigen::MatrixX<Real>& means, graph_regressors& out) {
  const auto heads = static_cast<Eigen::Index>(meanings.size());
  const std::size_t nodes = samples.nodes().size();
  out.nodes.assign(samples.nodes().begin(), samples.nodes().end());
  Eigen::VectorX<Real> weight(static_cast<Eigen::Index>(nodes));
  for (std::size_t v = 0; v < nodes; ++v) {
    weight[static_cast<Eigen::Index>(v)] = node_weight(samples.rows_at(v).count);
  }
  out.mean = weight.transpose().lazyProduct(means.leftCols(heads)) / std::max(Real{1e-12}, weight.sum());
  out.deviations = means.leftCols(heads).rowwise() - out.mean;

  out.centre.setZero(graph_regressors::by_name, heads);
  std::vector<Eigen::Matrix<Real, graph_regressors::by_name, Eigen::Dynamic>> by_name(nodes);
  exec::for_each_index(backend, nodes, [&](std::size_t v) {
    by_name[v] = out.template names<Real>(content, meanings, out.nodes[v]);
  });
  for (const auto& block : by_name) out.centre += block / static_cast<Real>(nodes);

  struct normal_equations {
    Eigen::Matrix<Real, graph_regressors::count, graph_regressors::count> left;
    Eigen::Matrix<Real, graph_regressors::count, 1> right;
  };
  std::vector<normal_equations> of_node(nodes);
  exec::for_each_index(backend, nodes, [&](std::size_t v) {
    auto regressors = out.template operator()<Real>(content, meanings, out.nodes[v]);
    for (Eigen::Index h = 0; h < heads; ++h) {
      if (!meanings[static_cast<std::size_t>(h)].node.valid()) regressors.col(h).setZero();
    }
    const Real w = weight[static_cast<Eigen::Index>(v)];
    of_node[v].left = w * regressors.lazyProduct(regressors.transpose());
    of_node[v].right =
        w * regressors.lazyProduct(out.deviations.row(static_cast<Eigen::Index>(v)).transpose());
  });
  normal_equations sum{};
  sum.left.setZero();
  sum.right.setZero();
  for (const auto& part : of_node) {
    sum.left += part.left;
    sum.right += part.right;
  }
  sum.left.diagonal().array() += 1e-6;
  out.coefficients = sum.left.ldlt().solve(sum.right);
}

/// Ridge regression of the mean embedding of a node on the embedding of its words.
template <class T, class Means>
void fit_text_to_image(const sample_layout& samples, const matrix<T>& node_texts,
                       const Eigen::MatrixBase<Means>& means, hub_profile::general_model_part& out) {
  using Real = typename Means::Scalar;
  Eigen::VectorX<Real> weight(means.rows());
  for (Eigen::Index v = 0; v < means.rows(); ++v) {
    weight[v] = node_weight(samples.rows_at(static_cast<std::size_t>(v)).count);
  }
  out.mean = weight.transpose().lazyProduct(means) / weight.sum();
  const Eigen::MatrixX<Real> texts = node_texts.template cast<Real>();
  out.text_mean = texts.colwise().mean();
  const Eigen::MatrixX<Real> x = texts.rowwise() - out.text_mean;
  const Eigen::MatrixX<Real> weighted = x.array().colwise() * weight.array();
  Eigen::MatrixX<Real> left = x.transpose().lazyProduct(weighted);
  left.diagonal().array() += 1.0;
  const Eigen::MatrixX<Real> y = means.rowwise() - out.mean;
  out.text_to_image = left.llt().solve(Eigen::MatrixX<Real>{weighted.transpose().lazyProduct(y)});
}

}  // namespace detail

/// Profiles a hub for selection with budgets of experts: what its head names mean, how its heads vary
/// together, and what the graph says about their answers.
///
/// @param[in] backend where to run
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG that they are about
/// @param[in] options a general model, and how names are matched
///
/// Throws: `invalid_argument` for labels of no model or samples, or a general model that was labelled over
/// other samples or without node texts. Complexity: O(rows heads^2) for the covariance, plus O(nodes (nodes +
/// heads)) similarities. Determinism: the same on every backend.
template <exec::execution_backend Backend, response_codec Codec, semantic_graph Graph>
[[nodiscard]] hub_profile profile(const Backend& backend, const basic_model_labels<Codec>& labels,
                                  const semantic_dag<Graph>& graph, const profile_options& options = {}) {
  const sample_layout& samples = labels.samples();
  if (labels.empty()) throw invalid_argument{"labels", "the label of at least one model", "none"};
  if (samples.row_count() == 0) throw invalid_argument{"labels", "at least one sample", "none"};
  hub_profile out;
  out.content = options.matching.content != nullptr
                    ? std::make_shared<const information_content>(*options.matching.content)
                    : std::make_shared<const information_content>(graph);
  match_options matching = options.matching;
  matching.content = out.content.get();
  out.meanings = match_heads(backend, labels, graph, matching);

  out.log_width.resize(static_cast<Eigen::Index>(out.head_count()));
  out.regressors.first_head.push_back(0);
  for (const auto& label : labels.models()) {
    const std::size_t first = out.regressors.first_head.back();
    const auto width = static_cast<Eigen::Index>(label.heads.size());
    out.log_width.segment(static_cast<Eigen::Index>(first), width)
        .setConstant(std::log(static_cast<double>(width)));
    out.regressors.first_head.push_back(first + label.heads.size());
  }
  if (options.general != nullptr) {
    const auto& general = *options.general;
    const auto rows = static_cast<Eigen::Index>(samples.row_count());
    const auto nodes = static_cast<Eigen::Index>(samples.nodes().size());
    if (general.embeddings.rows() != rows || general.node_texts.rows() != nodes ||
        general.node_texts.cols() != general.embeddings.cols()) {
      const auto shape = [](const matrix<float>& values) {
        return "[" + std::to_string(values.rows()) + ", " + std::to_string(values.cols()) + "]";
      };
      throw invalid_argument{"general",
                             std::to_string(rows) + " embeddings of samples and " + std::to_string(nodes) +
                                 " texts of nodes, of one dimension",
                             shape(general.embeddings) + " and " + shape(general.node_texts)};
    }
    out.general.embeddings = general.embeddings;
  }

  matrix<float> responses = detail::all_responses(backend, labels, out);
  const auto means = detail::centre_by_node<double>(backend, samples, responses);
  const auto heads = static_cast<Eigen::Index>(out.head_count());
  out.degrees_of_freedom = static_cast<double>(samples.row_count() - samples.nodes().size());
  if (out.has_general()) {
    const auto mean_square = [](const auto& block) {
      return block.template cast<double>().squaredNorm() / static_cast<double>(block.size());
    };
    const double of_embeddings = mean_square(responses.rightCols(out.general.embeddings.cols()));
    if (of_embeddings > 0) {
      out.general.scale =
          static_cast<float>(std::sqrt(mean_square(responses.leftCols(heads)) / of_embeddings));
    }
    responses.rightCols(out.general.embeddings.cols()) *= out.general.scale;
    detail::fit_text_to_image(samples, options.general->node_texts,
                              means.rightCols(out.general.embeddings.cols()), out.general);
  }
  out.covariance = detail::scatter(backend, responses, std::max(1.0, out.degrees_of_freedom));
  detail::fit_graph_regressors(backend, *out.content, out.meanings, samples, means, out.regressors);
  return out;
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend profile(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

}  // namespace mll
