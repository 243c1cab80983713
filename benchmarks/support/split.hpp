// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/algorithm/string/split.hpp>
#include <string>
#include <vector>

namespace mll::benchmark {

/// The fields of a tab-separated line, without a carriage return at its end.
inline std::vector<std::string> split_fields(std::string line) {
  if (line.ends_with('\r')) line.pop_back();
  std::vector<std::string> out;
  boost::algorithm::split(out, line, [](char c) { return c == '\t'; });
  return out;
}

}  // namespace mll::benchmark
