// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/numerics.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"

namespace mll::detail {

/// A type-erased `hub_source`, so that the code behind it is compiled once. One virtual call reads hundreds
/// of responses, as codes of `log_odds_8bit` or as log-odds, whatever the codec of the source.
class evidence_source {
 public:
  evidence_source() = default;
  evidence_source(const evidence_source&) = delete;
  evidence_source& operator=(const evidence_source&) = delete;
  virtual ~evidence_source() = default;

  [[nodiscard]] virtual const sample_layout& samples() const = 0;
  [[nodiscard]] virtual const head_index& heads() const = 0;
  [[nodiscard]] virtual std::string model_name(std::size_t m) const = 0;
  /// Empty: unknown.
  [[nodiscard]] virtual std::string model_fingerprint(std::size_t m) const = 0;
  [[nodiscard]] virtual std::vector<std::string> head_names(std::size_t m) const = 0;
  [[nodiscard]] virtual std::string head_name(std::size_t position) const = 0;
  [[nodiscard]] virtual float mean(std::size_t node, std::size_t position) const = 0;
  virtual void read_means(std::size_t node, std::span<float> out) const = 0;
  virtual void read_codes(std::size_t position, std::span<const node_samples> which,
                          std::span<std::uint8_t> out) const = 0;
  virtual void read_log_odds(std::size_t position, std::span<const node_samples> which,
                             std::span<float> out) const = 0;
  /// The table of mean responses of the source, or null.
  [[nodiscard]] virtual const node_statistics* dense() const { return nullptr; }
  [[nodiscard]] virtual const sparse_node_statistics* sparse() const { return nullptr; }
};

/// The nearest code of `log_odds_8bit`.
[[nodiscard]] inline std::uint8_t code_of(float log_odds) {
  const float clamped = std::clamp(log_odds, -numerics::max_log_odds, numerics::max_log_odds);
  return static_cast<std::uint8_t>(std::lround((clamped + numerics::max_log_odds) / log_odds_8bit::step));
}

template <hub_source Source>
class erased_source final : public evidence_source {
 public:
  using codec = typename Source::codec_type;

  explicit erased_source(std::shared_ptr<const Source> source) : source_{std::move(source)} {}

  const sample_layout& samples() const override { return source_->samples(); }
  const head_index& heads() const override { return source_->heads(); }
  std::string model_name(std::size_t m) const override { return std::string{source_->model_name(m)}; }
  std::string model_fingerprint(std::size_t m) const override {
    if constexpr (requires { std::string{source_->model_fingerprint(m)}; }) {
      return std::string{source_->model_fingerprint(m)};
    } else {
      return {};
    }
  }
  std::vector<std::string> head_names(std::size_t m) const override {
    const auto& kept = source_->head_names(m);  // may be a container by value
    const std::span<const std::string> names = kept;
    return {names.begin(), names.end()};
  }
  std::string head_name(std::size_t position) const override {
    const std::size_t m = heads().model_of(position);
    const auto& kept = source_->head_names(m);
    const std::span<const std::string> names = kept;
    return names[position - heads().first(m)];
  }
  float mean(std::size_t node, std::size_t position) const override { return source_->mean(node, position); }
  void read_means(std::size_t node, std::span<float> out) const override { source_->read_means(node, out); }
  void read_codes(std::size_t position, std::span<const node_samples> which,
                  std::span<std::uint8_t> out) const override {
    if constexpr (std::same_as<codec, log_odds_8bit>) {
      source_->read(position, which, out);
    } else {
      convert(position, which, out, [](float log_odds) { return code_of(log_odds); });
    }
  }
  void read_log_odds(std::size_t position, std::span<const node_samples> which,
                     std::span<float> out) const override {
    convert(position, which, out, [](float log_odds) { return log_odds; });
  }
  const node_statistics* dense() const override {
    if constexpr (requires {
                    { source_->statistics() } -> std::same_as<const node_statistics&>;
                  }) {
      return &source_->statistics();
    } else {
      return nullptr;
    }
  }
  const sparse_node_statistics* sparse() const override {
    if constexpr (requires {
                    { source_->statistics() } -> std::same_as<const sparse_node_statistics&>;
                  }) {
      return &source_->statistics();
    } else {
      return nullptr;
    }
  }

 private:
  template <class T, class F>
  void convert(std::size_t position, std::span<const node_samples> which, std::span<T> out,
               const F& f) const {
    std::vector<typename codec::value_type> stored(out.size());
    source_->read(position, which, std::span{stored});
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = f(codec::log_odds(stored[i]));
  }

  std::shared_ptr<const Source> source_;
};

}  // namespace mll::detail
