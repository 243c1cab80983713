// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A WordNet database: the letter of a part of speech, then the files data, index, exceptions and counts.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "mll/core/error.hpp"
#include "mll/graph/detail/wordnet_format.hpp"
#include "mll/graph/wordnet.hpp"
#include "support/fuzz_input.hpp"

using mll::node_id;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = mll::test::fuzz_parts(data, size, 5);
  const auto part = parts[0] == "v"   ? mll::part_of_speech::verb
                    : parts[0] == "a" ? mll::part_of_speech::adjective
                    : parts[0] == "r" ? mll::part_of_speech::adverb
                                      : mll::part_of_speech::noun;
  const auto files = mll::detail::wordnet_files_of(part);
  const auto& folder = mll::test::fuzz_folder();
  mll::test::write_file(folder / files.data, parts[1]);
  mll::test::write_file(folder / files.index, parts[2]);
  mll::test::write_file(folder / files.exceptions, parts[3]);
  mll::test::write_file(folder / "cntlist.rev", parts[4]);
  std::optional<mll::semantic_dag<>> graph;
  try {
    graph = mll::read_wordnet(folder, {.part_of_speech = part});
  } catch (const mll::error&) {
    return 0;
  }
  for (std::size_t v = 0; v < graph->size(); ++v) {
    mll::test::must_hold(graph->find((*graph)[node_id{v}].id) == node_id{v}, "a synset is found by its id");
    for (const auto& word : (*graph)[node_id{v}].lemmas) {
      mll::test::must_hold(word.sense > 0, "every word has a rank");
      bool found = false;
      for (const auto& sense : graph->words().senses(word.text)) found = found || sense.node == node_id{v};
      mll::test::must_hold(found, "a synset is found by its words");
      for (const auto& base : graph->words().base_forms(word.text)) {
        mll::test::must_hold(!graph->words().senses(base).empty(), "base forms are known words");
      }
    }
  }
  return 0;
}
