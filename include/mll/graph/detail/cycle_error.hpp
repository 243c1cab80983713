// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"

namespace mll::detail {

/// What `semantic_dag` throws for a graph with a cycle, with the nodes for readers that know the lines of
/// edges.
class cycle_error : public invalid_argument {
 public:
  /// @param[in] nodes the nodes of the cycle, the first one again at the end
  /// @param[in] text  the cycle as in the message
  cycle_error(std::vector<node_id> nodes, std::string text)
      : invalid_argument{"graph", "no cycle", text}, nodes_{std::move(nodes)}, text_{std::move(text)} {}

  [[nodiscard]] std::span<const node_id> nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::vector<node_id> nodes_;
  std::string text_;
};

}  // namespace mll::detail
