// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// export-onnx
#include "export_onnx.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "general.hpp"
#include "solved_task.hpp"
#if MLL_TEST_OPENCV
#include <mll/reuse/io/write_onnx_task.hpp>
#endif

namespace hub_tool {

#if MLL_TEST_OPENCV
namespace {

template <class Hub>
std::vector<mll::onnx_task_expert> experts_of(const solved_task& solved) {
  std::vector<mll::onnx_task_expert> out;
  for (const auto& each : solved.experts) {
    mll::onnx_task_expert expert{.name = each.name};
    if constexpr (std::is_same_v<Hub, vector_hub>) {
      if (each.file.extension() != vector_hub::extension)
        throw mll::invalid_argument{"NAME", "experts on images, or linear classifiers", each.file.string()};
      const auto values = mll::npy_rows{each.file}.all();
      expert.weights = values.leftCols(values.cols() - 1);
      expert.bias = values.col(values.cols() - 1);
    } else if constexpr (std::is_same_v<Hub, example::image_hub>) {
      expert.file = each.file;
      expert.options = Hub::load(each.file, solved.network.options()).options();
    }
    out.push_back(std::move(expert));
  }
#if MLL_TEST_ONNXRUNTIME
  if (!solved.general.empty()) {
    const auto file = mll::general_files::find(solved.general).image;
    out.push_back({.name = "general model",
                   .file = file,
                   .options = mll::load_general_model(solved.general).options()});
  }
#endif
  return out;
}

}  // namespace

int export_onnx(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const solved_task solved = open_stored_task(store, given.name);
  for (const auto& each : solved.warnings) out.warn(each);
  if (solved.samples == "texts")
    throw mll::invalid_argument{"NAME", "a selection on images or vectors", "one on texts"};
  with_hub(solved.samples, [&](auto hub) {
    mll::write_onnx_task(given.pack, solved.chosen, experts_of<decltype(hub)>(solved));
  });
  const auto bytes = std::filesystem::file_size(given.pack);
  out.say("exported '" + printable(solved.name) + "' with " + std::to_string(solved.experts.size()) +
          " experts to " + printable(given.pack) + " (" + std::to_string(bytes) + " bytes)");
  out.result({{"file", printable(given.pack)}, {"experts", solved.experts.size()}, {"bytes", bytes}});
  return ok;
}
#else
int export_onnx(const arguments&, const output&) {
  throw mll::invalid_argument{"export-onnx", "a program that was built with OpenCV and protozero",
                              "one without"};
}
#endif

}  // namespace hub_tool
