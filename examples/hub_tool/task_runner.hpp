// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Runs the experts of a solved task: those of one process, or over the ranks of a job. There the first rank
// reads the samples, and all run their experts on them.
#pragma once

#include <mll/core/error.hpp>
#include <mll/dist/communication_error.hpp>
#include <mll/dist/communicator_ref.hpp>
#include <mll/dist/detail/gathered.hpp>
#include <mll/dist/rank_classifier.hpp>
#include <mll/model/hub.hpp>
#include <mll/reuse/batch_responses.hpp>
#include <mll/reuse/io/write_selection.hpp>
#include <mll/reuse/zero_shot_classifier.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/backend.hpp"
#include "commands.hpp"
#include "general.hpp"
#include "ranks.hpp"
#include "solved_task.hpp"

namespace hub_tool {

/// Samples as bytes, from the first rank to the others.
inline void put_sample(const Eigen::VectorXf& sample, mll::dist::detail::piece_writer& out) {
  out.put(static_cast<std::uint64_t>(sample.size()));
  out.put_all(std::span<const float>{sample.data(), static_cast<std::size_t>(sample.size())});
}
inline void get_sample(mll::dist::detail::piece_reader& from, Eigen::VectorXf& sample) {
  sample.resize(static_cast<Eigen::Index>(from.get<std::uint64_t>()));
  const auto values = from.take(static_cast<std::size_t>(sample.size()) * sizeof(float));
  std::copy(values.begin(), values.end(), reinterpret_cast<std::byte*>(sample.data()));
}
inline void put_sample(const std::string& sample, mll::dist::detail::piece_writer& out) {
  out.put_text(sample);
}
inline void get_sample(mll::dist::detail::piece_reader& from, std::string& sample) {
  sample = from.get_text();
}
#if MLL_TEST_OPENCV
inline void put_sample(const cv::Mat& sample, mll::dist::detail::piece_writer& out) {
  for (const int value : {sample.rows, sample.cols, sample.type()}) out.put(value);
  const std::size_t width = static_cast<std::size_t>(sample.cols) * sample.elemSize();
  for (int row = 0; row < sample.rows; ++row)
    out.put_all(std::span<const unsigned char>{sample.ptr(row), width});
}
inline void get_sample(mll::dist::detail::piece_reader& from, cv::Mat& sample) {
  const int rows = from.get<int>();
  const int columns = from.get<int>();
  sample.create(rows, columns, from.get<int>());  // continuous
  const auto values =
      from.take(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * sample.elemSize());
  std::copy(values.begin(), values.end(), reinterpret_cast<std::byte*>(sample.data));
}
#endif

/// Calls `bind` with the general model that a selection uses, or with nothing.
template <class Sample, class Bind>
void with_general_model([[maybe_unused]] const solved_task& solved, const Bind& bind) {
#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
  if constexpr (std::is_same_v<Sample, cv::Mat>) {
    std::error_code unknown;  // whoever loads it says why it cannot be read
    if (std::filesystem::is_directory(solved.general, unknown))
      return bind(mll::load_general_model(solved.general));
    if (!solved.general.empty()) {
      const auto dimension = static_cast<std::size_t>(solved.chosen.general_texts.cols());
      return bind(mll::load_image_encoder(solved.general, dimension));
    }
  }
#endif
  bind();
}

/// What the models of a selection cost, as far as their files say: bytes, most of which are weights.
[[nodiscard]] inline std::vector<double> costs_of(const solved_task& solved) {
  const auto bytes_of = [](const std::filesystem::path& file) {
    std::error_code unknown;  // whoever loads it says why it cannot be read
    double out = 0;
    if (std::filesystem::is_directory(file, unknown)) {
      for (const auto& each : std::filesystem::directory_iterator{file, unknown}) {
        if (each.is_regular_file(unknown)) out += static_cast<double>(each.file_size(unknown));
      }
      return out;
    }
    const auto size = std::filesystem::file_size(file, unknown);
    return unknown ? 0 : static_cast<double>(size);
  };
  std::vector<double> out;
  for (const mll::selected_model& model : solved.chosen.models) {
    const auto expert = std::find_if(solved.experts.begin(), solved.experts.end(),
                                     [&](const auto& each) { return each.name == model.name; });
    out.push_back(
        bytes_of(!model.id.valid() || expert == solved.experts.end() ? solved.general : expert->file));
  }
  return out;
}

template <class Hub>
class task_runner {
 public:
  using sample_type = typename Hub::sample_type;

  /// Loads the experts that run on this rank; collective.
  task_runner(const solved_task& solved, std::optional<mll::dist::communicator_ref> ranks)
      : ranks_{ranks}, model_count_{solved.chosen.models.size()} {
    if (!ranks_) {
      const auto experts = load_experts<Hub>(solved);
      max_side_ = side_of(solved, experts);
      with_general_model<sample_type>(
          solved, [&](auto... general) { here_.emplace(experts, solved.chosen, std::move(general)...); });
      return;
    }
    require_same(*ranks_, mll::detail::encode_selection(solved.chosen));
    const std::vector<double> costs = of_first_rank(costs_of(solved));
    using over_ranks = mll::dist::rank_classifier<sample_type>;
    const auto mine = over_ranks::share(solved.chosen, costs, ranks_->rank(), ranks_->size());
    solved_task part = solved;
    std::erase_if(part.experts, [&](const auto& expert) {
      return std::none_of(mine.begin(), mine.end(),
                          [&](const auto& model) { return model.id.valid() && model.name == expert.name; });
    });
    const auto experts = load_experts<Hub>(part);
    for (const double side : of_all_ranks(static_cast<double>(side_of(part, experts))))
      max_side_ = std::max(max_side_, static_cast<std::size_t>(side));
    const auto bind = [&](auto... general) {
      over_ranks_.emplace(*ranks_, experts, solved.chosen, std::move(general)..., costs);
    };
    if (!mine.empty() && !mine.back().id.valid()) {
      with_general_model<sample_type>(solved, bind);
    } else {
      bind();
    }
  }

  /// Number of models, of all ranks.
  [[nodiscard]] std::size_t model_count() const noexcept { return model_count_; }
  /// Number of classes.
  [[nodiscard]] std::size_t class_count() const noexcept {
    return here_ ? here_->head_count() : over_ranks_->head_count();
  }
  /// At which images are decoded; 0: not images.
  [[nodiscard]] std::size_t max_side() const noexcept { return max_side_; }

  /// On the first rank: the responses of all experts.
  [[nodiscard]] mll::batch_responses respond(std::span<const sample_type> batch) const {
    if (!ranks_) return here_->respond(example_backend{}, batch);
    mll::dist::detail::piece_writer samples;
    samples.put(static_cast<std::uint64_t>(batch.size()));
    for (const sample_type& sample : batch) put_sample(sample, samples);
    meet([&] {
      call_helpers(*ranks_, true);
      ranks_->broadcast(samples.bytes, 0);
    });
    return respond_together(batch);
  }
  /// On the others: runs this rank's experts, as often as the first rank asks.
  void help() const {
    while (is_help_wanted(*ranks_)) {
      std::vector<std::byte> bytes;
      ranks_->broadcast(bytes, 0);
      mll::dist::detail::piece_reader from{bytes};
      std::vector<sample_type> batch(static_cast<std::size_t>(from.get<std::uint64_t>()));
      for (sample_type& sample : batch) get_sample(from, sample);
      try {
        static_cast<void>(respond_together(batch));
      } catch (const mll::error&) {  // the first rank says so, and goes on without the sample
      }
    }
  }
  /// On the first rank: the others are done.
  void finish() const {
    if (ranks_) call_helpers(*ranks_, false);
  }

 private:
  static std::size_t side_of(const solved_task& from, const mll::hub<sample_type>& experts) {
    if constexpr (requires { Hub::decoded_side(experts); }) {
      return from.max_side != 0 ? from.max_side : Hub::decoded_side(experts);
    } else {
      return 0;
    }
  }
  // A lost rank is no `mll::error`: that is what an expert throws at a sample, after which all go on.
  template <class Call>
  static void meet(const Call& call) {
    try {
      call();
    } catch (const mll::dist::communication_error& lost) {
      throw std::runtime_error{lost.what()};
    }
  }
  // What an expert throws at a sample is thrown on all ranks, and all meet.
  mll::batch_responses respond_together(std::span<const sample_type> batch) const {
    try {
      return over_ranks_->respond(example_backend{}, batch);
    } catch (const mll::error&) {
      meet([&] { ranks_->barrier(); });
      throw;
    }
  }
  [[nodiscard]] std::vector<double> of_first_rank(const std::vector<double>& values) const {
    const auto bytes = std::as_bytes(std::span{values});
    std::vector<std::byte> sent{bytes.begin(), bytes.end()};
    ranks_->broadcast(sent, 0);
    std::vector<double> out(sent.size() / sizeof(double));
    std::copy(sent.begin(), sent.end(), std::as_writable_bytes(std::span{out}).begin());
    return out;
  }
  [[nodiscard]] std::vector<double> of_all_ranks(double value) const {
    const auto all = ranks_->all_gather(std::as_bytes(std::span{&value, 1}));
    std::vector<double> out(all.size());
    std::copy(all.bytes.begin(), all.bytes.end(), std::as_writable_bytes(std::span{out}).begin());
    return out;
  }

  std::optional<mll::dist::communicator_ref> ranks_;
  std::size_t model_count_;
  std::size_t max_side_ = 0;
  std::optional<mll::zero_shot_classifier<sample_type>> here_;
  std::optional<mll::dist::rank_classifier<sample_type>> over_ranks_;
};

}  // namespace hub_tool
