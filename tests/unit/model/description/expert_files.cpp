// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/description/expert_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

namespace fs = std::filesystem;
using mll::expert_files;
using mll::test::write_file;

TEST_CASE("experts are files, or folders with one model") {
  const mll::detail::temporary_folder hub;
  const auto put = [&](const char* file) {
    fs::create_directories((hub.path() / file).parent_path());
    write_file(hub.path() / file, "");
    return hub.path() / file;
  };
  const auto flat = put("flat/a.onnx");
  CHECK(expert_files::find(flat).name == "a");
  CHECK(expert_files::find(flat).mll_json.empty());
  const auto json = put("flat/a.mll.json");
  const auto names = put("flat/a.labels.txt");
  const auto config = put("flat/config.json");
  CHECK(expert_files::find(flat).mll_json == json);
  CHECK(expert_files::find(flat).head_names == names);
  CHECK(expert_files::find(flat).config == config);
  CHECK(expert_files::find(flat.parent_path()).name == "flat");
  CHECK(expert_files::find(flat.parent_path()).model == flat);
  put("flat/b.onnx");  // now the configuration may be of either
  CHECK(expert_files::find(flat).config.empty());
  CHECK(expert_files::find(flat).mll_json == json);

  const auto model = put("birds/model.onnx");
  put("birds/model_quantized.onnx");
  const auto folder_json = put("birds/mll.json");
  for (const fs::path& path : {hub.path() / "birds", hub.path() / "birds/", model}) {
    const auto found = expert_files::find(path);
    CHECK(found.name == "birds");
    CHECK(found.model == model);
    CHECK(found.mll_json == folder_json);
  }
  const auto exported = put("cats/onnx/model.onnx");
  const auto cats_config = put("cats/config.json");
  for (const fs::path& path : {hub.path() / "cats", exported}) {
    const auto found = expert_files::find(path);
    CHECK(found.name == "cats");
    CHECK(found.model == exported);
    CHECK(found.config == cats_config);
  }
}

TEST_CASE("a folder that is not a model folder is refused") {
  const mll::detail::temporary_folder folder;
  const std::string where = folder.path().string();
  const auto complaint = [&] {
    try {
      static_cast<void>(expert_files::find(folder.path()));
    } catch (const mll::parse_error& problem) {
      return std::string{problem.what()};
    }
    return std::string{"found"};
  };
  CHECK(complaint() == where +
                           ": expected a model folder, with model.onnx or a single ONNX file, found a folder "
                           "without ONNX files");
  write_file(folder.path() / "a.onnx", "");
  CHECK(complaint() == "found");
  write_file(folder.path() / "b.onnx", "");
  CHECK(complaint() == where +
                           ": expected a model folder, with model.onnx or a single ONNX file, found 2 ONNX "
                           "files, such as a.onnx");
}

TEST_CASE("a tokenizer belongs to the expert of its folder, with its configuration") {
  const mll::detail::temporary_folder hub;
  const auto put = [&](const char* file) {
    fs::create_directories((hub.path() / file).parent_path());
    write_file(hub.path() / file, "");
    return hub.path() / file;
  };
  put("bert/model.onnx");
  const auto words = put("bert/vocab.txt");
  const auto config = put("bert/tokenizer_config.json");
  CHECK(expert_files::find(hub.path() / "bert").tokenizer == words);
  CHECK(expert_files::find(hub.path() / "bert").descriptions() == std::vector{words, config});
  const auto whole = put("bert/tokenizer.json");  // says more
  CHECK(expert_files::find(hub.path() / "bert").tokenizer == whole);
  const auto one = put("flat/one.onnx");
  put("flat/two.onnx");
  put("flat/tokenizer.json");  // of either
  CHECK(expert_files::find(one).tokenizer.empty());
  CHECK(expert_files::find(one).descriptions().empty());
}
