// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// show_tokens VOCABULARY uncased|cased MAX_TOKENS: reads texts from standard input, each a line with its
// number of bytes and then these bytes. Prints their token numbers, one text per line.
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "mll/embed/sentences/read_wordpiece_tokenizer.hpp"

int main(int argc, char** argv) {
  try {
    if (argc != 4)
      throw mll::invalid_argument{"arguments", "vocabulary, case and number of tokens",
                                  std::to_string(argc - 1) + " arguments"};
    const auto tokenizer = mll::read_wordpiece_tokenizer(
        argv[1], {.lower_case = std::string{argv[2]} == "uncased",
                  .max_tokens = static_cast<std::size_t>(std::strtoull(argv[3], nullptr, 10))});
    std::size_t bytes = 0;
    std::string text;
    while (std::cin >> bytes) {
      std::cin.get();
      text.resize(bytes);
      if (!std::cin.read(text.data(), static_cast<std::streamsize>(bytes))) {
        throw mll::invalid_argument{"input", std::to_string(bytes) + " bytes", "the end of the input"};
      }
      for (const auto id : tokenizer.encode(text)) std::cout << id << ' ';
      std::cout << '\n';
    }
  } catch (const std::exception& failure) {
    std::cerr << "show_tokens: " << failure.what() << '\n';
    return 1;
  }
}
