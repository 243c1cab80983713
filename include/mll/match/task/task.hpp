// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/lexicon.hpp"

namespace mll {

/// A class of a task.
struct task_class {
  std::string name = {};     ///< e.g. `"crane"`; UTF-8
  std::string caption = {};  ///< optional description, `"a tall wading bird"`
};

/// A classification task given by its class names alone.
///
/// Class ids number the classes in the given order. Immutable.
class task {
 public:
  static constexpr std::size_t max_name_bytes = 1000;

  /// @param[in] classes at least two, with names of at most `max_name_bytes` that differ in more than case,
  ///                    `_`, `-` and spaces
  /// Throws: `invalid_argument` for fewer classes, an empty, longer or repeated name, and text that is not
  /// UTF-8.
  explicit task(std::vector<task_class> classes) : classes_{std::move(classes)} { read_names(); }
  task(std::initializer_list<task_class> classes) : classes_{classes} { read_names(); }

  /// A task without captions. Throws: as the constructor.
  [[nodiscard]] static task of_names(std::span<const std::string> names) {
    std::vector<task_class> classes;
    classes.reserve(names.size());
    for (const auto& name : names) classes.push_back({name, {}});
    return task{std::move(classes)};
  }

  [[nodiscard]] std::size_t size() const noexcept { return classes_.size(); }
  [[nodiscard]] const task_class& operator[](class_id y) const { return classes_[y.index()]; }
  [[nodiscard]] std::span<const task_class> classes() const noexcept { return classes_; }
  /// The name of a class in normal form (`lexicon::normalize`).
  [[nodiscard]] const std::string& normal_name(class_id y) const { return normal_names_[y.index()]; }

 private:
  MLL_DECLARE void read_names();

  std::vector<task_class> classes_;
  std::vector<std::string> normal_names_;
};

}  // namespace mll

#if !MLL_COMPILED
#include "mll/match/task/detail/task.ipp"
#endif
