// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A program that runs a solved task: it needs the selection and the experts, no graph and no labels.
// Compiled, never run.
#include <mll/exec/sequential.hpp>
#include <mll/model/callable_classifier.hpp>
#include <mll/model/hub.hpp>
#include <mll/reuse/io/read_selection.hpp>
#include <mll/reuse/zero_shot_classifier.hpp>

#include <iostream>
#include <span>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  mll::hub<std::string> hub;
  hub.add("birds", mll::callable_classifier{{"crane", "goose"}, [](std::span<const std::string> batch) {
                                              return mll::matrix<float>(batch.size(), 2);
                                            }});
  const mll::zero_shot_classifier<std::string> classifier{hub, mll::read_selection("birds.mllsel")};
  const std::vector<std::string> texts(argv, argv + argc);
  for (const auto& found : classifier.classify(mll::exec::sequential{}, std::span{texts}))
    std::cout << (found.answer ? classifier.head_name(found.answer->index()) : "none") << ' '
              << found.probability << '\n';
}
