// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/text/number.hpp>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace example {

/// Accepts whole numbers of a range.
inline CLI::Validator whole_number(std::uint64_t min, std::uint64_t max) {
  const std::string wanted = "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  return CLI::Validator{[=](const std::string& text) {
                          std::uint64_t value = 0;
                          const auto* end = text.data() + text.size();
                          const auto [at, problem] = std::from_chars(text.data(), end, value);
                          const bool good =
                              problem == std::errc{} && at == end && value >= min && value <= max;
                          return good ? std::string{} : "expected " + wanted + ", found '" + text + "'";
                        },
                        ""};
}

enum class numbers { all, without_zero, positive };

/// Accepts finite numbers.
inline CLI::Validator finite_number(numbers allowed) {
  return CLI::Validator{[=](const std::string& text) {
                          float value = 0;
                          const auto* end = text.data() + text.size();
                          const auto [at, problem] = std::from_chars(text.data(), end, value);
                          const bool good = problem == std::errc{} && at == end && std::isfinite(value) &&
                                            (allowed == numbers::all || value != 0) &&
                                            (allowed != numbers::positive || value > 0);
                          const char* but = allowed == numbers::all            ? ""
                                            : allowed == numbers::without_zero ? " other than 0"
                                                                               : " above 0";
                          return good ? std::string{}
                                      : std::string{"expected a finite number"} + but + ", found '" + text +
                                            "'";
                        },
                        ""};
}

/// Accepts numbers from 0 to 1.
inline CLI::Validator probability() {
  return CLI::Validator{[](const std::string& text) {
                          const auto value = mll::detail::parse_number<float>(text);
                          const bool good = value && *value >= 0 && *value <= 1;  // not NaN
                          return good ? std::string{}
                                      : "expected a probability in [0, 1], found '" + text + "'";
                        },
                        ""};
}

/// Accepts what is not empty or blank.
inline CLI::Validator a_name() {
  return CLI::Validator{[](const std::string& text) {
                          return text.find_first_not_of(" \t\r\n\v\f") == std::string::npos
                                     ? "expected a name, found '" + text + "'"
                                     : std::string{};
                        },
                        ""};
}

}  // namespace example
