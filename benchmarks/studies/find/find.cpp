// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

// How well mll::find ranks the heads of a hub for a concept, beside simpler rankings. A query is a node with
// samples that some head was trained for; the heads trained for it are right. What heads were trained for is
// in a column that is read here only.

#include <mll/find/find.hpp>
#include <mll/find/node_aucs.hpp>
#include <mll/graph/wordnet.hpp>
#include <mll/label/label.hpp>
#include <mll/profile/match_heads.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "../../support/program.hpp"
#include "../../support/thread_backend.hpp"
#include "../accuracy/kit.hpp"

namespace {

/// The share of queries whose first head is right, with a right one among the first five, and the mean
/// average precision.
struct quality {
  double top1 = 0;
  double top5 = 0;
  double map = 0;
};

/// Scores of all heads for a node: its position in the layout.
using ranking = std::function<std::vector<double>(std::size_t)>;

class study {
 public:
  explicit study(const std::string& folder)
      : kit_{folder},
        graph_{mll::read_wordnet("/usr/share/wordnet")},
        content_{graph_},
        hub_{kit_.draw_hub(std::numeric_limits<std::size_t>::max(), 0)},
        samples_{kit_.representation(graph_, std::numeric_limits<std::size_t>::max())},
        labels_{mll::label(backend_, hub_, samples_, graph_)},
        nodes_{labels_.samples().nodes()} {
    meanings_ = mll::match_heads(backend_, labels_, graph_, {.content = &content_});
    read_truth(folder);
  }

  [[nodiscard]] std::size_t query_count() const { return queries_.size(); }

  /// Measures every ranking; calls `report(names, method, quality)`.
  template <class Report>
  void run(const Report& report) const {
    const mll::matrix<float> auc = mll::node_aucs(backend_, labels_);
    const mll::matrix<double> mean = node_means();
    const auto by_row = [](const auto& table, std::size_t v) {
      const auto row = table.row(static_cast<Eigen::Index>(v));
      return std::vector<double>(row.begin(), row.end());
    };
    report(false, "find", evaluate([&](std::size_t v) { return find(v, false); }));
    report(false, "auc", evaluate([&](std::size_t v) { return by_row(auc, v); }));
    const mll::matrix<double> z = standardised(mean);
    report(false, "z_score", evaluate([&](std::size_t v) { return by_row(z, v); }));
    report(false, "mean_response", evaluate([&](std::size_t v) { return by_row(mean_responses(), v); }));
    report(false, "probelog_samples", evaluate(probelog_by_samples()));
    if (kit_.has_general()) report(false, "probelog_text", evaluate(probelog_by_text()));
    report(true, "find", evaluate([&](std::size_t v) { return find(v, true); }));
    report(true, "name_match", evaluate([&](std::size_t v) {
             std::vector<double> out = by_row(auc, v);  // breaks ties
             for (std::size_t h = 0; h < out.size(); ++h)
               out[h] += 2 * mll::detail::match_of_name(graph_, meanings_[h], nodes_[v]);
             return out;
           }));
  }

 private:
  void read_truth(const std::string& folder) {
    const accuracy::tsv heads{std::filesystem::path{folder} / "hub/heads.tsv"};
    std::map<std::string, std::size_t> first;
    std::size_t at = 0;
    for (const auto& label : labels_.models()) {
      first[label.name] = at;
      at += label.heads.size();
    }
    trained_for_.resize(at);
    for (std::size_t h = 0; h < heads.size(); ++h) {
      const std::size_t column = std::stoul(heads.at(h, "head_index"));
      trained_for_.at(first.at(heads.at(h, "model_id")) + column) = heads.at(h, "true_wnid_evaluation_only");
    }
    for (std::size_t v = 0; v < nodes_.size(); ++v) {
      if (std::find(trained_for_.begin(), trained_for_.end(), graph_[nodes_[v]].id) != trained_for_.end())
        queries_.push_back(v);
    }
  }

  [[nodiscard]] quality evaluate(const ranking& rank) const {
    quality out;
    for (const std::size_t v : queries_) {
      const std::vector<double> score = rank(v);
      std::vector<std::size_t> order(score.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
      double right = 0;
      double precision = 0;
      for (std::size_t i = 0; i < order.size(); ++i) {
        if (trained_for_[order[i]] != graph_[nodes_[v]].id) continue;
        if (right == 0) {
          out.top1 += i == 0 ? 1 : 0;
          out.top5 += i < 5 ? 1 : 0;
        }
        ++right;
        precision += right / static_cast<double>(i + 1);
      }
      out.map += precision / right;
    }
    const auto n = static_cast<double>(queries_.size());
    return {out.top1 / n, out.top5 / n, out.map / n};
  }

  [[nodiscard]] std::vector<double> find(std::size_t v, bool names) const {
    const auto found =
        mll::find(backend_, labels_, graph_, nodes_[v], {.use_names = names, .meanings = meanings_});
    mll::head_index heads;
    for (const auto& label : labels_.models()) heads.add(label.model, label.heads.size());
    std::vector<double> out(heads.head_count());
    for (std::size_t i = 0; i < found.heads.size(); ++i)
      out[heads.position(found.heads[i].head)] = -static_cast<double>(i);
    return out;
  }

  template <class Each>
  void for_each_head(const Each& each) const {
    Eigen::Index at = 0;
    for (const auto& label : labels_.models()) {
      for (Eigen::Index h = 0; h < label.mean.cols(); ++h) each(label, h, at++);
    }
  }

  [[nodiscard]] mll::matrix<double> mean_responses() const {
    mll::matrix<double> out(static_cast<Eigen::Index>(nodes_.size()),
                            static_cast<Eigen::Index>(labels_.head_count()));
    for_each_head([&](const auto& label, Eigen::Index h, Eigen::Index at) {
      out.col(at) = label.mean.col(h).template cast<double>();
    });
    return out;
  }

  /// Means of log(p + 0.003) plus the logarithm of the model's width: models of all sizes on one scale.
  [[nodiscard]] mll::matrix<double> node_means() const {
    mll::matrix<double> out(static_cast<Eigen::Index>(nodes_.size()),
                            static_cast<Eigen::Index>(labels_.head_count()));
    for_each_head([&](const auto& label, Eigen::Index h, Eigen::Index at) {
      for (std::size_t v = 0; v < nodes_.size(); ++v) {
        const auto rows = labels_.samples().rows_at(v);
        double sum = 0;
        for (std::size_t r = rows.first; r < rows.first + rows.count; ++r) {
          const float p = mll::numerics::sigmoid(
              mll::log_odds_8bit::log_odds(label.responses(static_cast<Eigen::Index>(r), h)));
          sum += std::log(static_cast<double>(p) + 0.003);
        }
        out(static_cast<Eigen::Index>(v), at) =
            sum / static_cast<double>(rows.count) + std::log(static_cast<double>(label.heads.size()));
      }
    });
    return out;
  }

  /// Columns with mean 0 and standard deviation 1.
  template <class Table>
  static Table standardised(Table values) {
    for (Eigen::Index c = 0; c < values.cols(); ++c) {
      auto column = values.col(c).array();
      column -= column.mean();
      const auto scale = std::sqrt(column.square().mean());
      if (scale > 0) column /= scale;
    }
    return values;
  }

  /// ProbeLog's descriptor of a head: its log-odds on all samples, with mean 0 and standard deviation 1.
  [[nodiscard]] mll::matrix<float> descriptors() const {
    mll::matrix<float> out(static_cast<Eigen::Index>(labels_.samples().row_count()),
                           static_cast<Eigen::Index>(labels_.head_count()));
    for_each_head([&](const auto& label, Eigen::Index h, Eigen::Index at) {
      for (Eigen::Index r = 0; r < out.rows(); ++r)
        out(r, at) = mll::log_odds_8bit::log_odds(label.responses(r, h));
    });
    return standardised(std::move(out));
  }

  /// ProbeLog (arXiv 2502.09619) with a query that is given by samples: the cosine of a head's descriptor and
  /// that of a perfect head, which is their sum over the samples of the node.
  [[nodiscard]] ranking probelog_by_samples() const {
    return [this, heads = descriptors()](std::size_t v) {
      const auto rows = labels_.samples().rows_at(v);
      const Eigen::RowVectorXf sum =
          heads.middleRows(static_cast<Eigen::Index>(rows.first), static_cast<Eigen::Index>(rows.count))
              .colwise()
              .sum();
      return std::vector<double>(sum.begin(), sum.end());
    };
  }

  /// ProbeLog with a query that is given by text: the descriptor of a text is its similarity to the samples
  /// in the space of a general model, and descriptors are compared on the query's k most similar samples.
  [[nodiscard]] ranking probelog_by_text() const {
    mll::matrix<float> images(static_cast<Eigen::Index>(labels_.samples().row_count()),
                              kit_.general_dimension());
    Eigen::Index at = 0;
    for (const mll::node_id v : nodes_) {
      for (const auto& sample : samples_.samples(v)) {
        images.row(at) = Eigen::Map<const Eigen::RowVectorXf>(sample.embedding, images.cols());
        images.row(at++).normalize();
      }
    }
    return [this, images, heads = descriptors()](std::size_t v) {
      constexpr std::size_t k = 50;
      const Eigen::RowVectorXf text = kit_.node_text(graph_[nodes_[v]].id).normalized();
      mll::matrix<float> query(images.rows(), 1);
      for (Eigen::Index r = 0; r < images.rows(); ++r) query(r, 0) = images.row(r).dot(text);
      query = standardised(std::move(query));
      std::vector<Eigen::Index> nearest(static_cast<std::size_t>(query.rows()));
      std::iota(nearest.begin(), nearest.end(), Eigen::Index{0});
      const auto end = nearest.begin() + static_cast<std::ptrdiff_t>(std::min(k, nearest.size()));
      std::partial_sort(nearest.begin(), end, nearest.end(),
                        [&](Eigen::Index a, Eigen::Index b) { return query(a, 0) > query(b, 0); });
      std::vector<double> out(static_cast<std::size_t>(heads.cols()), 0);
      for (std::size_t h = 0; h < out.size(); ++h) {
        for (auto each = nearest.begin(); each != end; ++each) {
          const float apart = query(*each, 0) - heads(*each, static_cast<Eigen::Index>(h));
          out[h] -= static_cast<double>(apart * apart);
        }
      }
      return out;
    };
  }

  mll::benchmark::thread_backend backend_;
  accuracy::kit kit_;
  mll::semantic_dag<> graph_;
  mll::information_content content_;
  mll::hub<accuracy::cached_sample> hub_;
  mll::representation_table<accuracy::cached_sample> samples_;
  mll::model_labels labels_;
  std::span<const mll::node_id> nodes_;
  std::vector<mll::head_meaning> meanings_;
  std::vector<std::string> trained_for_;  // per head, for the evaluation only
  std::vector<std::size_t> queries_;      // positions of nodes
};

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  std::string json;
  CLI::App app{"Measures how well heads are found by concept, on a hub with cached outputs.", "find"};
  app.add_option("--kit", folder, "Folder of the hub (the accuracy benchmark describes it)")
      ->required()
      ->envname("MLL_VISION_KIT")
      ->check(CLI::ExistingDirectory);
  app.add_option("--json", json, "File for the results");
  return mll::benchmark::run_program(app, argc, argv, [&] {
    const study measured{folder};
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    std::cout << measured.query_count() << " queries\n"
              << std::left << std::setw(8) << "names" << std::setw(20) << "method"
              << "top-1  top-5    mAP\n"
              << std::fixed << std::setprecision(3);
    measured.run([&](bool names, const std::string& method, const quality& found) {
      std::cout << std::setw(8) << (names ? "shown" : "hidden") << std::setw(20) << method << found.top1
                << "  " << found.top5 << "  " << found.map << std::endl;
      rows.push_back({{"names", names},
                      {"method", method},
                      {"top1", found.top1},
                      {"top5", found.top5},
                      {"map", found.map}});
    });
    if (!json.empty())
      mll::benchmark::write_json(json, {{"queries", measured.query_count()}, {"results", rows}});
  });
}
