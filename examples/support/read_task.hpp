// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/match/task/read_captions.hpp>
#include <mll/match/task/task.hpp>

#include <string>
#include <vector>

namespace example {

/// A task by the names of its classes, with captions from a file of lines CLASS<tab>SENTENCE (empty: none).
inline mll::task read_task(const std::vector<std::string>& classes, const std::string& captions_file) {
  return captions_file.empty() ? mll::task::of_names(classes)
                               : mll::task{mll::read_captions(captions_file, classes)};
}

}  // namespace example
