// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/text/json_file.hpp"
#include "mll/core/text/text_file.hpp"

namespace mll::detail {

/// Throws: `parse_error` unless a text can be the name of a head: visible, without NUL.
inline void require_head_name(std::string_view file, const std::string& key, std::string_view text) {
  if (is_blank(text) || text.find('\0') != std::string_view::npos) {
    throw parse_error{file, 0, "'" + key + "' to be a name",
                      is_blank(text) ? "a blank one" : "one with a NUL byte: " + in_quotes(text)};
  }
}

/// The largest side of an input, in pixels.
inline constexpr std::size_t max_described_side = std::size_t{1} << 14U;

/// An object of a JSON file. Its members are read with errors that name the file, the key, and what was
/// expected. Absent members and null count as missing.
class json_object {
 public:
  using json = nlohmann::json;

  json_object(std::string file, const json& tree, std::string path = {})
      : file_{std::move(file)}, tree_{&tree}, path_{std::move(path)} {}

  /// Reads the content of a file. Throws: `parse_error` if it is not a regular file of at most 64 MiB that
  /// holds a JSON object.
  [[nodiscard]] static json parse(const std::filesystem::path& path) {
    constexpr std::uintmax_t max_bytes = std::uintmax_t{64} << 20U;
    std::string problem = why_not_regular(path);
    std::error_code unknown;
    const std::uintmax_t size = problem.empty() ? std::filesystem::file_size(path, unknown) : 0;
    if (!unknown && size > max_bytes) problem = std::to_string(size) + " bytes";
    if (!problem.empty()) throw parse_error{path.string(), 0, "a JSON file of at most 64 MiB", problem};
    return parse_json_object(text_file::read(path));
  }

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  /// Where a member is, for entries of a description.
  [[nodiscard]] std::string source(std::string_view key) const { return file_ + ": " + full(key); }

  [[noreturn]] void fail(std::string_view key, const std::string& expected, const std::string& found) const {
    throw parse_error{file_, 0, "'" + full(key) + "' to be " + expected, found};
  }
  [[noreturn]] void fail(std::string_view key, const std::string& expected, const json& found) const {
    // (Nested values may be nested deeply, and writing them is recursive.)
    fail(key, expected,
         found.is_structured() ? std::string{"an "} + found.type_name()
         : found.is_string()   ? in_quotes(found.get_ref<const std::string&>())
                               : found.dump());
  }

  /// Throws: `parse_error` for a member with another name.
  void require_keys(std::initializer_list<std::string_view> known) const {
    for (const auto& [key, value] : tree_->items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      std::string all;
      for (const std::string_view each : known) all += (all.empty() ? "" : ", ") + std::string{each};
      throw parse_error{file_, 0, "only known keys (" + all + ")", in_quotes(full(key))};
    }
  }

  /// A member; null if it is absent or null.
  [[nodiscard]] const json* find(std::string_view key) const {
    const auto at = tree_->find(key);
    return at == tree_->end() || at->is_null() ? nullptr : &*at;
  }
  [[nodiscard]] bool contains(std::string_view key) const { return find(key) != nullptr; }

  [[nodiscard]] std::optional<json_object> object(std::string_view key) const {
    const json* const found = find(key);
    if (found == nullptr) return {};
    if (!found->is_object()) fail(key, "an object", *found);
    return json_object{file_, *found, full(key)};
  }
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const {
    const json* const found = find(key);
    if (found == nullptr) return {};
    if (!found->is_string()) fail(key, "text", *found);
    const auto& out = found->get_ref<const std::string&>();
    if (out.find('\0') != std::string::npos) fail(key, "text without NUL bytes", *found);
    return out;
  }
  [[nodiscard]] std::optional<bool> flag(std::string_view key) const {
    const json* const found = find(key);
    if (found == nullptr) return {};
    if (!found->is_boolean()) fail(key, "true or false", *found);
    return found->get<bool>();
  }
  [[nodiscard]] bool flag_or(std::string_view key, bool otherwise) const {
    return flag(key).value_or(otherwise);
  }
  /// A size in pixels.
  [[nodiscard]] std::optional<std::size_t> pixels(std::string_view key) const {
    const json* const found = find(key);
    if (found == nullptr) return {};
    return to_pixels(key, *found);
  }
  [[nodiscard]] std::size_t to_pixels(std::string_view key, const json& found) const {
    const bool good = found.is_number_integer() && found.get<double>() >= 1 &&
                      found.get<double>() <= static_cast<double>(max_described_side);
    if (!good) fail(key, "a whole number from 1 to " + std::to_string(max_described_side), found);
    return found.get<std::size_t>();
  }
  /// A number that a float holds, and that `accept`s.
  template <class Accept>
  [[nodiscard]] std::optional<float> number(std::string_view key, const std::string& expected,
                                            const Accept& accept) const {
    const json* const found = find(key);
    if (found == nullptr) return {};
    return to_number(key, *found, expected, accept);
  }
  /// One value per channel, or one for all; `[0.5]` is a grey channel.
  template <class Accept>
  [[nodiscard]] std::optional<std::array<float, 3>> channels(std::string_view key,
                                                             const std::string& expected,
                                                             const Accept& accept) const {
    const json* const found = find(key);
    if (found == nullptr) return {};
    std::array<float, 3> out{};
    if (found->is_number()) {
      out.fill(to_number(key, *found, expected, accept));
      return out;
    }
    if (!found->is_array() || (found->size() != 1 && found->size() != 3))
      fail(key, expected + " per channel (1 or 3)", *found);
    for (std::size_t c = 0; c < 3; ++c) {
      const std::size_t at = found->size() == 1 ? 0 : c;
      out[c] = to_number(std::string{key} + "[" + std::to_string(at) + "]", (*found)[at], expected, accept);
    }
    return out;
  }
  /// An array of names.
  [[nodiscard]] std::optional<std::vector<std::string>> names(std::string_view key) const {
    const json* const found = find(key);
    if (found == nullptr) return {};
    if (!found->is_array() || found->empty()) fail(key, "an array of at least one name", *found);
    std::vector<std::string> out;
    for (const json& each : *found) {
      const std::string at = std::string{key} + "[" + std::to_string(out.size()) + "]";
      if (!each.is_string()) fail(at, "a name", each);
      require_head_name(file_, full(at), each.get_ref<const std::string&>());
      out.push_back(each.get<std::string>());
    }
    return out;
  }
  /// One of several words.
  template <class Value>
  [[nodiscard]] std::optional<Value> choice(
      std::string_view key, std::initializer_list<std::pair<std::string_view, Value>> words) const {
    const auto found = text(key);
    if (!found) return {};
    std::string all;
    for (const auto& [word, value] : words) {
      if (word == *found) return value;
      all += (all.empty() ? "" : ", ") + std::string{word};
    }
    fail(key, "one of " + all, in_quotes(*found));
  }

 private:
  [[nodiscard]] std::string full(std::string_view key) const {
    return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
  }
  template <class Accept>
  [[nodiscard]] float to_number(std::string_view key, const json& found, const std::string& expected,
                                const Accept& accept) const {
    const double value = found.is_number() ? found.get<double>() : std::numeric_limits<double>::quiet_NaN();
    const auto out = static_cast<float>(std::abs(value) <= std::numeric_limits<float>::max() ? value : NAN);
    if (!std::isfinite(out) || !accept(out)) fail(key, expected, found);
    return out;
  }

  std::string file_;
  const json* tree_;
  std::string path_;
};

inline constexpr auto any_number = [](float) { return true; };
inline constexpr auto not_zero = [](float x) { return x != 0; };
inline constexpr auto above_zero = [](float x) { return x > 0; };

}  // namespace mll::detail
