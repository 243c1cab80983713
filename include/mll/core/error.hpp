// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/visible_text.hpp"

namespace mll {

/// Base of all exceptions of mll. `what()` names the argument or file, what was expected and what was found;
/// characters that cannot be seen are spelled out there (`\r`, `U+FEFF`).
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument breaks the contract of a function: `argument: expected X, found Y`.
class invalid_argument : public error {
 public:
  /// @param[in] argument name of the argument in the documentation
  /// @param[in] expected what is accepted
  /// @param[in] found    what was passed
  MLL_DECLARE invalid_argument(std::string_view argument, std::string_view expected, std::string_view found);

  [[nodiscard]] const std::string& argument() const noexcept { return argument_; }

 private:
  std::string argument_;
};

/// A file is not in the expected format: `file:line: expected X, found Y`.
class parse_error : public error {
 public:
  /// @param[in] file     path of the file, or name of the stream
  /// @param[in] line     line number from 1; 0 for the file as a whole
  /// @param[in] expected what the format requires
  /// @param[in] found    what the file holds
  MLL_DECLARE parse_error(std::string_view file, std::size_t line, std::string_view expected,
                          std::string_view found);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  [[nodiscard]] const std::string& expected() const noexcept { return expected_; }
  [[nodiscard]] const std::string& found() const noexcept { return found_; }

 private:
  std::string file_;
  std::size_t line_;
  std::string expected_;
  std::string found_;
};

/// A model broke the contract of `classifier`, or threw: `model 'name': reason`.
class model_error : public error {
 public:
  /// @param[in] model  name of the model in its hub
  /// @param[in] reason what is wrong, and where (batch, sample, head)
  MLL_DECLARE model_error(std::string_view model, std::string_view reason);

  [[nodiscard]] const std::string& model() const noexcept { return model_; }

 private:
  std::string model_;
};

/// A device or its driver failed: `attempt: reason`.
class device_error : public error {
 public:
  /// @param[in] attempt what was attempted
  /// @param[in] reason  what the driver reports
  MLL_DECLARE device_error(std::string_view attempt, std::string_view reason);
};

/// A long-running operation ended early because the caller asked for it.
class cancelled : public error {
 public:
  using error::error;
};

}  // namespace mll

#if !MLL_COMPILED
#include "mll/core/detail/error.ipp"
#endif
