// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <ostream>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/io/replace_file.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/text_embedder.hpp"

namespace mll {

namespace detail {

/// The file of a `cached_embedder`. Little-endian, in this order: the line `mll cached vectors 1`; length (32
/// bits) and bytes of the embedder's name; dimension (32 bits); number of texts (64 bits); for each its
/// length (32 bits), its bytes, its numbers in single precision, and a hash of both (64 bits).
struct vector_cache_file {
  static constexpr std::string_view mark = "mll cached vectors 1\n";

  /// An entry's hash.
  [[nodiscard]] static std::uint64_t hash(std::string_view text, std::string_view numbers) noexcept {
    return stable_hash(numbers, stable_hash(text));
  }

  /// Calls `visit(text, numbers, hash)` for every entry, without checking the hash.
  /// Throws: `parse_error` naming file and byte for another format, embedder or dimension, and a truncated
  /// file.
  template <class Visit>
  static void parse(const file_bytes& file, std::string_view name, std::size_t dimension, Visit&& visit) {
    byte_parser in{file};
    if (!file.content.starts_with(mark)) {
      in.fail("the mark of cached vectors", in_quotes(file.content.substr(0, mark.size())));
    }
    in.skip(mark.size(), "the mark");
    const auto take = [&](std::size_t length, std::string_view what) {
      return file.content.substr(in.skip(length, what), length);
    };
    const std::string_view found = take(in.number<std::uint32_t>("the length of a name"), "a name");
    if (found != name) in.reject("vectors of " + in_quotes(name), "those of " + in_quotes(found));
    if (const auto columns = in.number<std::uint32_t>("the dimension"); columns != dimension) {
      in.reject("dimension " + std::to_string(dimension), std::to_string(columns));
    }
    const auto count = in.number<std::uint64_t>("the number of texts");
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string_view text = take(in.number<std::uint32_t>("the length of a text"), "a text");
      const std::string_view numbers = take(dimension * sizeof(float), "a vector");
      visit(text, numbers, in.number<std::uint64_t>("the hash of a vector"));
    }
    if (in.left() != 0) in.fail("the end of the file", std::to_string(in.left()) + " more bytes");
  }

  template <class T>
  static void write_number(std::ostream& out, T value) {
    out.write(reinterpret_cast<const char*>(&value), sizeof(T));
  }
};

}  // namespace detail

/// Caches the vectors of a slow embedder in memory and, by `save`, in a file that later programs read.
///
/// The file is replaced atomically, and a vector that was changed on the disk is rejected when it is used.
/// The file is mapped and must not change meanwhile.
///
/// Copies share the cache. Threads: all members may be called concurrently.
///
/// @tparam Embedder models `text_embedder`
template <text_embedder Embedder>
class cached_embedder {
 public:
  /// @param[in] embedder for texts that are not cached
  /// @param[in] file     need not exist
  /// @param[in] name     identifies the embedder, such as name and version of a model; a file of another
  ///                     name is rejected
  /// Throws: `parse_error` naming the file if it is malformed, or of another embedder or dimension.
  /// Complexity: O(texts in the file).
  cached_embedder(Embedder embedder, std::filesystem::path file, std::string name)
      : self_{std::make_shared<state>(std::move(embedder), std::move(file), std::move(name))} {
    if (!detail::has_entry(self_->file)) return;
    self_->mapped = detail::map_file(self_->file);
    detail::vector_cache_file::parse(
        self_->mapped, self_->name, dimension(),
        [&](std::string_view text, std::string_view numbers, std::uint64_t hash) {
          if (self_->texts.insert(text).second) self_->entries.push_back({numbers.data(), hash, true});
        });
  }

  [[nodiscard]] std::size_t dimension() const {
    return static_cast<std::size_t>(self_->embedder.dimension());
  }
  /// Number of cached texts.
  [[nodiscard]] std::size_t size() const {
    const std::shared_lock lock{self_->guard};
    return self_->entries.size();
  }

  /// @return `[texts.size(), dimension()]`; the embedder is called once, for all texts that are not cached
  /// Throws: what the embedder throws; `parse_error` naming the file for a corrupted vector.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    matrix<float> out(static_cast<Eigen::Index>(texts.size()), static_cast<Eigen::Index>(dimension()));
    std::vector<std::pair<std::size_t, std::size_t>> missing;  // (row, number of its text in `fresh`)
    detail::string_index fresh;
    {
      const std::shared_lock lock{self_->guard};
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (const auto found = self_->texts.find(texts[i])) {
          read(texts[i], self_->entries[*found], out.row(static_cast<Eigen::Index>(i)).data());
        } else {
          missing.emplace_back(i, fresh.insert(texts[i]).first);
        }
      }
    }
    if (missing.empty()) return out;
    std::vector<std::string_view> asked;
    for (std::size_t n = 0; n < fresh.size(); ++n) asked.push_back(fresh[n]);
    const matrix<float> rows = self_->embedder.embed(std::span<const std::string_view>{asked});
    for (const auto& [i, n] : missing) {
      out.row(static_cast<Eigen::Index>(i)) = rows.row(static_cast<Eigen::Index>(n));
    }
    const std::unique_lock lock{self_->guard};
    for (std::size_t n = 0; n < asked.size(); ++n) {
      if (!self_->texts.insert(asked[n]).second) continue;  // added by another thread meanwhile
      const auto row = rows.row(static_cast<Eigen::Index>(n));
      const auto& kept = self_->added.emplace_back(row.begin(), row.end());
      self_->entries.push_back({reinterpret_cast<const char*>(kept.data()), 0, false});
    }
    return out;
  }

  /// Writes the cache to its file. Throws: `error` naming the file if it cannot be written; the old file
  /// stays. Complexity: linear in the size of the file.
  void save() const {
    using format = detail::vector_cache_file;
    const std::shared_lock lock{self_->guard};
    detail::replace_file(self_->file, [&](std::ostream& out) {
      const std::size_t bytes = dimension() * sizeof(float);
      out << format::mark;
      format::write_number(out, static_cast<std::uint32_t>(self_->name.size()));
      out << self_->name;
      format::write_number(out, static_cast<std::uint32_t>(dimension()));
      format::write_number(out, static_cast<std::uint64_t>(self_->entries.size()));
      for (std::size_t i = 0; i < self_->entries.size(); ++i) {
        const std::string_view text = self_->texts[i];
        const entry& each = self_->entries[i];
        format::write_number(out, static_cast<std::uint32_t>(text.size()));
        out << text;
        out.write(each.numbers, static_cast<std::streamsize>(bytes));
        // Vectors from a file keep their hash, so that corruption stays visible.
        format::write_number(out, each.from_file ? each.hash : format::hash(text, {each.numbers, bytes}));
      }
    });
  }

 private:
  struct entry {
    const char* numbers;
    std::uint64_t hash;
    bool from_file;
  };
  struct state {
    state(Embedder answers, std::filesystem::path path, std::string called)
        : embedder{std::move(answers)}, file{std::move(path)}, name{std::move(called)} {}
    Embedder embedder;
    std::filesystem::path file;
    std::string name;
    detail::file_bytes mapped;
    mutable std::shared_mutex guard;
    detail::string_index texts;
    std::vector<entry> entries;
    std::deque<std::vector<float>> added;
  };

  void read(std::string_view text, const entry& from, float* row) const {
    const std::size_t bytes = dimension() * sizeof(float);
    if (from.from_file && from.hash != detail::vector_cache_file::hash(text, {from.numbers, bytes})) {
      throw parse_error{self_->file.string(), 0, "the vector of " + detail::in_quotes(text) + " as written",
                        "a checksum mismatch"};
    }
    std::memcpy(row, from.numbers, bytes);
  }

  std::shared_ptr<state> self_;
};

}  // namespace mll
