// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <string>
#include <vector>

namespace mll {

/// A choice of heads for a task, kept in a store beside the labels that it was made from.
struct stored_selection {
  std::string name = {};                 ///< unique, not empty
  std::string document = {};             ///< what its owner has to say about it, in any format
  std::vector<std::string> models = {};  ///< names of the models that it uses, at least one
  /// Whether one of these models, or its label, is no longer what it was; ignored on the way in.
  bool stale = false;
};

}  // namespace mll
