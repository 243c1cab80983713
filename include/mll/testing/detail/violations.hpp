// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/matrix.hpp"

namespace mll::testing::detail {

/// Collects the violations that a suite finds.
class violations {
 public:
  void add(std::string text) { found_.push_back(std::move(text)); }
  void add_if(bool broken, const std::string& text) {
    if (broken) add(text);
  }

  /// Runs a step of a suite. An exception is a violation; then the result is false.
  template <class F>
  bool attempt(const std::string& what, F&& step) {
    try {
      std::forward<F>(step)();
      return true;
    } catch (const std::exception& thrown) {
      add(what + " threw: " + thrown.what());
    } catch (...) {
      add(what + " threw an object that is not a std::exception");
    }
    return false;
  }

  /// Reports the first entry that differs by more than the tolerance.
  void compare(const std::string& what, const matrix<float>& expected, const matrix<float>& found,
               float tolerance) {
    if (expected.rows() != found.rows() || expected.cols() != found.cols()) {
      return add(what + ": the shape [" + std::to_string(expected.rows()) + ", " +
                 std::to_string(expected.cols()) + "] becomes [" + std::to_string(found.rows()) + ", " +
                 std::to_string(found.cols()) + "]");
    }
    for (Eigen::Index r = 0; r < expected.rows(); ++r) {
      for (Eigen::Index c = 0; c < expected.cols(); ++c) {
        const bool same = std::abs(expected(r, c) - found(r, c)) <= tolerance ||
                          (std::isnan(expected(r, c)) && std::isnan(found(r, c)));
        if (same) continue;
        return add(what + ": row " + std::to_string(r) + ", column " + std::to_string(c) + " changes from " +
                   mll::detail::number_text(expected(r, c)) + " to " + mll::detail::number_text(found(r, c)));
      }
    }
  }

  /// Whether all entries are finite; reports the first that is not.
  bool expect_finite(const std::string& what, const matrix<float>& values) {
    for (Eigen::Index r = 0; r < values.rows(); ++r) {
      for (Eigen::Index c = 0; c < values.cols(); ++c) {
        if (std::isfinite(values(r, c))) continue;
        add(what + ": row " + std::to_string(r) + ", column " + std::to_string(c) + " is " +
            mll::detail::number_text(values(r, c)));
        return false;
      }
    }
    return true;
  }

  /// Whether the shape is as expected; reports it if not.
  bool expect_shape(const std::string& what, const matrix<float>& values, std::size_t rows,
                    std::size_t columns) {
    if (values.rows() == static_cast<Eigen::Index>(rows) &&
        values.cols() == static_cast<Eigen::Index>(columns)) {
      return true;
    }
    add(what + ": expected the shape [" + std::to_string(rows) + ", " + std::to_string(columns) +
        "], found [" + std::to_string(values.rows()) + ", " + std::to_string(values.cols()) + "]");
    return false;
  }

  [[nodiscard]] std::vector<std::string> take() { return std::exchange(found_, {}); }

 private:
  std::vector<std::string> found_;
};

}  // namespace mll::testing::detail
