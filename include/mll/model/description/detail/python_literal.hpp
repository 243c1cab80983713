// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/text/utf8.hpp"

namespace mll::detail {

/// Reads what `repr` of Python makes of a list of whole numbers, and of a dictionary from whole numbers to
/// texts: how Ultralytics writes `imgsz` and `names`. Nothing for anything else.
class python_literal {
 public:
  [[nodiscard]] static std::optional<std::vector<std::size_t>> numbers(std::string_view text) {
    python_literal in{text};
    std::vector<std::size_t> out;
    const bool list = in.take('[') || in.take('(');
    do {
      const auto number = in.number();
      if (!number) return {};
      out.push_back(*number);
    } while (list && in.take(','));
    if (list && !in.take(']') && !in.take(')')) return {};
    if (!in.is_at_end()) return {};
    return out;
  }

  [[nodiscard]] static std::optional<std::map<std::size_t, std::string>> dictionary(std::string_view text) {
    python_literal in{text};
    std::map<std::size_t, std::string> out;
    if (!in.take('{')) return {};
    while (!in.take('}')) {
      if (!out.empty() && !in.take(',')) return {};
      const auto key = in.number();
      if (!key || !in.take(':')) return {};
      auto value = in.text();
      if (!value || !out.emplace(*key, std::move(*value)).second) return {};
    }
    if (!in.is_at_end()) return {};
    return out;
  }

 private:
  explicit python_literal(std::string_view text) : rest_{text} {}

  void skip_spaces() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) rest_.remove_prefix(1);
  }
  bool take(char wanted) {
    skip_spaces();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool is_at_end() {
    skip_spaces();
    return rest_.empty();
  }
  std::optional<std::size_t> number() {
    skip_spaces();
    std::size_t out = 0;
    const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (problem != std::errc{}) return {};
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return out;
  }
  std::optional<std::string> text() {
    skip_spaces();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) return {};
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    std::string out;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == quote) return is_valid_utf8(out) ? std::optional{out} : std::nullopt;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return {};
      }
    }
    return {};
  }
  /// The part of an escape behind its backslash.
  bool escape(std::string& out) {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
      case '\\':
      case '\'':
      case '"':
        out += c;
        return true;
      case 'n':
        out += '\n';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 'x':
        return character(2, out);
      case 'u':
        return character(4, out);
      case 'U':
        return character(8, out);
      default:
        return false;
    }
  }
  bool character(std::size_t digits, std::string& out) {
    if (rest_.size() < digits) return false;
    std::uint32_t code = 0;
    const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + digits, code, 16);
    if (problem != std::errc{} || end != rest_.data() + digits || code > 0x10FFFF) return false;
    rest_.remove_prefix(digits);
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) {
      byte(code);
    } else if (code < 0x800) {
      byte(0xC0 | code >> 6U);
      byte(0x80 | (code & 0x3FU));
    } else if (code < 0x10000) {
      byte(0xE0 | code >> 12U);
      byte(0x80 | (code >> 6U & 0x3FU));
      byte(0x80 | (code & 0x3FU));
    } else {
      byte(0xF0 | code >> 18U);
      byte(0x80 | (code >> 12U & 0x3FU));
      byte(0x80 | (code >> 6U & 0x3FU));
      byte(0x80 | (code & 0x3FU));
    }
    return true;  // surrogates are not UTF-8 and are refused with the text
  }

  std::string_view rest_;
};

}  // namespace mll::detail
