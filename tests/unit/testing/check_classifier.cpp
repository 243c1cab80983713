// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/testing/check_classifier.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/model/any_classifier.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/model/linear_classifier.hpp"
#include "mll/model/mlp_classifier.hpp"
#include "mll/model/precomputed_scores.hpp"
#include "mll/testing/archetypes.hpp"
#include "support/complaints.hpp"
#include "support/hashed_words.hpp"
#include "support/label_fixture.hpp"

using mll::test::hash_model;
using mll::test::mentions;
using mll::testing::check_classifier;

namespace {

const std::vector<int> samples{3, 1, 4, 15, 9, 2};

using rows = Eigen::Index;

}  // namespace

TEST_CASE("the models of the library pass") {
  CHECK(check_classifier(hash_model{4, 3}, samples).empty());
  CHECK(check_classifier(mll::any_classifier<int>{hash_model{4, 3}}, samples).empty());
  CHECK(check_classifier(mll::testing::classifier_archetype{0},
                         std::vector{mll::testing::sample_archetype{1}, mll::testing::sample_archetype{-1}})
            .empty());
  const mll::matrix<float> weights = mll::matrix<float>::Random(3, 5);
  const std::vector<Eigen::VectorXf> vectors{Eigen::VectorXf::Random(5), Eigen::VectorXf::Random(5),
                                             Eigen::VectorXf::Random(5)};
  for (const auto output : {mll::activation::softmax, mll::activation::sigmoid}) {
    CHECK(check_classifier(
              mll::linear_classifier{{"a", "b", "c"}, weights, Eigen::VectorXf::Random(3), output}, vectors)
              .empty());
  }
  const std::vector<mll::mlp_layer> layers{{weights, Eigen::VectorXf::Random(3)},
                                           {mll::matrix<float>::Random(2, 3), Eigen::VectorXf::Random(2)}};
  CHECK(check_classifier(mll::mlp_classifier{{"a", "b"}, layers}, vectors).empty());
  using words = mll::test::hashed_words;
  const std::vector<std::string> texts{"a cat", "", "a dog"};
  CHECK(check_classifier(mll::linear_classifier<words>{{"a", "b"},
                                                       mll::matrix<float>::Random(2, 64),
                                                       Eigen::VectorXf::Random(2),
                                                       mll::activation::softmax,
                                                       words{}},
                         texts)
            .empty());
  CHECK(check_classifier(mll::precomputed_scores{{"a"}, mll::matrix<float>::Constant(9, 1, 0.5F)},
                         std::vector<std::size_t>{0, 8, 3})
            .empty());
  CHECK(check_classifier(mll::callable_classifier{{"x"},
                                                  [](std::span<const int> batch) -> mll::matrix<float> {
                                                    return mll::matrix<float>::Ones(
                                                        static_cast<rows>(batch.size()), 1);
                                                  }},
                         samples)
            .empty());
}

TEST_CASE("invalid scores are found") {
  struct planted : hash_model {
    float planted_score = 0;
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      hash_model::predict(batch, scores);
      for (std::size_t r = 0; r < batch.size(); ++r) {
        if (batch[r] == 4) scores(static_cast<rows>(r), 1) = planted_score;
      }
    }
  };
  const auto found = [](float score) { return check_classifier(planted{{}, score}, samples); };
  CHECK(found(0.5F).empty());
  CHECK(found(1.5F) ==
        std::vector<std::string>{"predict: expected a score in [0, 1], found 1.5 for sample 2, head 1"});
  CHECK(mentions(found(-0.1F), "found -0.1 for sample 2"));
  CHECK(mentions(found(std::numeric_limits<float>::quiet_NaN()), "found NaN (or not written) for sample 2"));
  CHECK(mentions(found(std::numeric_limits<float>::infinity()), "found infinity for sample 2"));

  struct forgetful : hash_model {
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      if (!batch.empty())
        hash_model::predict(batch.first(batch.size() - 1), scores.topRows(scores.rows() - 1));
    }
  };
  CHECK(mentions(check_classifier(forgetful{}, samples), "found NaN (or not written) for sample 5, head 0"));
}

TEST_CASE("scores that depend on more than the sample are found") {
  struct moody : hash_model {
    std::shared_ptr<int> calls = std::make_shared<int>(0);
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      scores.setConstant(0.001F * static_cast<float>(++*calls));
      static_cast<void>(batch);
    }
  };
  CHECK(mentions(check_classifier(moody{}, samples),
                 "called again: row 0, column 0 changes from 0.001 to 0.002"));

  struct batch_norm : hash_model {  // depends on the mean of its batch
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      hash_model::predict(batch, scores);
      if (!batch.empty()) scores.array().rowwise() *= scores.colwise().mean().array().eval();
    }
  };
  const auto norm = check_classifier(batch_norm{}, samples);
  CHECK(mentions(norm, "one sample at a time: row"));
  CHECK_FALSE(mentions(norm, "called again"));

  struct positional : hash_model {
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      for (std::size_t r = 0; r < batch.size(); ++r)
        scores.row(static_cast<rows>(r)).setConstant(r % 2 == 0 ? 1 : 0);
    }
  };
  CHECK(mentions(check_classifier(positional{}, samples), "in another order: row 0, column 0 changes from"));

  struct unsteady_copy : hash_model {
    bool copied = false;
    unsteady_copy() = default;
    unsteady_copy(const unsteady_copy& other) : hash_model{other}, copied{true} {}
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      hash_model::predict(batch, scores);
      if (copied) scores.setZero();
    }
    [[nodiscard]] std::string head_name(std::size_t) const { return copied ? "copy" : "original"; }
  };
  const auto copy = check_classifier(unsteady_copy{}, samples);
  CHECK(mentions(copy, "a copy: row"));
  CHECK(mentions(copy, "a copy: has different head names"));
}

TEST_CASE("writing past the stride of a block is found") {
  struct flat : hash_model {  // assumes that scores are contiguous
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      float* out = scores.data();
      for (const int x : batch) {
        for (std::size_t h = 0; h < heads; ++h) *out++ = score(x, h);
      }
    }
  };
  const auto found = check_classifier(flat{}, samples);
  CHECK(mentions(found, "into a block of a larger matrix: row"));
  CHECK(mentions(found, "writes outside its scores"));
  CHECK(found.size() == 2);
}

TEST_CASE("heads that change are found") {
  struct nameless : hash_model {
    std::shared_ptr<int> calls = std::make_shared<int>(0);
    [[nodiscard]] std::string head_name(std::size_t) const { return std::to_string(++*calls); }
  };
  CHECK(mentions(check_classifier(nameless{}, samples), "head_name: returns other names when called again"));
  CHECK(check_classifier(hash_model{1, 0}, samples) ==
        std::vector<std::string>{"head_count: expected at least 1 head, found none"});
  struct growing : hash_model {
    std::shared_ptr<std::size_t> calls = std::make_shared<std::size_t>(2);
    [[nodiscard]] std::size_t head_count() const { return ++*calls; }
  };
  CHECK(mentions(check_classifier(growing{}, samples), "head_count: changes while the model is used"));
}

TEST_CASE("exceptions of a model are found") {
  struct throwing : hash_model {
    std::size_t at_size = 0;
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      if (batch.size() == at_size) throw std::runtime_error{"no"};
      hash_model::predict(batch, scores);
    }
  };
  CHECK(check_classifier(throwing{{}, 0}, samples) ==
        std::vector<std::string>{"predict on an empty batch threw: no"});
  CHECK(check_classifier(throwing{{}, 1}, samples) ==
        std::vector<std::string>{"predict on one sample at a time threw: no"});
  CHECK(check_classifier(throwing{{}, 6}, samples) == std::vector<std::string>{"predict threw: no"});
  struct odd : hash_model {
    static void predict(std::span<const int>, mll::matrix_ref<float>) { throw 1; }
  };
  CHECK(check_classifier(odd{}, samples) ==
        std::vector<std::string>{"predict threw an object that is not a std::exception"});
  CHECK_THROWS_WITH_AS(static_cast<void>(check_classifier(hash_model{}, std::vector{1})),
                       "samples: expected at least 2 samples, found 1", mll::invalid_argument);
}
