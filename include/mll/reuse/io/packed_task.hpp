// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mll/select/selection.hpp"

namespace mll {

/// An expert of a packed task, as files.
struct packed_expert {
  std::string name = {};                             ///< as in `selection::models`
  std::filesystem::path file = {};                   ///< the model
  std::vector<std::filesystem::path> beside = {};    ///< what it needs in its folder: head names, description
  std::vector<std::filesystem::path> licences = {};  ///< texts that must go with it
};

/// A solved task with the experts that run it: what `write_task` puts into one file and `read_task` takes out
/// of it.
struct packed_task {
  std::string name = {};                    ///< of the task
  selection chosen;                         ///< the solved task
  std::vector<packed_expert> experts = {};  ///< the experts of `chosen.models`
  std::string document = "{}";              ///< a JSON object of the program's own
  std::shared_ptr<const void> folder = {};  ///< keeps the files that `read_task` unpacked
};

}  // namespace mll
