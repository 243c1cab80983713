// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// learn-shift
#include <mll/core/random.hpp>
#include <mll/model/hub.hpp>
#include <mll/reuse/shift/distorted_representation.hpp>
#include <mll/reuse/shift/fit_shift.hpp>
#include <mll/reuse/shift/observe_pseudo_tasks.hpp>
#include <mll/reuse/shift/vector_distortions.hpp>
#include <mll/store/content_hash.hpp>
#include <mll/store/hub_store.hpp>
#include <mll/store/stored_shift.hpp>
#include <mll/store/update_store.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/backend.hpp"
#include "commands.hpp"
#include "general.hpp"
#include "register_samples.hpp"
#include "registered.hpp"
#include "store_settings.hpp"
#if MLL_TEST_ONNXRUNTIME
#include <mll/reuse/shift/text_distortions.hpp>
#endif
#if MLL_TEST_OPENCV
#include <mll/reuse/shift/image_distortions.hpp>
#endif

namespace hub_tool {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The library's distortions of a kind of samples.
template <class Sample>
std::vector<mll::distortion<Sample>> distortions_of() {
  std::vector<mll::distortion<Sample>> out;
  for (auto& each : mll::vector_distortions()) {
    out.push_back(
        {each.name, [apply = std::move(each.apply)](const Sample& sample, std::uint64_t seed) {
           const std::vector<float> changed = apply({sample.begin(), sample.end()}, seed);
           return Sample{Eigen::Map<const Sample>{changed.data(), static_cast<Eigen::Index>(changed.size())}};
         }});
  }
  return out;
}
#if MLL_TEST_ONNXRUNTIME
template <>
std::vector<mll::distortion<std::string>> distortions_of() {
  return mll::text_distortions();
}
#endif
#if MLL_TEST_OPENCV
template <>
std::vector<mll::distortion<cv::Mat>> distortions_of() {
  return mll::image_distortions();
}
#endif

/// The labels of distorted samples, in a store of their own beside the hub's: an interrupted command goes on
/// where it was.
class distorted_store {
 public:
  distorted_store(const mll::hub_store& hub, const std::string& distortion) : hub_{&hub} {
    const fs::path folder = hub.file().string() + ".shift";
    fs::create_directories(folder);
    const fs::path file = folder / (mll::content_hash{}.add(distortion).text().substr(0, 16) + ".mll");
    if (fs::exists(file)) {
      try {
        store_.emplace(mll::hub_store::open(file));
        return;
      } catch (const mll::store_error& problem) {
        if (problem.code() != mll::store_errc::damaged && problem.code() != mll::store_errc::not_a_store)
          throw;
        for (const char* ending : {"", "-wal", "-shm"}) fs::remove(file.string() + ending);  // made anew
      }
    }
    store_.emplace(mll::hub_store::create(file));
  }

  /// Registers samples and models as the hub's store has them.
  template <class Sample, class Distorted>
  void prepare(const mll::semantic_dag<>& graph, const Distorted& samples, const mll::hub<Sample>& models,
               std::size_t per_node) {
    std::vector<mll::stored_node> nodes;
    for (auto node : hub_->nodes()) {
      const mll::node_id v = graph.at(node.synset);
      node.sample_count = samples.sample_count(v);
      node.fingerprint += " first " + std::to_string(per_node);
      if (node.sample_count != 0) nodes.push_back(std::move(node));
    }
    store_->set_samples(graph, nodes, mll::missing_nodes::drop);
    std::map<std::string, mll::stored_model> known;
    for (auto& each : store_->models()) known.emplace(each.name, each);
    for (const auto& model : hub_->models()) {
      const bool is_run = models.find(model.name).has_value();
      const auto before = known.find(model.name);
      if (before == known.end()) {
        if (is_run) store_->add_model(model);
        continue;
      }
      if (!is_run) continue;
      if (before->second.fingerprint != model.fingerprint || before->second.heads != model.heads)
        store_->update_model(model.name, model);
      known.erase(before);
    }
    for (const auto& [name, ignored] : known) store_->remove_model(name);
  }

  [[nodiscard]] mll::hub_store& store() { return *store_; }

  /// The complete labels, with the ids of the hub's store.
  [[nodiscard]] mll::model_labels labels(const mll::semantic_dag<>& graph) const {
    std::map<std::string, mll::model_id> ids;
    for (const auto& each : hub_->models()) ids.emplace(each.name, each.id);
    const auto found = store_->labels(graph);
    mll::model_labels out{found.samples()};
    for (auto label : found.models()) {
      label.model = ids.at(label.name);
      out.insert(std::move(label));
    }
    return out;
  }

 private:
  const mll::hub_store* hub_;
  std::optional<mll::hub_store> store_;
};

template <class Hub>
int learn(mll::hub_store& store, const arguments& given, const output& out) {
  using sample_type = typename Hub::sample_type;
  const example_backend backend;
  const auto graph = read_labelled_graph(store);
  const auto basis = store.basis();
  const std::string remedy = "; run label";
  const auto samples = read_registered_samples<Hub>(store, graph, out, remedy);
  json problems = json::array();
  const auto is_labelled = [](const mll::stored_model& model) {
    return model.state == mll::label_state::complete;
  };
  const auto models = load_registered<Hub>(store, is_labelled, remedy, out, problems);
  if (models.size() == 0) throw mll::invalid_argument{"STORE", "a labelled expert that can be run", "none"};

  const mll::update_store_options options = labelling_options<Hub>(models, given, out);
  mll::learn_shift_options learning;
  learning.per_node = given.per_node;
  learning.tasks = given.tasks;
  learning.labelling = options.labelling;
  const auto labels = store.labels(graph);
  const auto general = read_general_labels(store, graph, labels.samples());
  mll::embed_texts_function embed;
#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
  std::optional<mll::clip_model> model;
  if (general) {
    model.emplace(mll::load_general_model(general_folder(store)));
    learning.general = &*general;
    embed = [&](std::span<const std::string_view> texts) { return model->embed_texts(texts); };
  }
#endif

  const auto distortions = distortions_of<sample_type>();
  mll::distorted_labels distorted;
  for (const auto& how : distortions) {
    const mll::distorted_representation<sample_type, typename Hub::samples_type> changed{
        samples, how, learning.per_node, mll::derive_seed(learning.seed, mll::stable_hash(how.name))};
    if (changed.nodes().empty())
      throw mll::invalid_argument{"samples", "two samples of at least one node", "one per node"};
    distorted_store side{store, how.name};
    side.prepare(graph, changed, models, learning.per_node);
    for (const auto& failure :
         mll::update_store(backend, side.store(), models, changed, graph, options).failures) {
      out.warn("distortion '" + how.name + "': " + failure.message);
      problems.push_back({{"model", failure.name}, {"why", printable(failure.message)}});
    }
    distorted.parts.push_back({how.name, side.labels(graph), {}});
#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
    if constexpr (std::is_same_v<sample_type, cv::Mat>) {
      if (model) {
        auto& part = distorted.parts.back();
        part.general = mll::label_general_model(*model, changed, part.labels.samples(), 16);
      }
    }
#endif
    out.say("distortion '" + how.name + "': labelled");
  }

  const auto observed = mll::observe_pseudo_tasks(backend, labels, distorted, graph, learning, embed);
  const mll::shift_fit fit = mll::fit_shift(observed);
  mll::save_shift(store, fit, basis);
  std::vector<std::string> names;
  for (const auto& each : distortions) names.push_back(each.name);
  out.say("learnt from " + std::to_string(observed.size()) + " batches of pseudo-tasks under " +
          std::to_string(distortions.size()) +
          " distortions how accuracy falls on samples from elsewhere; select uses it");
  out.result({{"fit", fit.name},
              {"batches", observed.size()},
              {"distortions", names},
              {"coefficients", fit.coefficients},
              {"spread", fit.spread},
              {"fall", {{"value", fit.fall}, {"low", fit.min_fall}, {"high", fit.max_fall}}},
              {"problems", problems}});
  return problems.empty() ? ok : incomplete;
}

}  // namespace

int learn_shift(const arguments& given, const output& out) {
  auto store = mll::hub_store::open(given.store);
  return with_hub(read_setting(store, "samples"),
                  [&](auto hub) { return learn<decltype(hub)>(store, given, out); });
}

}  // namespace hub_tool
