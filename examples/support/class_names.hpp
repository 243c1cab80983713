#pragma once

#include <CLI/CLI.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <string>
#include <vector>

namespace example {

/// `--classes "cat, dog"`.
inline CLI::Option* add_classes(CLI::App& app, std::vector<std::string>& classes) {
  const auto trim = [](std::string& name) {
    boost::algorithm::trim(name);
    return std::string{};  // no error
  };
  return app.add_option("--classes", classes, "Names of the classes, separated by commas")
      ->delimiter(',')
      ->transform(CLI::Validator{trim, ""});
}

}  // namespace example
