// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../../support/split.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/match/task/task.hpp"
#include "mll/model/hub.hpp"
#include "npy_table.hpp"

namespace accuracy {

/// A tab-separated file whose first line names the columns.
class tsv {
 public:
  explicit tsv(const std::filesystem::path& path) : path_{path.string()} {
    std::ifstream stream{path};
    std::string line;
    if (!std::getline(stream, line)) throw std::runtime_error{path_ + ": cannot be read"};
    columns_ = mll::benchmark::split_fields(line);
    while (std::getline(stream, line)) {
      rows_.push_back(mll::benchmark::split_fields(line));
      if (rows_.back().size() != columns_.size()) {
        throw std::runtime_error{path_ + ":" + std::to_string(rows_.size() + 1) + ": expected " +
                                 std::to_string(columns_.size()) + " fields, found " +
                                 std::to_string(rows_.back().size())};
      }
    }
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool has(std::string_view column) const {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
  }
  [[nodiscard]] const std::string& at(std::size_t row, std::string_view column) const {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    if (found == columns_.end()) throw std::runtime_error{path_ + ": has no column " + std::string{column}};
    return rows_[row][static_cast<std::size_t>(found - columns_.begin())];
  }

 private:
  std::string path_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// A sample with cached outputs: its rows in the tables of scores and embeddings.
struct cached_sample {
  const float* scores = nullptr;
  const float* embedding = nullptr;
};

/// An expert with cached scores: some adjacent columns of the table.
struct cached_expert {
  using sample_type = cached_sample;
  std::vector<std::string> names;
  std::size_t first = 0;

  [[nodiscard]] std::size_t head_count() const { return names.size(); }
  [[nodiscard]] std::string head_name(std::size_t h) const { return names[h]; }
  void predict(std::span<const cached_sample> batch, mll::matrix_ref<float> scores) const {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      for (std::size_t h = 0; h < names.size(); ++h) {
        scores(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(h)) = batch[i].scores[first + h];
      }
    }
  }
};

/// A general model with cached embeddings of samples and of known texts.
struct cached_general {
  using sample_type = cached_sample;
  Eigen::Index dim = 0;
  std::shared_ptr<std::unordered_map<std::string, Eigen::RowVectorXf>> texts =
      std::make_shared<std::unordered_map<std::string, Eigen::RowVectorXf>>();

  [[nodiscard]] mll::matrix<float> embed_samples(std::span<const cached_sample> batch) const {
    mll::matrix<float> out(static_cast<Eigen::Index>(batch.size()), dim);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      out.row(static_cast<Eigen::Index>(i)) = Eigen::Map<const Eigen::RowVectorXf>(batch[i].embedding, dim);
    }
    return out;
  }
  [[nodiscard]] mll::matrix<float> embed_texts(std::span<const std::string_view> wanted) const {
    mll::matrix<float> out(static_cast<Eigen::Index>(wanted.size()), dim);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      out.row(static_cast<Eigen::Index>(i)) = texts->at(std::string{wanted[i]});
    }
    return out;
  }
};

/// A task of a kit.
struct kit_task {
  std::string name;
  mll::task classes;
  std::vector<std::string> true_wnids;  ///< for the report only; empty if unknown
  std::vector<std::size_t> truth;
  mll::matrix<float> scores;   ///< `[samples, heads]`
  mll::matrix<float> general;  ///< `[samples, dim]`; empty without a general model
  mll::matrix<float> class_texts;

  [[nodiscard]] std::vector<cached_sample> samples() const {
    std::vector<cached_sample> out;
    for (Eigen::Index i = 0; i < scores.rows(); ++i) {
      out.push_back({scores.row(i).data(), general.size() == 0 ? nullptr : general.row(i).data()});
    }
    return out;
  }
};

/// A hub with cached outputs; accuracy.cpp describes the format of the folder.
class kit {
 public:
  explicit kit(std::filesystem::path folder)
      : folder_{std::move(folder)},
        scores_{read_npy(folder_ / "pretest/scores.npy")},
        nodes_{folder_ / "pretest/nodes.tsv"} {
    const tsv models{folder_ / "hub/models.tsv"};
    const tsv heads{folder_ / "hub/heads.tsv"};
    std::unordered_map<std::string, std::size_t> position;
    for (std::size_t m = 0; m < models.size(); ++m) {
      if (!position.emplace(models.at(m, "model_id"), m).second)
        throw wrong(folder_ / "hub/models.tsv", "each model once", models.at(m, "model_id") + " twice");
      experts_.push_back({});
      names_.push_back(models.at(m, "model_id"));
    }
    for (std::size_t h = 0; h < heads.size(); ++h) {
      const auto found = position.find(heads.at(h, "model_id"));
      if (found == position.end())
        throw wrong(folder_ / "hub/heads.tsv", "a model of hub/models.tsv", heads.at(h, "model_id"));
      auto& expert = experts_[found->second];
      if (expert.names.empty()) expert.first = h;
      if (expert.first + expert.names.size() != h) {
        throw wrong(folder_ / "hub/heads.tsv", "the heads of a model in adjacent rows",
                    "other heads between those of " + found->first);
      }
      expert.names.push_back(heads.at(h, "name"));
    }
    expect_shape(folder_ / "pretest/scores.npy", scores_, scores_.rows(), count_of(heads.size()));
    node_of_sample_ = read_npy_indices(folder_ / "pretest/node_of_sample.npy", nodes_.size());
    expect_shape(folder_ / "pretest/scores.npy", scores_, count_of(node_of_sample_.size()), scores_.cols());
    if (std::filesystem::exists(folder_ / "pretest/general.npy")) {
      general_ = read_npy(folder_ / "pretest/general.npy");
      node_texts_ = read_npy(folder_ / "pretest/node_text.npy");
      expect_shape(folder_ / "pretest/general.npy", general_, scores_.rows(), general_.cols());
      expect_shape(folder_ / "pretest/node_text.npy", node_texts_, count_of(nodes_.size()), general_.cols());
    }
  }

  [[nodiscard]] std::size_t expert_count() const { return experts_.size(); }
  /// Heads of each expert, in the order of the columns.
  [[nodiscard]] std::vector<std::size_t> widths() const {
    std::vector<std::size_t> out;
    for (const cached_expert& one : experts_) out.push_back(one.names.size());
    return out;
  }
  /// Whether the samples behind the outputs are at hand.
  [[nodiscard]] bool has_images() const { return std::filesystem::exists(folder_ / "pretest/images.npy"); }
  [[nodiscard]] bool has_general() const { return general_.size() != 0; }
  [[nodiscard]] Eigen::Index general_dimension() const { return general_.cols(); }

  /// A hub of `size` experts drawn with the seed, in the order of the kit; all of them if there are no more.
  [[nodiscard]] mll::hub<cached_sample> draw_hub(std::size_t size, std::uint64_t seed) const {
    std::vector<std::size_t> order(experts_.size());
    for (std::size_t m = 0; m < order.size(); ++m) order[m] = m;
    if (size < order.size()) {
      mll::random_engine engine{seed};
      mll::shuffle(std::span{order}, engine);
      order.resize(size);
      std::sort(order.begin(), order.end());
    }
    mll::hub<cached_sample> hub;
    for (const std::size_t m : order) hub.add(names_[m], experts_[m]);
    return hub;
  }

  /// At most `per_node` representation samples per node.
  /// @param[in] is_left_out per sample of the kit; empty: none
  template <class Graph>
  [[nodiscard]] mll::representation_table<cached_sample> representation(
      const mll::semantic_dag<Graph>& graph, std::size_t per_node,
      const std::vector<bool>& is_left_out = {}) const {
    mll::representation_table<cached_sample> out;
    std::vector<std::size_t> taken(nodes_.size(), 0);
    for (std::size_t i = 0; i < node_of_sample_.size(); ++i) {
      const std::size_t v = node_of_sample_[i];
      if (!is_left_out.empty() && is_left_out[i]) continue;
      if (taken.at(v)++ >= per_node) continue;
      const auto row = static_cast<Eigen::Index>(i);
      out.add(graph, nodes_.at(v, "wnid"),
              {cached_sample{scores_.row(row).data(), has_general() ? general_.row(row).data() : nullptr}});
    }
    return out;
  }
  /// Embedding of the words of a node.
  [[nodiscard]] Eigen::RowVectorXf node_text(std::string_view wnid) const {
    for (std::size_t v = 0; v < nodes_.size(); ++v) {
      if (nodes_.at(v, "wnid") == wnid) return node_texts_.row(static_cast<Eigen::Index>(v));
    }
    throw std::runtime_error{"no node " + std::string{wnid}};
  }

  [[nodiscard]] std::span<const std::size_t> node_of_sample() const { return node_of_sample_; }
  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }
  [[nodiscard]] const std::string& wnid(std::size_t node) const { return nodes_.at(node, "wnid"); }
  /// Samples of the representation data as samples of a task.
  void copy_samples(const std::vector<std::size_t>& samples, kit_task& to) const {
    to.scores.resize(count_of(samples.size()), scores_.cols());
    if (has_general()) to.general.resize(count_of(samples.size()), general_.cols());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      to.scores.row(count_of(i)) = scores_.row(count_of(samples[i]));
      if (has_general()) to.general.row(count_of(i)) = general_.row(count_of(samples[i]));
    }
  }

  [[nodiscard]] kit_task read_task(const std::filesystem::path& folder) const {
    const tsv classes{folder / "classes.tsv"};
    std::vector<mll::task_class> names;
    std::vector<std::string> wnids;
    for (std::size_t y = 0; y < classes.size(); ++y) {
      names.push_back({classes.at(y, "name"), classes.has("caption") ? classes.at(y, "caption") : ""});
      if (classes.has("true_wnid_evaluation_only"))
        wnids.push_back(classes.at(y, "true_wnid_evaluation_only"));
    }
    kit_task out{.name = folder.filename().string(),
                 .classes = mll::task{names},
                 .true_wnids = wnids,
                 .truth = {},
                 .scores = read_npy(folder / "scores.npy"),
                 .general = {},
                 .class_texts = {}};
    out.truth = read_npy_indices(folder / "truth.npy", classes.size());
    const Eigen::Index samples = count_of(out.truth.size());
    expect_shape(folder / "scores.npy", out.scores, samples, scores_.cols());
    if (has_general() && std::filesystem::exists(folder / "general.npy")) {
      out.general = read_npy(folder / "general.npy");
      out.class_texts = read_npy(folder / "class_text.npy");
      expect_shape(folder / "general.npy", out.general, samples, general_.cols());
      expect_shape(folder / "class_text.npy", out.class_texts, count_of(classes.size()), general_.cols());
    }
    return out;
  }

 private:
  static Eigen::Index count_of(std::size_t count) { return static_cast<Eigen::Index>(count); }
  static std::runtime_error wrong(const std::filesystem::path& file, const std::string& expected,
                                  const std::string& found) {
    return std::runtime_error{file.string() + ": expected " + expected + ", found " + found};
  }
  static void expect_shape(const std::filesystem::path& file, const mll::matrix<float>& table,
                           Eigen::Index rows, Eigen::Index columns) {
    if (table.rows() == rows && table.cols() == columns) return;
    const auto text = [](Eigen::Index r, Eigen::Index c) {
      return "[" + std::to_string(r) + ", " + std::to_string(c) + "]";
    };
    throw wrong(file, "shape " + text(rows, columns), text(table.rows(), table.cols()));
  }

  std::filesystem::path folder_;
  mll::matrix<float> scores_;
  tsv nodes_;
  std::vector<cached_expert> experts_;
  std::vector<std::string> names_;
  std::vector<std::size_t> node_of_sample_;
  mll::matrix<float> general_;
  mll::matrix<float> node_texts_;
};

}  // namespace accuracy
