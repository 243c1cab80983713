// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_ICU
#include "mll/embed/sentences/read_bpe_tokenizer.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"
#include "support/small_clip.hpp"

TEST_CASE("other tokenizers are refused by what differs") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "tokenizer.json";
  const mll::test::small_clip clip;
  const auto refusal = [&](const nlohmann::json& change) {
    auto tree = clip.json();
    tree.merge_patch(change);
    mll::test::write_file(file, tree.dump());
    const std::string why = mll::test::what_of([&] { static_cast<void>(mll::read_bpe_tokenizer(file)); });
    const std::string prefix = file.string() + ": ";
    return why.starts_with(prefix) ? why.substr(prefix.size()) : why;
  };
  CHECK(refusal({{"normalizer", {{"normalizers", {{{"type", "NFKC"}}}}}}}) ==
        "expected the normalizer NFC, Replace, Lowercase, found NFKC");
  CHECK(refusal({{"pre_tokenizer", {{"pretokenizers", {{{"type", "Whitespace"}}}}}}}) ==
        "expected the pre_tokenizer Split, ByteLevel, found Whitespace");
  CHECK(refusal({{"model", {{"byte_fallback", true}}}}) ==
        "expected a byte-level model, found one with byte_fallback or ignore_merges");
  CHECK(refusal({{"model", {{"dropout", 0.5}}}}) == "expected a model without dropout, found 0.5");
  CHECK(refusal({{"model", {{"vocab", {{"zzz", 0}}}}}}).find("different token numbers") != std::string::npos);
  CHECK(refusal({{"model", {{"merges", {"a b c"}}}}}) == "expected a merge of two pieces, found 'a b c'");
  CHECK(refusal({{"model", {{"merges", {"zz b"}}}}}) ==
        "merges[0]: expected pieces of the vocabulary, found 'zz'");
}
#endif
