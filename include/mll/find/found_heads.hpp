// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll {

/// A head and how well it knows a concept.
struct found_head {
  head_id head = {};
  std::string model = {};     ///< name of its model
  std::string name = {};      ///< its own name
  double probability = 0;     ///< that the head was made for the concept, in [0, 1]
  double auc = 0;             ///< of the concept against every other node, weighted equally; 0: no samples
  double response = 0;        ///< mean response to samples of the concept, in [0, 1]
  node_id rival = {};         ///< the node that the head confuses most with the concept; may be invalid
  double rival_response = 0;  ///< mean response to samples of the rival
  double name_match = 0;      ///< how well its name matches the concept, in [0, 1]; 0 if names are not used
};

/// The heads of a hub that know a concept, the most probable first. Result of `find`.
struct found_heads {
  class_match meaning = {};            ///< sense of the query, other senses, and the nodes with its samples
  bool sufficient = false;             ///< enough samples to judge heads by their responses
  std::vector<found_head> heads = {};  ///< by decreasing probability
};

}  // namespace mll
