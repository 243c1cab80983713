// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "general.hpp"

#include <mll/model/detail/unit_rows.hpp>
#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
#include <mll/model/onnx/prove_onnx_classifier.hpp>
#endif
#include <mll/store/content_hash.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hub_tool {

namespace fs = std::filesystem;

fs::path general_folder(const mll::hub_store& store) {
  return from_stored_path(store.file(), store.note("general").value_or(""));
}

#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
namespace {

std::string key_of(const std::string& synset) {
  return "general " + synset;
}

/// Numbers as text, 8 hexadecimal digits each.
void append(std::string& out, std::span<const float> values) {
  for (const float value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    for (int shift = 28; shift >= 0; shift -= 4)
      out += "0123456789abcdef"[(bits >> static_cast<unsigned>(shift)) & 15U];
  }
}
bool parse(std::string_view text, std::span<float> out) {
  if (text.size() != 8 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint32_t bits = 0;
    const char* const first = text.data() + 8 * i;
    const auto [end, problem] = std::from_chars(first, first + 8, bits, 16);
    if (problem != std::errc{} || end != first + 8) return false;
    std::memcpy(&out[i], &bits, sizeof bits);
  }
  return true;
}

/// What the embeddings of a node depend on.
std::string basis_of(const mll::stored_node& node, const std::string& model) {
  return mll::content_hash{}.add(node.fingerprint).add(model).text();
}

/// The text of a node: its first word and its gloss, as a class with a caption.
std::string text_of(const mll::synset& node) {
  const std::string word = node.lemmas.empty() ? node.id : mll::lexicon::normalize(node.lemmas.front().text);
  return node.gloss.empty() ? word : word + ": " + node.gloss;
}

constexpr const char* proven_key = "general_proven";

/// Runs a general model in a child process unless it ran there before with the same files.
/// Throws: `model_error` naming the file that cannot be run safely.
void prove(mll::hub_store& store, const mll::clip_model& model, const std::string& fingerprint) {
  if (store.note(proven_key) == fingerprint) return;
  mll::prove_onnx_general_model(model);
  store.save_note(proven_key, fingerprint);
}

/// `HASH DIMENSION` and the numbers of the samples, then those of the node's text.
struct node_embeddings {
  std::string basis;
  std::size_t dimension = 0;
  std::string_view numbers;

  static std::optional<node_embeddings> read(std::string_view note) {
    const std::size_t space = note.find(' ');
    const std::size_t line = note.find('\n');
    if (space == std::string_view::npos || line == std::string_view::npos || line < space)
      return std::nullopt;
    node_embeddings out{std::string{note.substr(0, space)}, 0, note.substr(line + 1)};
    std::from_chars(note.data() + space + 1, note.data() + line, out.dimension);
    return out;
  }
};

}  // namespace

void set_general(mll::hub_store& store, const std::string& folder) {
  if (folder == "none") return store.save_note("general", "");
  if (const std::string kind = read_setting(store, "samples"); kind != "images")
    throw mll::invalid_argument{"--general", "a hub of images", "one of " + kind};
  const std::string fingerprint = general_fingerprint(folder);
  prove(store, mll::load_general_model(folder), fingerprint);
  store.save_note("general", to_stored_path(store.file(), folder));
}

std::string general_fingerprint(const fs::path& folder) {
  const auto files = mll::general_files::find(folder);
  mll::content_hash out;
  auto all = files.all();
  for (const fs::path& model : {files.image, files.text}) {
    for (const auto& each : mll::onnx_weight_files(model)) all.push_back(each);
  }
  for (const auto& each : all)
    out.add(each.lexically_relative(folder).string()).add(mll::content_hash::of_file(each));
  return out.text();
}

std::size_t label_general(mll::hub_store& store, const mll::image_folder& samples,
                          const mll::semantic_dag<>& graph, const output& out) {
  const fs::path folder = general_folder(store);
  if (folder.empty()) return 0;
  const std::string fingerprint = general_fingerprint(folder);
  const auto model = mll::load_general_model(folder);
  prove(store, model, fingerprint);
  const std::size_t dimension = model.dimension();
  const auto nodes = store.nodes();
  const auto observe = out.progress();
  std::size_t done = 0;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (stop.stop_requested()) throw mll::cancelled{"labelling: stopped"};
    const std::string basis = basis_of(nodes[n], fingerprint);
    const std::string key = key_of(nodes[n].synset);
    if (const auto known = store.note(key); known && known->starts_with(basis + " ")) continue;
    const mll::node_id v = graph.at(nodes[n].synset);
    std::string note = basis + " " + std::to_string(dimension) + "\n";
    // A few samples at a time are in memory.
    constexpr std::size_t batch_size = 16;
    for (std::size_t first = 0; first < nodes[n].sample_count; first += batch_size) {
      std::vector<cv::Mat> batch;
      for (std::size_t i = first; i < std::min(nodes[n].sample_count, first + batch_size); ++i)
        batch.push_back(samples.sample(v, i));
      const auto rows =
          mll::detail::unit_rows<float>(model.embed_samples(std::span<const cv::Mat>{batch}), "sample");
      append(note, {rows.data(), static_cast<std::size_t>(rows.size())});
    }
    const std::string text = text_of(graph[v]);
    const std::string_view view = text;
    const auto words = model.embed_texts({&view, 1});
    append(note, {words.data(), dimension});
    if (done == 0 && general_fingerprint(folder) != fingerprint)
      throw mll::parse_error{folder.string(), 0, "files that stay the same while they are read",
                             "changing ones"};
    store.save_note(key, note);
    ++done;
    if (observe) observe({"labelling", "general model", n + 1, nodes.size()});
  }
  return done;
}

std::optional<mll::general_model_labels> read_general_labels(const mll::hub_store& store,
                                                             const mll::semantic_dag<>& graph,
                                                             const mll::sample_layout& layout) {
  const fs::path folder = general_folder(store);
  if (folder.empty()) return std::nullopt;
  const std::string fingerprint = general_fingerprint(folder);
  const auto known = store.nodes();
  mll::general_model_labels out;
  out.samples = layout.fingerprint();
  for (std::size_t at = 0; at < layout.nodes().size(); ++at) {
    const std::string& synset = graph[layout.nodes()[at]].id;
    const auto node =
        std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.synset == synset; });
    const auto note = store.note(key_of(synset));
    const auto found = note ? node_embeddings::read(*note) : std::nullopt;
    if (node == known.end() || !found || found->basis != basis_of(*node, fingerprint))
      throw mll::invalid_argument{"STORE", "embeddings by the general model in '" + folder.string() + "'",
                                  "none of node '" + synset + "'; run label, or label --general none"};
    const auto dimension = static_cast<Eigen::Index>(found->dimension);
    if (at == 0) {
      out.embeddings.resize(static_cast<Eigen::Index>(layout.row_count()), dimension);
      out.node_texts.resize(static_cast<Eigen::Index>(layout.nodes().size()), dimension);
    }
    const auto rows = layout.rows_at(at);
    const std::size_t length = rows.count * found->dimension;
    const bool good = dimension == out.embeddings.cols() &&
                      parse(found->numbers.substr(0, 8 * length),
                            {out.embeddings.data() + rows.first * found->dimension, length}) &&
                      parse(found->numbers.substr(8 * length),
                            {out.node_texts.data() + at * found->dimension, found->dimension});
    if (!good)
      throw mll::invalid_argument{"STORE", "embeddings of " + std::to_string(rows.count) + " samples",
                                  "others for node '" + synset + "'; run label"};
  }
  return out;
}

std::optional<mll::general_heads> read_general_heads(const mll::hub_store& store,
                                                     const std::optional<mll::general_model_labels>& labels,
                                                     const mll::sample_layout& layout,
                                                     const mll::task_match& match) {
  if (!labels) return std::nullopt;
  const auto model = mll::load_general_model(general_folder(store));
  auto out = mll::make_general_heads(model, *labels, layout, match);
  // Without samples of any class the temperature is that of the model.
  const bool has_samples = std::any_of(match.classes.begin(), match.classes.end(),
                                       [](const auto& each) { return each.sample_count != 0; });
  return has_samples || !model.scale() ? out : out.with_scale(*model.scale());
}
#else
namespace {

mll::invalid_argument not_built() {
  return {"--general", "a program that was built with OpenCV and ONNX Runtime", "one without"};
}

}  // namespace

void set_general(mll::hub_store& store, const std::string& folder) {
  if (folder != "none") throw not_built();
  store.save_note("general", "");
}
std::string general_fingerprint(const fs::path&) {
  throw not_built();
}
std::optional<mll::general_model_labels> read_general_labels(const mll::hub_store& store,
                                                             const mll::semantic_dag<>&,
                                                             const mll::sample_layout&) {
  if (!general_folder(store).empty()) throw not_built();
  return std::nullopt;
}
std::optional<mll::general_heads> read_general_heads(const mll::hub_store&,
                                                     const std::optional<mll::general_model_labels>&,
                                                     const mll::sample_layout&, const mll::task_match&) {
  return std::nullopt;
}
#endif

}  // namespace hub_tool
