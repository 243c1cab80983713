// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/testing/check_embedder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/testing/archetypes.hpp"
#include "support/complaints.hpp"

using mll::test::mentions;
using mll::testing::check_embedder;

namespace {

using texts_type = std::span<const std::string_view>;

/// A sound embedder: an angle that depends on the text.
struct angles {
  static std::size_t dimension() { return 2; }
  static mll::matrix<float> embed(texts_type texts) {
    mll::matrix<float> out = mll::matrix<float>::Zero(static_cast<Eigen::Index>(texts.size()), 2);
    for (std::size_t r = 0; r < texts.size(); ++r) {
      const auto angle = static_cast<float>(mll::stable_hash(texts[r]) % 1000);
      if (!texts[r].empty()) out.row(static_cast<Eigen::Index>(r)) << std::cos(angle), std::sin(angle);
    }
    return out;
  }
};

const std::vector<std::string_view> texts{"a dog", "a cat", "two words"};

template <class E>
std::vector<std::string> found(const E& embedder) {
  return check_embedder(embedder, texts);
}

}  // namespace

TEST_CASE("a correct embedder passes") {
  CHECK(found(angles{}).empty());
  CHECK(found(mll::testing::embedder_archetype{0}).empty());
}

TEST_CASE("wrong shapes and values are found") {
  struct zero : angles {
    static std::size_t dimension() { return 0; }
    static mll::matrix<float> embed(texts_type some) { return {static_cast<Eigen::Index>(some.size()), 0}; }
  };
  CHECK(mentions(found(zero{}), "dimension: expected at least 1, found 0"));
  struct narrow : angles {
    static mll::matrix<float> embed(texts_type some) { return angles::embed(some).leftCols(1); }
  };
  CHECK(found(narrow{}) ==
        std::vector<std::string>{"embed of no texts: expected the shape [0, 2], found [0, 1]",
                                 "embed: expected the shape [4, 2], found [4, 1]"});
  struct longer : angles {
    static mll::matrix<float> embed(texts_type some) { return 2 * angles::embed(some); }
  };
  CHECK(found(longer{}) ==
        std::vector<std::string>{"embed: expected rows of length 1 or 0, found 2 for text 0"});
  struct broken : angles {
    static mll::matrix<float> embed(texts_type some) {
      auto out = angles::embed(some);
      if (out.rows() > 2) out(2, 1) = std::numeric_limits<float>::quiet_NaN();
      return out;
    }
  };
  CHECK(found(broken{}) == std::vector<std::string>{"embed: row 2, column 1 is NaN"});
  struct empty_hater : angles {
    static mll::matrix<float> embed(texts_type some) {
      for (const auto text : some) {
        if (text.empty()) throw std::runtime_error{"empty text"};
      }
      return angles::embed(some);
    }
  };
  CHECK(found(empty_hater{}) == std::vector<std::string>{"embed threw: empty text"});
  struct nothing_hater : angles {
    static mll::matrix<float> embed(texts_type some) {
      if (some.empty()) throw std::runtime_error{"no texts"};
      return angles::embed(some);
    }
  };
  CHECK(found(nothing_hater{}) == std::vector<std::string>{"embed of no texts threw: no texts"});
}

TEST_CASE("rows that depend on more than their text are found") {
  struct moody : angles {
    std::shared_ptr<std::atomic<int>> calls = std::make_shared<std::atomic<int>>(0);
    [[nodiscard]] mll::matrix<float> embed(texts_type some) const {
      return ++*calls % 2 == 0 ? mll::matrix<float>{-angles::embed(some)} : angles::embed(some);
    }
  };
  CHECK_FALSE(found(moody{}).empty());
  struct centred : angles {  // the first text of a batch gets another row
    static mll::matrix<float> embed(texts_type some) {
      auto out = angles::embed(some);
      if (some.size() > 1) out.row(0) *= -1;
      return out;
    }
  };
  CHECK(mentions(found(centred{}), "one text at a time: row 0"));
  CHECK(mentions(found(centred{}), "in another order: row 0"));
  struct shared_state : angles {  // correct only in the thread that made it
    std::thread::id owner = std::this_thread::get_id();
    [[nodiscard]] mll::matrix<float> embed(texts_type some) const {
      if (std::this_thread::get_id() != owner) return -angles::embed(some);
      return angles::embed(some);
    }
  };
  CHECK(mentions(found(shared_state{}), "in two threads at once: row 0"));
  struct growing : angles {
    std::shared_ptr<std::size_t> calls = std::make_shared<std::size_t>(1);
    [[nodiscard]] std::size_t dimension() const { return ++*calls; }
  };
  CHECK(mentions(found(growing{}), "dimension: changes while the embedder is used"));
  CHECK_THROWS_WITH_AS(static_cast<void>(check_embedder(angles{}, std::vector<std::string_view>{"one"})),
                       "texts: expected at least 2 texts, found 1", mll::invalid_argument);
}
