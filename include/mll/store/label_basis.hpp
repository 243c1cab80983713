// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/store/content_hash.hpp"
#include "mll/store/store_entries.hpp"

namespace mll {

/// Which complete labels a store had at one moment. Component `mll::sqlite`.
///
/// A selection is saved with the basis at the time its labels were read, so that any later change is noticed,
/// however long the selection took: `store_source::basis`, or `basic_hub_store::basis` before `labels`.
class label_basis {
 public:
  /// @param[in] revision of the nodes
  explicit label_basis(std::int64_t revision) : revision_{revision} {}

  /// Adds a complete label.
  /// @param[in] fingerprint of the labelled model: content and head names
  /// @param[in] rewritten   when the label was last replaced by other data; 0: never
  void add(const stored_model& model, std::string fingerprint, std::int64_t rewritten) {
    labels_.insert_or_assign(model.name, label{model.id, std::move(fingerprint), rewritten});
  }

  [[nodiscard]] std::int64_t revision() const noexcept { return revision_; }
  /// A text that changes with the labels of these models; empty unless all of them are complete.
  [[nodiscard]] std::string of(std::span<const std::string> models) const {
    content_hash out;
    for (const std::string& name : models) {
      const auto found = labels_.find(name);
      if (found == labels_.end()) return {};
      out.add(std::to_string(found->second.model.value())).add(found->second.fingerprint);
      if (found->second.rewritten != 0) out.add("rewritten " + std::to_string(found->second.rewritten));
    }
    return out.add(std::to_string(revision_)).text();
  }
  /// A text that changes with the set of complete labels, their names and any of them.
  [[nodiscard]] std::string of_all() const {
    content_hash out;
    std::vector<std::string> names;
    for (const auto& [name, ignored] : labels_) {
      names.push_back(name);
      out.add(name);
    }
    return out.add(of(names)).text();
  }

 private:
  struct label {
    model_id model;
    std::string fingerprint;
    std::int64_t rewritten;
  };
  std::int64_t revision_;
  std::map<std::string, label, std::less<>> labels_;
};

}  // namespace mll
