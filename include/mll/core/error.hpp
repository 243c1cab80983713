// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mll {

/// Base of every exception that mll throws on purpose. `what()` names the culprit, what was expected and
/// what came.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument breaks the contract of the function that it was given to.
class invalid_argument : public error {
 public:
  /// @param[in] argument name of the argument, as in the documentation
  /// @param[in] expected what would have been accepted
  /// @param[in] found    what came
  invalid_argument(std::string_view argument, std::string_view expected, std::string_view found)
      : error{std::string{argument} + ": expected " + std::string{expected} + ", found " +
              std::string{found}},
        argument_{argument} {}

  [[nodiscard]] const std::string& argument() const noexcept { return argument_; }

 private:
  std::string argument_;
};

/// A file cannot be read as what it should be.
class parse_error : public error {
 public:
  /// @param[in] file     path of the file, or a name for the stream
  /// @param[in] line     line number from 1; 0 if the file as a whole is meant
  /// @param[in] expected what the format asks for
  /// @param[in] found    what stands there
  parse_error(std::string_view file, std::size_t line, std::string_view expected, std::string_view found)
      : error{std::string{file} + (line == 0 ? std::string{} : ":" + std::to_string(line)) + ": expected " +
              std::string{expected} + ", found " + std::string{found}},
        file_{file},
        line_{line},
        expected_{expected},
        found_{found} {}

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

/// A model broke the `classifier` contract or threw while it ran.
class model_error : public error {
 public:
  /// @param[in] model  name of the model in its hub
  /// @param[in] reason what went wrong, and where (batch, sample, head)
  model_error(std::string_view model, std::string_view reason)
      : error{"model '" + std::string{model} + "': " + std::string{reason}}, model_{model} {}

  [[nodiscard]] const std::string& model() const noexcept { return model_; }

 private:
  std::string model_;
};

/// A device, or the driver of one, does not do what it was asked for.
class device_error : public error {
 public:
  /// @param[in] attempt what was asked for
  /// @param[in] reason  what the driver says
  device_error(std::string_view attempt, std::string_view reason)
      : error{std::string{attempt} + ": " + std::string{reason}} {}
};

/// The caller asked for a long-running operation to stop, and it did before it was done.
class cancelled : public error {
 public:
  using error::error;
};

}  // namespace mll
