// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/classifier.hpp"
#include "mll/testing/detail/violations.hpp"

namespace mll::testing {

/// Checks the contract of `classifier` beyond what the compiler sees: names of heads are stable; scores are
/// finite and in [0, 1]; a sample gets the same scores again, from a copy, alone, in another batch and at
/// another position; an empty batch is accepted; scores are written to their place, also in a block of a
/// larger matrix, and nowhere else.
///
/// @param[in] model     the model
/// @param[in] samples   at least 2 valid samples, preferably different
/// @param[in] tolerance largest difference between two scores of one sample
/// @return one sentence per violation; needs no test framework
///
/// Throws: `invalid_argument` if there are less than 2 samples. Exceptions of the model are violations.
///
/// @code
/// for (const auto& violation : mll::testing::check_classifier(model, std::span{texts}))
///   std::cout << violation << '\n';
/// @endcode
template <classifier M>
[[nodiscard]] std::vector<std::string> check_classifier(const M& model,
                                                        std::span<const typename M::sample_type> samples,
                                                        float tolerance = 1e-5F) {
  using sample_type = typename M::sample_type;
  if (samples.size() < 2)
    throw invalid_argument{"samples", "at least 2 samples", std::to_string(samples.size())};
  constexpr float unwritten = std::numeric_limits<float>::quiet_NaN();
  const auto count = static_cast<Eigen::Index>(samples.size());
  detail::violations found;

  std::size_t heads = 0;
  if (!found.attempt("head_count", [&] { heads = static_cast<std::size_t>(model.head_count()); }))
    return found.take();
  if (heads == 0) {
    found.add("head_count: expected at least 1 head, found none");
    return found.take();
  }
  const auto width = static_cast<Eigen::Index>(heads);
  const auto names_of = [&](const M& asked) {
    std::vector<std::string> names;
    for (std::size_t h = 0; h < heads; ++h) names.push_back(asked.head_name(h));
    return names;
  };
  std::vector<std::string> names;
  found.attempt("head_name", [&] { names = names_of(model); });

  const auto predict = [&](const M& asked, std::span<const sample_type> batch) {
    matrix<float> scores = matrix<float>::Constant(static_cast<Eigen::Index>(batch.size()), width, unwritten);
    asked.predict(batch, scores);
    return scores;
  };
  matrix<float> scores;
  if (!found.attempt("predict", [&] { scores = predict(model, samples); })) return found.take();
  for (Eigen::Index r = 0; r < count; ++r) {
    for (Eigen::Index h = 0; h < width; ++h) {
      if (scores(r, h) >= 0 && scores(r, h) <= 1) continue;
      found.add("predict: expected a score in [0, 1], found " +
                (std::isnan(scores(r, h)) ? "NaN (or not written)" : mll::detail::number_text(scores(r, h))) +
                " for sample " + std::to_string(r) + ", head " + std::to_string(h));
      r = count - 1;  // one report is enough
      break;
    }
  }

  found.attempt("predict, called again",
                [&] { found.compare("called again", scores, predict(model, samples), tolerance); });
  found.attempt("predict on an empty batch", [&] { predict(model, {}); });
  found.attempt("predict on one sample at a time", [&] {
    matrix<float> alone(count, width);
    for (std::size_t r = 0; r < samples.size(); ++r)
      alone.row(static_cast<Eigen::Index>(r)) = predict(model, samples.subspan(r, 1));
    found.compare("one sample at a time", scores, alone, tolerance);
  });
  found.attempt("predict on the samples in reverse", [&] {
    std::vector<sample_type> turned;
    for (std::size_t r = samples.size(); r-- > 0;) turned.push_back(samples[r]);
    found.compare("in another order", scores, predict(model, turned).colwise().reverse(), tolerance);
  });
  found.attempt("predict into a block of a larger matrix", [&] {
    constexpr float guard = -7;
    matrix<float> larger = matrix<float>::Constant(count + 2, width + 3, guard);
    auto block = larger.block(1, 2, count, width);
    block.setConstant(unwritten);
    model.predict(samples, block);
    found.compare("into a block of a larger matrix", scores, block, tolerance);
    block.setConstant(guard);
    found.add_if((larger.array() != guard).any(), "predict: writes outside its scores");
  });
  found.attempt("a copy", [&] {
    const M copy{model};
    found.add_if(static_cast<std::size_t>(copy.head_count()) != heads,
                 "a copy: has a different number of heads");
    found.compare("a copy", scores, predict(copy, samples), tolerance);
    found.add_if(names_of(copy) != names, "a copy: has different head names");
  });
  found.attempt("head_name, called again", [&] {
    found.add_if(names_of(model) != names, "head_name: returns other names when called again");
  });
  found.add_if(static_cast<std::size_t>(model.head_count()) != heads,
               "head_count: changes while the model is used");
  return found.take();
}

}  // namespace mll::testing
