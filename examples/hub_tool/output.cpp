// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <mll/core/detail/visible_text.hpp>
#include <mll/core/error.hpp>
#include <mll/report/progress_bar.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"

namespace hub_tool {

namespace {

int error_stream = STDERR_FILENO;

void write_error(const nlohmann::json& value) {
  const std::string line = value.dump() + '\n';
  static_cast<void>(!write(error_stream, line.data(), line.size()));
}

}  // namespace

void output::keep_errors_apart() {
  const int own = dup(STDERR_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY);
  if (own == -1 || nowhere == -1 || dup2(nowhere, STDERR_FILENO) == -1) return;
  error_stream = own;
  close(nowhere);
}

std::string printable(std::string_view text) {
  return mll::detail::visible_text(text);
}

void output::say(const std::string& text) const {
  if (!given_.as_json && !given_.quiet) std::cout << text << '\n';
}

void output::warn(const std::string& text) const {
  if (given_.as_json) {
    write_error({{"warning", printable(text)}});
  } else {
    std::cerr << "hub_tool: " << printable(text) << '\n';
  }
}

void output::fail(const std::string& text, int code) const {
  if (given_.as_json) {
    write_error({{"error", printable(text)}, {"exit_code", code}});
  } else {
    std::cerr << "hub_tool: " << printable(text) << '\n';
  }
}

void output::result(const nlohmann::json& value) const {
  if (given_.as_json) std::cout << value.dump(2) << '\n';
}

void output::finish() {
  errno = 0;
  std::cout.flush();
  if (!std::cout || std::fflush(stdout) != 0) {
    const char* reason = errno == 0 ? "write error" : std::strerror(errno);
    throw mll::error{std::string{"cannot write the output: "} + reason};
  }
}

mll::progress_observer output::progress() const {
  if (given_.quiet || isatty(STDERR_FILENO) == 0) return {};
  return mll::progress_bar(std::cerr);
}

}  // namespace hub_tool
