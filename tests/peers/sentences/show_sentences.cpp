// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// show_sentences MODEL VOCABULARY MAX_TOKENS BATCH THREADS: reads texts from standard input, each a line with
// its number of bytes and then these bytes. Writes their vectors as float32 to standard output, and the
// seconds taken to standard error.
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "mll/embed/sentences/onnx_sentence_embedder.hpp"
#include "mll/embed/sentences/read_wordpiece_tokenizer.hpp"

int main(int argc, char** argv) {
  try {
    if (argc != 6)
      throw mll::invalid_argument{"arguments", "model, vocabulary and three numbers",
                                  std::to_string(argc - 1) + " arguments"};
    const auto number = [&](int i) { return static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)); };
    const mll::onnx_sentence_embedder embedder{
        argv[1],
        mll::read_wordpiece_tokenizer(argv[2], {.max_tokens = number(3)}),
        {.batch_size = number(4), .threads = number(5)}};
    std::size_t bytes = 0;
    std::vector<std::string> texts;
    while (std::cin >> bytes) {
      std::cin.get();
      auto& text = texts.emplace_back(bytes, '\0');
      if (!std::cin.read(text.data(), static_cast<std::streamsize>(bytes))) {
        throw mll::invalid_argument{"input", std::to_string(bytes) + " bytes", "the end of the input"};
      }
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto begin = std::chrono::steady_clock::now();
    const mll::matrix<float> rows = embedder.embed(views);
    std::cerr << std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() << '\n';
    std::cout.write(reinterpret_cast<const char*>(rows.data()),
                    static_cast<std::streamsize>(rows.size()) * static_cast<std::streamsize>(sizeof(float)));
  } catch (const std::exception& failure) {
    std::cerr << "show_sentences: " << failure.what() << '\n';
    return 1;
  }
}
