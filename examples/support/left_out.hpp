// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/error.hpp>

#include <filesystem>
#include <string>

namespace example {

/// `left out: FILE: why`, for a file that an error is about.
inline std::string left_out(const std::filesystem::path& file, const std::string& error) {
  const std::string as_model = mll::model_error{file.string(), ""}.what();
  const std::string as_file = file.string() + ": ";
  std::string why = error;
  if (why.starts_with(as_model)) {
    why.erase(0, as_model.size());
  } else if (why.starts_with(as_file)) {
    why.erase(0, as_file.size());
  }
  return "left out: " + as_file + why;
}

}  // namespace example
