// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "../support/class_names.hpp"
#include "../support/network_options.hpp"
#include "../support/network_settings.hpp"
#include "../support/number_options.hpp"

namespace vision_hub {

/// The arguments of the program.
struct settings {
  std::filesystem::path hub;
  std::filesystem::path representation;
  std::filesystem::path images;
  std::filesystem::path out;
  std::filesystem::path general;
  std::string captions;
  std::string wordnet = "/usr/share/wordnet";
  std::vector<std::string> classes;
  std::size_t experts = 0;
  std::size_t heads = 0;
  bool drop_missing = false;
  example::network_settings network;
};

inline void add_options(CLI::App& app, settings& set) {
  app.add_option("--hub", set.hub,
                 "Experts: NAME.onnx with head names in NAME.labels.txt, or as docs/experts.md says")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--representation", set.representation, "DIR/<synset id, like n02121620>/<image>")
      ->required()
      ->check(CLI::ExistingDirectory);
  example::add_classes(app, set.classes)->required();
  app.add_option("--images", set.images,
                 "Images to classify; if each lies in a folder named after its class, prints the accuracy")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--captions", set.captions, "File of lines CLASS<tab>SENTENCE")->check(CLI::ExistingFile);
  auto* experts =
      app.add_option("--experts", set.experts, "Maximum number of experts that run (default: any)")
          ->check(example::whole_number(1, 1U << 20U));
  app.add_option("--heads", set.heads, "Maximum number of heads per class (instead of --experts)")
      ->check(example::whole_number(1, 1U << 20U))
      ->excludes(experts);
  app.add_option("--general", set.general,
                 "Folder of a general model, such as an exported CLIP, for what no expert knows")
      ->check(CLI::ExistingDirectory);
  app.add_option("--out", set.out,
                 "For hub.mll (the labels), predictions.csv and explanation.txt (default: the hub)");
  app.add_option("--wordnet", set.wordnet, "Folder with data.noun")->capture_default_str();
  app.add_flag("--drop-missing", set.drop_missing,
               "Drop the labels of experts and samples that are no longer there");
  example::add_network(app, set.network);
}

}  // namespace vision_hub
