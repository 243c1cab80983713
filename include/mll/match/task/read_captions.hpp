// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/match/task/task.hpp"

namespace mll {

/// Reads captions of classes from a file of lines `CLASS<tab>SENTENCE`. Classes are compared in normal form:
/// capitals do not matter. A class without a line has no caption.
///
/// @param[in] file    UTF-8; a byte order mark, CR and blank lines are accepted
/// @param[in] classes names of the classes of a task
/// @return the classes in their order, with captions
///
/// Throws: `parse_error` with file and line for an unreadable file, a line without a tab or a sentence, a
/// name that is not that of a class, a second caption of a class, and a file without captions. Complexity:
/// linear.
MLL_DECLARE [[nodiscard]] std::vector<task_class> read_captions(const std::filesystem::path& file,
                                                                std::span<const std::string> classes);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/match/task/detail/read_captions.ipp"
#endif
