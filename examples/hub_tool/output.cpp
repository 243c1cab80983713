#include <mll/core/detail/visible_text.hpp>
#include <mll/core/error.hpp>
#include <mll/report/progress_bar.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"

namespace hub_tool {

std::string printable(std::string_view text) {
  return mll::detail::visible_text(text);
}

void output::say(const std::string& text) const {
  if (!given_.as_json && !given_.quiet) std::cout << text << '\n';
}

void output::warn(const std::string& text) const {
  if (given_.as_json) {
    std::cerr << nlohmann::json{{"warning", printable(text)}}.dump() << '\n';
  } else {
    std::cerr << "hub_tool: " << printable(text) << '\n';
  }
}

void output::fail(const std::string& text, int code) const {
  if (given_.as_json) {
    std::cerr << nlohmann::json{{"error", printable(text)}, {"exit_code", code}}.dump() << '\n';
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
