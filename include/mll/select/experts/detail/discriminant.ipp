// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/experts/discriminant.hpp"

namespace mll {

namespace detail {

/// Means of the classes over heads, then dimensions of the general model, `[classes, heads + dim]`.
template <class = void>  // compiled where it is used
class discriminant_means {
 public:
  discriminant_means(const task_evidence& evidence, std::span<const std::uint32_t> positions)
      : evidence_{&evidence},
        hub_{evidence.profile()},
        positions_{positions},
        dim_{evidence.has_embeddings() ? static_cast<std::size_t>(hub_->general.embeddings.cols()) : 0} {}

  [[nodiscard]] std::size_t width() const noexcept { return positions_.size() + dim_; }

  /// What the graph predicts.
  [[nodiscard]] matrix<double> predicted(exec::backend_ref backend) const {
    const std::size_t heads = positions_.size();
    matrix<double> out = zeros<double>(evidence_->class_count(), width());
    exec::for_each_index(backend, evidence_->class_count(), [&](std::size_t y) {
      const auto row = row_of(out, y);
      const auto expected = hub_->expected_response(evidence_->match().classes[y].node);
      for (std::size_t h = 0; h < heads; ++h) row[h] = expected[positions_[h]];
      if (dim_ == 0) return;
      const auto& general = hub_->general;
      const auto text = row_of(evidence_->general()->class_texts(), y);
      std::vector<double> centred(dim_);
      for (std::size_t d = 0; d < dim_; ++d)
        centred[d] = static_cast<double>(text[d]) - general.text_mean[static_cast<Eigen::Index>(d)];
      for (std::size_t d = 0; d < dim_; ++d) {
        const auto at = static_cast<Eigen::Index>(d);
        const std::span<const double> column{general.text_to_image.data() + d * dim_, dim_};
        row[heads + d] = static_cast<double>(general.scale) * (general.mean[at] + dot(centred, column));
      }
    });
    return out;
  }

  /// What the samples say.
  [[nodiscard]] matrix<double> measured(exec::backend_ref backend) const {
    const auto rows = evidence_->rows();
    const std::size_t heads = positions_.size();
    matrix<double> out = zeros<double>(evidence_->class_count(), width());
    Eigen::ArrayXXf responses = evidence_->log_odds(backend, positions_);
    exec::for_each_index(backend, heads, [&](std::size_t h) {
      const std::span<float> x{responses.data() + h * rows.size(), rows.size()};
      numerics::to_log_probability(x);
      for (std::size_t r = 0; r < rows.size(); ++r) {
        row_of(out, rows[r].target.index())[h] +=
            static_cast<double>(rows[r].weight) *
            (static_cast<double>(x[r]) + hub_->log_width[positions_[h]]);
      }
    });
    if (dim_ == 0) return out;
    const matrix<float> embeddings = evidence_->embeddings();
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto embedding = row_of(embeddings, r);
      const auto row = row_of(out, rows[r].target.index()).subspan(heads);
      const auto weight = static_cast<double>(rows[r].weight * hub_->general.scale);
      for (std::size_t d = 0; d < dim_; ++d) row[d] += weight * static_cast<double>(embedding[d]);
    }
    return out;
  }

 private:
  const task_evidence* evidence_;
  const hub_profile* hub_;
  std::span<const std::uint32_t> positions_;
  std::size_t dim_;
};

}  // namespace detail

MLL_DEFINE linear_correction fit_discriminant(exec::backend_ref backend, const task_evidence& evidence,
                                              std::span<const std::uint32_t> positions,
                                              const discriminant_options& options) {
  if (evidence.profile() == nullptr) {
    throw invalid_argument{"profile", "a profile of the hub (mll::profile), in the options of select",
                           "none"};
  }
  const hub_profile& hub = *evidence.profile();
  const std::size_t heads = positions.size();
  const std::size_t classes = evidence.class_count();
  const detail::discriminant_means<> of_classes{evidence, positions};
  matrix<double> means = of_classes.predicted(backend);
  const matrix<double> measured = of_classes.measured(backend);
  const std::vector<double> samples = effective_samples(evidence);
  for (std::size_t y = 0; y < classes; ++y) {
    if (samples[y] == 0) continue;
    const double trust = samples[y] / ((1 + options.spread) * samples[y] + options.noise);
    const auto mean = detail::row_of(means, y);
    const auto own = detail::row_of(measured, y);
    for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += trust * (own[d] - mean[d]);
  }

  std::vector<std::uint32_t> dimensions(positions.begin(), positions.end());
  for (std::size_t d = heads; d < of_classes.width(); ++d)
    dimensions.push_back(static_cast<std::uint32_t>(hub.head_count() + d - heads));
  // Row-major [classes, dimensions] is column-major [dimensions, classes]: the right sides of the equations.
  Eigen::MatrixXd weights(means.cols(), means.rows());
  std::copy_n(means.data(), means.size(), weights.data());
  hub.solve_covariance(dimensions, weights);

  linear_correction out;
  const auto width = static_cast<Eigen::Index>(heads);
  out.mean.resize(width);
  out.scale.resize(width);
  std::fill_n(out.mean.data(), width, 0.0F);
  std::fill_n(out.scale.data(), width, 1.0F);
  out.weights.resize(width, static_cast<Eigen::Index>(classes));
  out.bias.resize(static_cast<Eigen::Index>(classes));
  if (of_classes.width() > heads) {
    out.embedding_weights.resize(static_cast<Eigen::Index>(of_classes.width() - heads),
                                 static_cast<Eigen::Index>(classes));
  }
  for (std::size_t y = 0; y < classes; ++y) {
    const auto at = static_cast<Eigen::Index>(y);
    const std::span<const double> w{weights.data() + y * of_classes.width(), of_classes.width()};
    double bias = -0.5 * detail::dot(detail::row_of(means, y), w);
    for (std::size_t h = 0; h < heads; ++h) {
      bias += hub.log_width[positions[h]] * w[h];
      out.weights(static_cast<Eigen::Index>(h), at) = static_cast<float>(w[h]);
    }
    for (std::size_t d = heads; d < w.size(); ++d)
      out.embedding_weights(static_cast<Eigen::Index>(d - heads), at) =
          hub.general.scale * static_cast<float>(w[d]);
    out.bias[at] = static_cast<float>(bias);
  }
  return out;
}

}  // namespace mll
