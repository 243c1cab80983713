// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"

namespace mll {

/// A store of a hub cannot do what was asked, for a reason that lies in its file. What was acknowledged
/// before is still there.
class store_error : public error {
 public:
  /// What stands in the way, for programs that react to it.
  enum class problem {
    not_a_store,   ///< another SQLite database, or no database at all
    newer,         ///< written by a later version of the library
    older,         ///< must be opened for writing once, to be brought up to date
    exists,        ///< there is something where a store should be created
    missing,       ///< no such file
    locked,        ///< another writer holds it, for longer than the caller wants to wait
    read_only,     ///< the file or its disk cannot be written
    full,          ///< the disk is full
    input_output,  ///< the operating system failed to read or write
    damaged,       ///< bytes are not what was written; see `basic_hub_store::verify`
    changed,       ///< what a reader looks at was replaced by a writer; open the reader again
  };

  /// @param[in] file   path of the store
  /// @param[in] why    what stands in the way
  /// @param[in] reason the same in words
  store_error(std::string_view file, problem why, std::string_view reason)
      : error{std::string{file} + ": " + std::string{reason}}, why_{why} {}

  /// Damage to what is stored about a model or a node; either may be empty.
  store_error(std::string_view file, std::string model, std::string node, std::string_view reason)
      : error{std::string{file} + ": " + std::string{reason}},
        why_{problem::damaged},
        model_{std::move(model)},
        node_{std::move(node)} {}

  [[nodiscard]] problem why() const noexcept { return why_; }
  /// Name of the model whose data are damaged; empty if the damage is to something else.
  [[nodiscard]] const std::string& model() const noexcept { return model_; }
  /// Synset id of the node whose samples the damaged data are about; empty likewise.
  [[nodiscard]] const std::string& node() const noexcept { return node_; }

 private:
  problem why_;
  std::string model_;
  std::string node_;
};

}  // namespace mll
