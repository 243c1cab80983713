// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The file of a cached_embedder.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/embed/cached_embedder.hpp"
#include "support/fuzz_input.hpp"
#include "support/toy_embedder.hpp"

namespace {

using cached = mll::cached_embedder<mll::test::toy_embedder>;

cached open(const std::filesystem::path& file) {
  return {{{{"dog", "wolf"}, {"bank"}, {"tree"}}}, file, "toy"};
}

/// The vector of a text; empty if it is corrupted.
std::optional<mll::matrix<float>> ask(const cached& embedder, std::string_view text) {
  try {
    return embedder.embed(std::vector<std::string_view>{text});
  } catch (const mll::parse_error&) {
    return std::nullopt;
  }
}

bool same_bytes(const mll::matrix<float>& a, const mll::matrix<float>& b) {  // also for NaN
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = mll::test::fuzz_folder() / "in.cache";
  mll::test::write_file(file, std::string_view{reinterpret_cast<const char*>(data), size});
  std::optional<cached> first;
  try {
    first = open(file);
  } catch (const mll::parse_error&) {
    return 0;
  }
  std::vector<std::string> texts{"a dog", ""};
  mll::detail::vector_cache_file::parse(
      mll::detail::map_file(file), "toy", 3,
      [&](std::string_view text, std::string_view, std::uint64_t) { texts.emplace_back(text); });
  std::vector<std::optional<mll::matrix<float>>> answers;
  for (const auto& text : texts) answers.push_back(ask(*first, text));
  first->save();
  const auto again = open(file);
  mll::test::must_hold(again.size() == first->size(), "saving keeps all texts");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto answer = ask(again, texts[i]);
    mll::test::must_hold(answer.has_value() == answers[i].has_value(), "a corrupted vector stays corrupted");
    mll::test::must_hold(!answer || same_bytes(*answer, *answers[i]), "saving keeps vectors");
  }
  return 0;
}
