// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// show_byte_pairs TOKENIZER_JSON: reads texts from standard input, one per line. Prints their token numbers,
// one text per line.
#include <exception>
#include <iostream>
#include <string>

#include "mll/embed/sentences/text_tokenizer.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const auto tokenizer = mll::text_tokenizer::read(argv[1]);
    for (std::string text; std::getline(std::cin, text);) {
      for (const auto id : tokenizer.encode(text)) std::cout << id << ' ';
      std::cout << '\n';
    }
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
