// The folder of exported labels: manifest, nodes, models, heads, and the four arrays of model 1.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/label/npy.hpp"
#include "support/fuzz_input.hpp"

namespace {

const mll::semantic_dag<>& graph() {
  static const auto only = [] {
    std::vector<mll::synset> nodes;
    for (std::size_t v = 0; v < 4; ++v)
      nodes.push_back({.id = "s" + std::to_string(v), .lemmas = {}, .gloss = {}});
    return mll::make_semantic_dag(std::move(nodes), {});
  }();
  return only;
}

bool equal(const mll::model_labels& a, const mll::model_labels& b) {
  if (!(a.samples() == b.samples()) || a.models().size() != b.models().size()) return false;
  for (std::size_t m = 0; m < a.models().size(); ++m) {
    const auto& x = a.models()[m];
    const auto& y = b.models()[m];
    if (x.model != y.model || x.name != y.name || x.heads != y.heads || x.responses != y.responses ||
        x.mean != y.mean || x.m2 != y.m2 || x.hit_rate != y.hit_rate)
      return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array files{"manifest.tsv",    "nodes.tsv",  "models.tsv", "heads.tsv",
                             "1.responses.npy", "1.mean.npy", "1.m2.npy",   "1.hit_rate.npy"};
  const auto parts = mll::test::fuzz_parts(data, size, files.size());
  const auto folder = mll::test::fuzz_folder() / "in";
  std::filesystem::create_directory(folder);
  for (std::size_t i = 0; i < files.size(); ++i) mll::test::write_file(folder / files[i], parts[i]);
  std::optional<mll::model_labels> labels;
  try {
    labels = mll::import_labels(graph(), folder);
  } catch (const mll::parse_error&) {
    return 0;
  }
  const auto again = mll::test::fuzz_folder() / "out";
  mll::export_labels(*labels, graph(), again);
  mll::test::must_hold(equal(mll::import_labels(graph(), again), *labels),
                       "labels come back as they were written");
  return 0;
}
