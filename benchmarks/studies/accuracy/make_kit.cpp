// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

// Writes a small kit in the format of the accuracy benchmark, with experts of known quality on mammals of
// WordNet: to run the benchmark without a real hub.

#include <boost/random/normal_distribution.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../support/program.hpp"
#include "../../support/write_npy.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/random.hpp"

namespace {

namespace fs = std::filesystem;
using mll::benchmark::write_npy;

struct concept_name {
  const char* wnid;
  const char* lemma;
};
constexpr concept_name concepts[] = {
    {"n02084071", "dog"},   {"n02121620", "cat"},  {"n02374451", "horse"},    {"n02395406", "hog"},
    {"n02411705", "sheep"}, {"n02430045", "deer"}, {"n02503517", "elephant"}, {"n02355227", "squirrel"}};
constexpr std::size_t nodes = std::size(concepts);

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream out{path, std::ios::binary};
  out << text;
  if (!out.flush()) throw std::runtime_error{"cannot write " + path.string()};
}

/// An expert returns a softmax over its heads; each head knows one concept.
struct expert {
  std::vector<std::size_t> known;  // concept of each head
  double strength = 2;             // logit of the true concept, in standard deviations of the noise
};

std::vector<float> scores_of(const std::vector<expert>& hub, const std::vector<std::size_t>& truth,
                             mll::random_engine& engine) {
  boost::random::normal_distribution<double> normal;
  std::vector<float> out;
  for (const std::size_t concept_index : truth) {
    for (const expert& one : hub) {
      std::vector<double> scores;
      for (const std::size_t head : one.known)
        scores.push_back((head == concept_index ? one.strength : 0) + normal(engine));
      mll::numerics::softmax(std::span{scores});
      for (const double p : scores) out.push_back(static_cast<float>(p));
    }
  }
  return out;
}

std::vector<float> embeddings(const std::vector<std::size_t>& truth, double noise,
                              mll::random_engine& engine) {
  boost::random::normal_distribution<double> normal;
  std::vector<float> out;
  for (const std::size_t concept_index : truth) {
    for (std::size_t d = 0; d < nodes; ++d)
      out.push_back(static_cast<float>((d == concept_index ? 1 : 0) + noise * normal(engine)));
  }
  return out;
}

/// A task with 40 samples per class; `renamed` gives other names to some concepts.
void write_task(const fs::path& folder, const std::vector<expert>& hub, const std::vector<std::size_t>& asked,
                const std::map<std::size_t, std::string>& renamed, mll::random_engine& engine) {
  std::string classes = "class\tname\tcaption\n";
  std::vector<std::size_t> truth;
  std::vector<std::int32_t> labels;
  for (std::size_t y = 0; y < asked.size(); ++y) {
    const auto name = renamed.find(asked[y]);
    classes += std::to_string(y) + "\t" +
               (name != renamed.end() ? name->second : std::string{concepts[asked[y]].lemma}) + "\t\n";
    truth.insert(truth.end(), 40, asked[y]);
    labels.insert(labels.end(), 40, static_cast<std::int32_t>(y));
  }
  const std::vector<float> scores = scores_of(hub, truth, engine);
  fs::create_directories(folder);
  write_text(folder / "classes.tsv", classes);
  write_npy(folder / "truth.npy", labels, {labels.size()});
  write_npy(folder / "scores.npy", scores, {labels.size(), scores.size() / labels.size()});
  write_npy(folder / "general.npy", embeddings(truth, 0.4, engine), {labels.size(), nodes});
  write_npy(folder / "class_text.npy", embeddings(asked, 0.1, engine), {asked.size(), nodes});
}

void write_kit(const fs::path& folder, std::uint64_t seed) {
  mll::random_engine engine{seed};
  std::vector<expert> hub;
  for (std::size_t m = 0; m < 12; ++m)
    hub.push_back({{m % nodes, (m + 1) % nodes, (m + 3) % nodes}, m < 9 ? 2.0 : m < 11 ? 0.7 : 0.0});
  hub.push_back(hub[0]);  // as good as the first, with numbers for names

  for (const char* part : {"hub", "pretest"}) fs::create_directories(folder / part);
  std::string models = "model_id\tonnx\n";
  std::string heads = "head_id\tmodel_id\thead_index\tname\ttrue_wnid_evaluation_only\n";
  std::size_t head = 0;
  for (std::size_t m = 0; m < hub.size(); ++m) {
    const std::string id = "m" + std::to_string(m);
    models += id + "\t" + id + ".onnx\n";
    for (std::size_t i = 0; i < hub[m].known.size(); ++i, ++head) {
      const std::string name =
          m + 1 == hub.size() ? "class_" + std::to_string(i) : concepts[hub[m].known[i]].lemma;
      heads += std::to_string(head) + "\t" + id + "\t" + std::to_string(i) + "\t" + name + "\t" +
               concepts[hub[m].known[i]].wnid + "\n";
    }
  }
  write_text(folder / "hub/models.tsv", models);
  write_text(folder / "hub/heads.tsv", heads);

  std::string node_table = "node\twnid\tlemma\tcount\n";
  std::vector<std::size_t> truth;
  std::vector<std::int32_t> node_of_sample;
  for (std::size_t v = 0; v + 1 < nodes; ++v) {  // the last has no samples
    const std::size_t count = v % 2 == 0 ? 30 : 12;
    node_table += std::to_string(v) + "\t" + concepts[v].wnid + "\t" + concepts[v].lemma + "\t" +
                  std::to_string(count) + "\n";
    truth.insert(truth.end(), count, v);
    node_of_sample.insert(node_of_sample.end(), count, static_cast<std::int32_t>(v));
  }
  write_text(folder / "pretest/nodes.tsv", node_table);
  write_npy(folder / "pretest/node_of_sample.npy", node_of_sample, {truth.size()});
  write_npy(folder / "pretest/scores.npy", scores_of(hub, truth, engine), {truth.size(), head});
  write_npy(folder / "pretest/general.npy", embeddings(truth, 0.4, engine), {truth.size(), nodes});
  std::vector<std::size_t> every_node;
  for (std::size_t v = 0; v + 1 < nodes; ++v) every_node.push_back(v);
  write_npy(folder / "pretest/node_text.npy", embeddings(every_node, 0.1, engine),
            {every_node.size(), nodes});

  write_task(folder / "tasks/planted", hub, {0, 1, 2, 3, 4, 7}, {}, engine);
  write_task(folder / "tasks/unknown_word", hub, {0, 1, 2, 3, 4}, {{4, "qwzx"}}, engine);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Writes a small kit with planted experts for the accuracy benchmark.", "make_kit"};
  std::string folder;
  std::uint64_t seed = 1;
  app.add_option("DIR", folder, "Folder of the kit")->required();
  app.add_option("SEED", seed, "Seed of all scores")->capture_default_str();
  return mll::benchmark::run_program(app, argc, argv, [&] { write_kit(folder, seed); });
}
