// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"

namespace mll {

/// Why an operation on a store failed.
enum class store_errc {
  not_a_store,   ///< not an SQLite database, or the database of another program
  newer,         ///< written by a later version of the library
  older,         ///< must be opened for writing once, to be upgraded
  exists,        ///< the file to create exists
  missing,       ///< no such file
  locked,        ///< another writer held the store for longer than `store_options::busy_timeout`
  read_only,     ///< the file or its disk cannot be written
  full,          ///< the disk is full
  input_output,  ///< the operating system failed to read or write
  damaged,       ///< a checksum does not match; see `basic_hub_store::verify`
  changed,       ///< a writer replaced what a reader uses; open the reader again
  network,       ///< the file is on a network file system, where a store cannot be written safely
  conflict,      ///< two files have different labels of the same model and samples; see `merge_stores`
};

/// An operation on a store failed because of its file. Changes that were committed before are still there.
class store_error : public error {
 public:
  /// @param[in] file    path of the store
  /// @param[in] code    the cause
  /// @param[in] message the cause in words
  store_error(std::string_view file, store_errc code, std::string_view message)
      : error{std::string{file} + ": " + std::string{message}}, code_{code} {}

  /// Damage to the data of a model at a node; either may be empty.
  store_error(std::string_view file, std::string model, std::string node, std::string_view message)
      : error{std::string{file} + ": " + std::string{message}},
        code_{store_errc::damaged},
        model_{std::move(model)},
        node_{std::move(node)} {}

  [[nodiscard]] store_errc code() const noexcept { return code_; }
  /// Name of the model whose data are damaged; empty if the damage is not of a single model.
  [[nodiscard]] const std::string& model() const noexcept { return model_; }
  /// Synset id of the node whose data are damaged; likewise.
  [[nodiscard]] const std::string& node() const noexcept { return node_; }

 private:
  store_errc code_;
  std::string model_;
  std::string node_;
};

}  // namespace mll
