// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <string>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/profile/detail/graph_regressors.hpp"
#include "mll/profile/hub_profile.hpp"

namespace mll::detail {

/// What keeps a profile from being used; empty if nothing does.
MLL_LOCAL std::string fault_of_profile(const hub_profile& read, std::size_t graph_size) {
  const std::size_t heads = read.head_count();
  const auto is = [](Eigen::Index found, std::size_t wanted) {
    return static_cast<std::size_t>(found) == wanted;
  };
  const auto shape = [&](const auto& values, std::size_t rows, std::size_t columns) {
    return is(values.rows(), rows) && is(values.cols(), columns);
  };
  const graph_regressors& fit = read.regressors;
  const auto dim = static_cast<std::size_t>(read.general.embeddings.cols());
  const auto& first = fit.first_head;
  if (first.empty() || first.front() != 0 || first.back() != heads ||
      !std::is_sorted(first.begin(), first.end()))
    return "models that do not cover the heads";
  for (const head_meaning& each : read.meanings) {
    if (each.node.valid() && each.node.index() >= graph_size) return "a node that is not in the graph";
  }
  for (const node_id v : fit.nodes) {
    if (v.index() >= graph_size) return "a node that is not in the graph";
  }
  if (!is(read.log_width.size(), heads) || !is(fit.mean.size(), heads) ||
      !shape(fit.deviations, fit.nodes.size(), heads) || !shape(fit.centre, graph_regressors::by_name, heads))
    return "values of another number of heads";
  const covariance_factor& factor = read.factor;
  if (factor.empty()) {
    if (!shape(read.covariance, heads + dim, heads + dim)) return "a covariance of another size";
  } else if (read.covariance.size() != 0) {
    return "a covariance and a factor of it";
  } else if (factor.variances.size() != heads + dim || !is(factor.loadings.rows(), heads + dim) ||
             factor.coordinates.cols() != factor.loadings.cols() ||
             (dim != 0 && factor.coordinates.rows() != read.general.embeddings.rows()) ||
             !shape(factor.of_embeddings, dim, dim)) {
    return "a factor of a covariance of another size";
  }
  if (dim != 0 && (!is(read.general.mean.size(), dim) || !is(read.general.text_mean.size(), dim) ||
                   !shape(read.general.text_to_image, dim, dim)))
    return "values of another number of dimensions";
  if (read.general.node_texts.size() != 0 && !shape(read.general.node_texts, fit.nodes.size(), dim))
    return "texts of another number of nodes or dimensions";
  const std::size_t models = first.size() - 1;
  if (!read.responses.empty() &&
      (read.responses.size() != models ||
       !shape(fit.equations, models, graph_regressors::count * (graph_regressors::count + 1))))
    return "fingerprints or equations of another number of models";
  if (read.general.unscaled_covariance.size() != 0 &&
      !shape(read.general.unscaled_covariance, dim, heads + dim))
    return "a covariance of embeddings of another size";
  return {};
}

}  // namespace mll::detail
