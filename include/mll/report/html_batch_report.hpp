// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

/// A classified batch as its report shows it.
struct batch_picture {
  /// What is kept of every sample.
  struct answer {
    float probability;       // of the most probable class
    std::uint32_t top;       // the most probable class
    std::int8_t is_correct;  // 1 yes, 0 no, -1 unknown
    bool is_rejected;        // not answered, whatever the probability
  };
  /// A sample that is shown.
  struct example {
    std::string name;
    float probability = 0;
    std::size_t runner_up = 0;
    float runner_up_probability = 0;
    std::optional<std::size_t> truth = {};
    std::string image = {};  // PNG or JPEG; empty: none
  };
  std::vector<std::string> classes;
  std::optional<accuracy_estimate> estimate;
  float threshold = 0;
  std::size_t max_examples = 0;  // per class and kind
  std::vector<answer> answers;
  std::vector<std::vector<example>> sure;    // per class, the surest first
  std::vector<std::vector<example>> unsure;  // per class, the least sure first
};

/// Adds an answer. @return the places where its sample is shown; null where it is not
MLL_DECLARE std::pair<batch_picture::example*, batch_picture::example*> add_answer(
    batch_picture& to, const std::string& name, std::span<const float> probabilities,
    std::optional<class_id> truth, bool is_rejected);

MLL_DECLARE [[nodiscard]] std::string render(const std::string& title, const batch_picture& picture);

}  // namespace detail

/// The answers to a batch of samples, for `html_batch_report`, added one at a time. Takes 12 bytes per
/// sample, plus the examples that are shown.
class batch_record {
 public:
  /// @param[in] chosen       the selection that answers
  /// @param[in] threshold    minimum probability of an answer
  /// @param[in] max_examples sure and unsure samples shown per class
  explicit batch_record(const selection& chosen, float threshold, std::size_t max_examples = 4) {
    for (const auto& each : chosen.match.task.classes()) picture_.classes.push_back(each.name);
    picture_.estimate = chosen.estimate;
    picture_.threshold = threshold;
    picture_.max_examples = max_examples;
    picture_.sure.resize(picture_.classes.size());
    picture_.unsure.resize(picture_.classes.size());
  }

  /// @param[in] name          of the sample
  /// @param[in] probabilities `[classes]`
  /// @param[in] truth         its class, where that is known
  /// @param[in] image         `()`: a small picture of it, the bytes of a PNG or JPEG file, or none; called
  ///                          for samples that may be shown
  /// @param[in] is_rejected   the sample is not answered, whatever the probability
  template <class Image>
  void add(const std::string& name, std::span<const float> probabilities, std::optional<class_id> truth,
           Image&& image, bool is_rejected = false) {
    const auto [sure, unsure] = detail::add_answer(picture_, name, probabilities, truth, is_rejected);
    if (sure == nullptr && unsure == nullptr) return;
    const std::string bytes = std::forward<Image>(image)();
    if (sure != nullptr) sure->image = bytes;
    if (unsure != nullptr) unsure->image = bytes;
  }

  [[nodiscard]] const detail::batch_picture& picture() const noexcept { return picture_; }

 private:
  detail::batch_picture picture_;
};

/// A classified batch as one HTML document: histogram of the confidence, risk against coverage (measured
/// where the truth is known, else expected from the probabilities), and per class what was answered and
/// the surest and least sure samples. Needs no script and loads nothing. Names are escaped.
///
/// @param[in] title name of the task or batch
///
/// Complexity: O(n log n) for n samples. Determinism: the same in every locale.
/// @code
/// mll::batch_record record{chosen, chosen.threshold};
/// record.add("a.jpg", probabilities, {}, [] { return std::string{}; });
/// std::ofstream{"batch.html"} << mll::html_batch_report("pets", record);
/// @endcode
[[nodiscard]] inline std::string html_batch_report(const std::string& title, const batch_record& record) {
  return detail::render(title, record.picture());
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/report/detail/html_batch_report.ipp"
#endif
