// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A small general model for tests.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/matrix.hpp"
#include "mll/model/general_model.hpp"

namespace mll::test {

/// Looks samples (row numbers) and texts up in tables of embeddings.
struct toy_general_model {
  using sample_type = std::size_t;

  matrix<float> samples;                                         ///< `[samples, dim]`
  std::map<std::string, Eigen::RowVectorXf, std::less<>> texts;  ///< all of the same size

  [[nodiscard]] matrix<float> embed_samples(std::span<const std::size_t> batch) const {
    matrix<float> out(static_cast<Eigen::Index>(batch.size()), samples.cols());
    for (std::size_t i = 0; i < batch.size(); ++i)
      out.row(static_cast<Eigen::Index>(i)) = samples.row(static_cast<Eigen::Index>(batch[i]));
    return out;
  }
  [[nodiscard]] matrix<float> embed_texts(std::span<const std::string_view> wanted) const {
    matrix<float> out(static_cast<Eigen::Index>(wanted.size()), texts.begin()->second.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      out.row(static_cast<Eigen::Index>(i)) = texts.find(wanted[i])->second;
    return out;
  }
};

static_assert(general_model<toy_general_model>);

/// A general model for the task of "class 0", "class 1", ...: sample r leans to its class by `lean` and has
/// `noise(r, y)` in every direction y.
inline toy_general_model general_model_for(std::span<const std::size_t> truth, std::size_t classes,
                                           float lean, const matrix<float>& noise) {
  toy_general_model out;
  out.samples = noise;
  const auto dim = static_cast<Eigen::Index>(classes);
  for (std::size_t r = 0; r < truth.size(); ++r)
    out.samples(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(truth[r])) += lean;
  for (std::size_t y = 0; y < classes; ++y)
    out.texts.emplace("class " + std::to_string(y),
                      Eigen::RowVectorXf::Unit(dim, static_cast<Eigen::Index>(y)));
  return out;
}

}  // namespace mll::test
