// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/testing/check_general_model.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "mll/testing/archetypes.hpp"
#include "support/complaints.hpp"

using mll::test::mentions;
using mll::testing::check_general_model;

namespace {

using texts_type = std::span<const std::string_view>;

/// Puts samples and the lengths of texts on a line.
struct line {
  using sample_type = int;
  static mll::matrix<float> embed_samples(std::span<const int> batch) {
    mll::matrix<float> out(static_cast<Eigen::Index>(batch.size()), 2);
    for (std::size_t r = 0; r < batch.size(); ++r)
      out.row(static_cast<Eigen::Index>(r)) << static_cast<float>(batch[r]), 1;
    return out;
  }
  static mll::matrix<float> embed_texts(texts_type texts) {
    mll::matrix<float> out(static_cast<Eigen::Index>(texts.size()), 2);
    for (std::size_t r = 0; r < texts.size(); ++r) {
      out.row(static_cast<Eigen::Index>(r)) << static_cast<float>(texts[r].size()), 1;
    }
    return out;
  }
};

const std::vector<int> numbers{3, 1, 2};
const std::vector<std::string_view> words{"dog", "chicken"};

template <class S>
std::vector<std::string> check_line(const S& general) {
  return check_general_model(general, numbers, words);
}

}  // namespace

TEST_CASE("a correct general model passes") {
  CHECK(check_line(line{}).empty());
  using mll::testing::sample_archetype;
  CHECK(check_general_model(mll::testing::general_model_archetype{0},
                            std::vector{sample_archetype{1}, sample_archetype{2}}, words)
            .empty());
}

TEST_CASE("planted faults are found") {
  struct wide_texts : line {
    static mll::matrix<float> embed_texts(texts_type some) {
      return mll::matrix<float>::Ones(static_cast<Eigen::Index>(some.size()), 3);
    }
  };
  CHECK(check_line(wide_texts{}) ==
        std::vector<std::string>{"embed_texts: expected the shape [2, 2], found [2, 3]"});
  struct lossy : line {
    static mll::matrix<float> embed_samples(std::span<const int> batch) {
      return line::embed_samples(batch).topRows(batch.size() > 2 ? 2
                                                                 : static_cast<Eigen::Index>(batch.size()));
    }
  };
  CHECK(check_line(lossy{}) ==
        std::vector<std::string>{"embed_samples: expected the shape [3, 2], found [2, 2]"});
  struct infinite : line {
    static mll::matrix<float> embed_texts(texts_type some) {
      auto out = line::embed_texts(some);
      if (out.rows() > 1) out(1, 0) = std::numeric_limits<float>::infinity();
      return out;
    }
  };
  CHECK(check_line(infinite{}) == std::vector<std::string>{"embed_texts: row 1, column 0 is infinity"});
  struct moody : line {
    std::shared_ptr<int> calls = std::make_shared<int>(0);
    [[nodiscard]] mll::matrix<float> embed_samples(std::span<const int> batch) const {
      return static_cast<float>(++*calls) * line::embed_samples(batch);
    }
  };
  CHECK(mentions(check_line(moody{}), "embed_samples, called again: row 0"));
  struct relative : line {
    static mll::matrix<float> embed_samples(std::span<const int> batch) {
      mll::matrix<float> out = line::embed_samples(batch);
      if (out.rows() > 0) out.rowwise() -= out.row(0).eval();
      return out;
    }
  };
  CHECK(mentions(check_line(relative{}), "embed_samples one at a time: row 1"));
  CHECK(mentions(check_line(relative{}), "embed_samples in another order: row 0"));
  struct nothing_hater : line {
    static mll::matrix<float> embed_texts(texts_type some) {
      if (some.empty()) throw std::runtime_error{"no texts"};
      return line::embed_texts(some);
    }
  };
  CHECK(check_line(nothing_hater{}) == std::vector<std::string>{"embed_texts of nothing threw: no texts"});
  struct unsteady_copy : line {
    bool copied = false;
    unsteady_copy() = default;
    unsteady_copy(const unsteady_copy&) : copied{true} {}
    [[nodiscard]] mll::matrix<float> embed_texts(texts_type some) const {
      return (copied ? 2.0F : 1.0F) * line::embed_texts(some);
    }
  };
  CHECK(mentions(check_line(unsteady_copy{}), "embed_texts of a copy: row 0"));
  CHECK_THROWS_WITH_AS(static_cast<void>(check_general_model(line{}, std::vector{1}, words)),
                       "samples: expected at least 2 samples, found 1", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(check_general_model(line{}, numbers, {})),
                       "texts: expected at least 2 texts, found 0", mll::invalid_argument);
}
