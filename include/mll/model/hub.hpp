// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/model/any_classifier.hpp"
#include "mll/model/classifier.hpp"

namespace mll {

/// A collection of experts: named classifiers over one type of sample.
///
/// A model keeps its id until it is removed. Ids increase in the order of `add` and are never reused. Names
/// are unique.
///
/// Threads: as for standard containers (concurrent const access is safe).
///
/// @tparam Sample the `sample_type` of the models
///
/// @code
/// mll::hub<std::string> hub;
/// const mll::model_id birds = hub.add("birds", bird_expert);
/// hub.rename(birds, "waders");
/// @endcode
template <class Sample>
class hub {
 public:
  using sample_type = Sample;

  /// Adds a model.
  /// @param[in] name        unique, not empty
  /// @param[in] model       a `classifier` over `Sample`
  /// @param[in] fingerprint any text that changes with the model, such as the `content_hash` of its file:
  /// labels
  ///                        and selections keep it, and refuse another model of the same name; empty: unknown
  /// Throws: `invalid_argument` if the name is empty or taken, or the model has no heads.
  /// Complexity: O(log size).
  template <classifier M>
  model_id add(std::string name, M model, std::string fingerprint = {}) {
    static_assert(std::same_as<typename M::sample_type, Sample>,
                  "sample_type of the model differs from the hub's Sample");
    check_free(name);
    entry added{std::move(name), any_classifier<Sample>{std::move(model)}, std::move(fingerprint)};
    if (added.model.head_count() == 0) {
      throw invalid_argument{"model", "at least one head", "none in model '" + added.name + "'"};
    }
    const model_id id{next_++};
    by_name_.emplace(added.name, id);
    entries_.emplace(id, std::move(added));
    return id;
  }

  /// Removes a model. Throws: `invalid_argument` if there is no such model.
  void remove(model_id id) {
    const auto found = locate(id);
    by_name_.erase(found->second.name);
    entries_.erase(found);
  }

  /// Renames a model. Throws: `invalid_argument` if there is no such model, or the name is empty or taken.
  void rename(model_id id, std::string name) {
    const auto found = locate(id);
    if (found->second.name == name) return;
    check_free(name);
    by_name_.erase(found->second.name);
    by_name_.emplace(name, id);
    entries_.at(id).name = std::move(name);
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] bool contains(model_id id) const { return entries_.contains(id); }

  /// The id of the model with this name, if there is one.
  [[nodiscard]] std::optional<model_id> find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::nullopt : std::optional{found->second};
  }
  /// All ids, increasing.
  [[nodiscard]] std::vector<model_id> ids() const {
    std::vector<model_id> out;
    out.reserve(entries_.size());
    for (const auto& [id, unused] : entries_) out.push_back(id);
    return out;
  }
  /// Name of a model. Throws: `invalid_argument` if there is no such model.
  [[nodiscard]] const std::string& name(model_id id) const { return locate(id)->second.name; }
  /// Fingerprint of a model; empty: unknown. Throws: `invalid_argument` if there is no such model.
  [[nodiscard]] const std::string& fingerprint(model_id id) const { return locate(id)->second.fingerprint; }
  /// A model. Throws: `invalid_argument` if there is no such model.
  [[nodiscard]] const any_classifier<Sample>& model(model_id id) const { return locate(id)->second.model; }

 private:
  struct entry {
    std::string name;
    any_classifier<Sample> model;
    std::string fingerprint;
  };

  [[nodiscard]] auto locate(model_id id) const {
    const auto found = entries_.find(id);
    if (found == entries_.end()) {
      throw invalid_argument{"id", "the id of a model of the hub",
                             id.valid() ? std::to_string(id.value()) : std::string{"an invalid id"}};
    }
    return found;
  }
  void check_free(const std::string& name) const {
    if (name.empty()) throw invalid_argument{"name", "a model name", "an empty string"};
    if (by_name_.contains(name)) {
      throw invalid_argument{"name", "an unused name", "'" + name + "'"};
    }
  }

  std::map<model_id, entry> entries_;
  std::map<std::string, model_id, std::less<>> by_name_;
  model_id::value_type next_ = 0;
};

}  // namespace mll
