// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// show_vectors text|word2vec|fasttext FILE < WORDS: prints the vector of each word, one per line.
#include <fstream>
#include <iostream>
#include <string>

#include "mll/core/error.hpp"
#include "mll/embed/words/read_fasttext.hpp"
#include "mll/embed/words/read_word2vec.hpp"
#include "mll/embed/words/read_word_vectors.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: show_vectors text|word2vec|fasttext FILE < WORDS\n";
    return 2;
  }
  try {
    const std::string format = argv[1];
    const mll::word_vectors table = format == "text"       ? mll::read_word_vectors(argv[2])
                                    : format == "word2vec" ? mll::read_word2vec(argv[2])
                                                           : mll::read_fasttext(argv[2]);
    std::cout.precision(9);
    for (std::string word; std::getline(std::cin, word);) {
      for (const float value : table.vector(word)) std::cout << value << ' ';
      std::cout << '\n';
    }
  } catch (const mll::error& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
