#include <mll/report/progress_bar.hpp>

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"

namespace hub_tool {

void output::say(const std::string& text) const {
  if (!given_.as_json && !given_.quiet) std::cout << text << '\n';
}

void output::warn(const std::string& text) const {
  std::cerr << "hub_tool: " << text << '\n';
}

void output::result(const nlohmann::json& value) const {
  if (given_.as_json) std::cout << value.dump(2) << '\n';
}

mll::progress_observer output::progress() const {
  if (given_.quiet || isatty(STDERR_FILENO) == 0) return {};
  return mll::progress_bar(std::cerr);
}

}  // namespace hub_tool
