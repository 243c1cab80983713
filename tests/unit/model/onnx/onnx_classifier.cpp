// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/onnx_classifier.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/model/classifier.hpp"
#include "support/tiny_onnx.hpp"

namespace {

/// A sample that only this test knows: two scores, which its engine returns.
struct pair_of_scores {
  float first = 0;
  float second = 0;
};

/// What the engine below does to a batch.
enum class batch_fault { none, mixes_rows, fails, forgets_rows };

struct echo_engine {
  batch_fault fault = batch_fault::none;
  bool trusted = false;
  [[nodiscard]] std::string name() const { return "Echo " + std::to_string(static_cast<int>(fault)); }
  [[nodiscard]] static std::string version() { return "1"; }
  [[nodiscard]] static bool is_concurrent() { return false; }
  [[nodiscard]] bool takes_any_batch() const { return trusted; }
  [[nodiscard]] static bool takes_outside_weights() { return false; }
  static void check(const std::string&, const mll::detail::onnx_header&) {}
  [[nodiscard]] std::unique_ptr<mll::onnx_session> load(const std::string& file) const {
    struct session final : mll::onnx_session {
      session(std::string name, batch_fault does) : file{std::move(name)}, fault{does} {}
      std::vector<mll::detail::onnx_array> run(std::span<const mll::detail::onnx_array> inputs,
                                               std::span<const std::string>) override {
        std::vector<mll::detail::onnx_array> out(inputs.begin(), inputs.end());
        const std::size_t rows = inputs.front().shape.front();
        if (rows == 1) return out;
        if (fault == batch_fault::fails) throw mll::model_error{file, "no batches"};
        if (fault == batch_fault::forgets_rows) out.front().shape.front() = rows - 1;
        std::vector<float> first(2);
        out.front().read(0, first);
        if (fault == batch_fault::mixes_rows) out.front().write<float>(2, first);
        return out;
      }
      [[nodiscard]] std::size_t bytes(std::span<const std::vector<std::size_t>>) const override { return 10; }
      std::string file;
      batch_fault fault;
    };
    return std::make_unique<session>(file, fault);
  }
};

struct pair_input {
  using sample_type = pair_of_scores;
  pair_input(const std::string&, const mll::detail::onnx_header& header, const mll::onnx_options&)
      : batch{header.inputs.front().shape.front()} {}
  [[nodiscard]] static mll::onnx_input_kind kind() { return mll::onnx_input_kind::vector; }
  [[nodiscard]] std::size_t fixed_batch() const { return batch; }
  [[nodiscard]] static std::size_t max_batch() { return std::numeric_limits<std::size_t>::max(); }
  [[nodiscard]] static std::size_t usual_batch() { return 16; }
  [[nodiscard]] static bool has_probe() { return true; }
  [[nodiscard]] static std::vector<pair_of_scores> probe_samples(std::size_t count) {
    std::vector<pair_of_scores> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back({1.0F / static_cast<float>(i + 2), 1 - 1.0F / static_cast<float>(i + 2)});
    return out;
  }
  static void write(std::span<const pair_of_scores> samples, std::size_t, std::size_t rows,
                    std::vector<mll::detail::onnx_array>& out) {
    out.resize(1);
    out.front().reset(mll::detail::onnx_element::float32, {rows, 2});
    for (std::size_t i = 0; i < samples.size(); ++i)
      out.front().write<float>(2 * i, std::vector<float>{samples[i].first, samples[i].second});
  }
  std::size_t batch;
};

echo_engine engine_of_test;

}  // namespace

template <>
struct mll::detail::onnx_input_of<pair_of_scores> {
  using type = pair_input;
  static any_onnx_engine engine(const onnx_options&) { return engine_of_test; }
  static void prepare_child() {}
};
static_assert(mll::classifier<mll::onnx_classifier<pair_of_scores>>);

TEST_CASE("a sample gets the scores that it gets alone, or is refused, whatever an engine does to a batch") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  mll::test::tiny_onnx net;
  net.weights = {{1, 0}, {0, 1}};
  net.bias = {0, 0};
  std::vector<pair_of_scores> batch;
  for (int i = 0; i < 11; ++i)
    batch.push_back({0.05F * static_cast<float>(i), 1 - 0.05F * static_cast<float>(i)});
  for (const std::size_t fixed : {0, 4}) {
    net.input_shape = {fixed, 2};
    net.write(file);
    for (const bool trusted : {false, true}) {
      for (const auto fault :
           {batch_fault::none, batch_fault::mixes_rows, batch_fault::fails, batch_fault::forgets_rows}) {
        CAPTURE(fixed);
        CAPTURE(trusted);
        CAPTURE(static_cast<int>(fault));
        engine_of_test = {fault, trusted};
        const mll::onnx_classifier<pair_of_scores> model{
            file, {"a", "b"}, {.batch_size = 4}, std::make_shared<mll::onnx_session_cache>()};
        mll::matrix<float> scores(11, 2);
        if (fixed != 0 && fault != batch_fault::none) {
          CHECK_THROWS_AS(model.predict(batch, scores), mll::model_error);
          continue;
        }
        model.predict(batch, scores);
        for (std::size_t i = 0; i < batch.size(); ++i) {
          CHECK(scores(static_cast<Eigen::Index>(i), 0) == batch[i].first);
          CHECK(scores(static_cast<Eigen::Index>(i), 1) == batch[i].second);
        }
        const auto found = model.describe();
        CHECK(found.batch_size == (fault == batch_fault::none ? 4 : 1));
        CHECK(found.activation.kind == mll::activation::identity);
        CHECK(found.activation.source == mll::activation_source::probe);
        CHECK(found.bytes == 10);
      }
    }
  }
  engine_of_test = {};
}
#endif
