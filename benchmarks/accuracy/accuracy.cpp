// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.

// How accurate every selection method is on the tasks of a hub whose outputs were cached.
//
// Usage: accuracy --kit DIR [--tasks-dir DIR] [--tasks a,b,...] [--methods a,b,...] [--hub-size N] [--seed S]
//                 [--heads-per-class K] [--experts B] [--representation-per-node R] [--general on|off]
//                 [--json FILE]
//
// A kit is a folder with
//   hub/models.tsv                        model_id, ...
//   hub/heads.tsv                         head_id, model_id, head_index, name, ...: a line a column of the
//   scores pretest/nodes.tsv                     node, wnid, ...: the nodes that have representation samples
//   pretest/node_of_sample.npy            [samples]
//   pretest/scores.npy                    [samples, heads], in [0, 1]
//   pretest/general.npy, node_text.npy    [samples, dim], [nodes, dim] of a general model; may be absent
//   tasks/NAME/classes.tsv                class, name, caption
//   tasks/NAME/scores.npy, truth.npy      [samples, heads], [samples]
//   tasks/NAME/general.npy, class_text.npy  [samples, dim], [classes, dim]
// Columns marked evaluation_only are read for one purpose: to say how often the sense of a class was right.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <mll/mll.hpp>
#if defined(_OPENMP)
#include <mll/exec/omp.hpp>
#endif

#include "kit.hpp"

namespace {

#if defined(_OPENMP)
using backend_type = mll::exec::omp;
#else
using backend_type = mll::exec::sequential;
#endif

struct options {
  std::filesystem::path kit;
  std::filesystem::path tasks_dir;
  std::vector<std::string> tasks;
  std::vector<std::string> methods;
  std::size_t hub_size = std::numeric_limits<std::size_t>::max();
  std::uint64_t seed = 0;
  std::size_t heads_per_class = 3;
  std::size_t experts = 20;
  std::size_t per_node = std::numeric_limits<std::size_t>::max();
  bool general = true;
  std::string json;
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  std::istringstream stream{list};
  for (std::string part; std::getline(stream, part, ',');) {
    if (!part.empty()) out.push_back(part);
  }
  return out;
}

const std::vector<std::string> all_methods{
    "chance",          "random",   "single", "uniform", "name",       "top-diff",     "top-f1",  "top-auc",
    "greedy-accuracy", "stacking", "lda",    "general", "chco-heads", "chco-experts", "chco-all"};

options parse(int argc, char** argv) {
  options out;
  const auto number = [](const std::string& name, const std::string& text) {
    std::size_t used = 0;
    unsigned long long value = 0;
    try {
      value = std::stoull(text, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used == 0 || used != text.size() || text.front() == '-')
      throw mll::invalid_argument{name, "a whole number", "'" + text + "'"};
    return static_cast<std::size_t>(value);
  };
  const auto count = [&](const std::string& name, const std::string& text) {
    const std::size_t value = number(name, text);
    if (value == 0) throw mll::invalid_argument{name, "at least 1", "0"};
    return value;
  };
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) throw mll::invalid_argument{name, "a value", "none"};
    const std::string value = argv[i + 1];
    if (name == "--kit")
      out.kit = value;
    else if (name == "--tasks-dir")
      out.tasks_dir = value;
    else if (name == "--tasks")
      out.tasks = split(value);
    else if (name == "--methods")
      out.methods = split(value);
    else if (name == "--hub-size")
      out.hub_size = count(name, value);
    else if (name == "--seed")
      out.seed = number(name, value);
    else if (name == "--heads-per-class")
      out.heads_per_class = count(name, value);
    else if (name == "--experts")
      out.experts = count(name, value);
    else if (name == "--representation-per-node")
      out.per_node = count(name, value);
    else if (name == "--general" && (value == "on" || value == "off"))
      out.general = value == "on";
    else if (name == "--json")
      out.json = value;
    else
      throw mll::invalid_argument{name,
                                  "--kit, --tasks-dir, --tasks, --methods, --hub-size, --seed, "
                                  "--heads-per-class, --experts, --representation-per-node, --general on|off "
                                  "or --json",
                                  "'" + name + " " + value + "'"};
  }
  if (out.kit.empty()) {
    const char* folder = std::getenv("MLL_VISION_KIT");
    if (folder == nullptr) throw mll::invalid_argument{"--kit", "a folder", "none"};
    out.kit = folder;
  }
  if (out.tasks_dir.empty()) out.tasks_dir = out.kit / "tasks";
  if (out.methods.empty()) out.methods = all_methods;
  for (const auto& method : out.methods) {
    if (std::find(all_methods.begin(), all_methods.end(), method) == all_methods.end()) {
      std::string known;
      for (const auto& name : all_methods) known += (known.empty() ? "" : ", ") + name;
      throw mll::invalid_argument{"--methods", known, "'" + method + "'"};
    }
  }
  if (out.tasks.empty()) {
    for (const auto& entry : std::filesystem::directory_iterator{out.tasks_dir}) {
      if (std::filesystem::exists(entry.path() / "classes.tsv"))
        out.tasks.push_back(entry.path().filename().string());
    }
    std::sort(out.tasks.begin(), out.tasks.end());
  }
  return out;
}

/// How a method did on a task.
struct result {
  std::string task;
  std::string method;
  double accuracy = 0;
  double macro_accuracy = 0;
  std::size_t experts_run = 0;
  std::size_t heads_used = 0;
  std::optional<mll::accuracy_estimate> estimate = {};               // before any sample was seen
  double batch_estimate = std::numeric_limits<double>::quiet_NaN();  // corrected by the unlabelled samples
  double seconds = 0;
  double calibration_error = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> at_coverage = {};  // accuracy on the surest 50, 70, 90 %
  double senses_right = std::numeric_limits<double>::quiet_NaN();
};

/// Fills in what follows from the probabilities `[samples, classes]`.
void score(const accuracy::kit_task& task, const mll::matrix<float>& probabilities, result& out) {
  const std::size_t samples = task.truth.size();
  std::vector<double> right(task.classes.size(), 0);
  std::vector<double> count(task.classes.size(), 0);
  std::vector<std::pair<double, bool>> answers;  // how sure, and whether right
  for (std::size_t i = 0; i < samples; ++i) {
    Eigen::Index top = 0;
    const double sure = static_cast<double>(probabilities.row(static_cast<Eigen::Index>(i)).maxCoeff(&top));
    const bool hit = static_cast<std::size_t>(top) == task.truth[i];
    answers.emplace_back(sure, hit);
    count[task.truth[i]] += 1;
    right[task.truth[i]] += hit ? 1 : 0;
    out.accuracy += hit ? 1 : 0;
  }
  out.accuracy /= static_cast<double>(samples);
  double seen = 0;
  for (std::size_t y = 0; y < count.size(); ++y) {
    if (count[y] == 0) continue;
    out.macro_accuracy += right[y] / count[y];
    ++seen;
  }
  out.macro_accuracy /= seen;

  constexpr std::size_t bins = 15;  // expected calibration error
  std::vector<double> sure_in(bins, 0);
  std::vector<double> right_in(bins, 0);
  for (const auto& [sure, hit] : answers) {
    const auto bin = std::min(bins - 1, static_cast<std::size_t>(sure * static_cast<double>(bins)));
    sure_in[bin] += sure;
    right_in[bin] += hit ? 1 : 0;
  }
  out.calibration_error = 0;
  for (std::size_t b = 0; b < bins; ++b) out.calibration_error += std::abs(sure_in[b] - right_in[b]);
  out.calibration_error /= static_cast<double>(samples);

  std::stable_sort(answers.begin(), answers.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const double coverage : {0.5, 0.7, 0.9}) {
    const auto kept =
        std::max<std::size_t>(1, static_cast<std::size_t>(coverage * static_cast<double>(samples)));
    double hits = 0;
    for (std::size_t i = 0; i < kept; ++i) hits += answers[i].second ? 1 : 0;
    out.at_coverage.push_back(hits / static_cast<double>(kept));
  }
}

class evaluation {
 public:
  explicit evaluation(const options& asked)
      : asked_{asked},
        kit_{asked.kit},
        graph_{mll::read_wordnet("/usr/share/wordnet")},
        content_{graph_},
        hub_{kit_.draw_hub(asked.hub_size, asked.seed)},
        samples_{kit_.representation(graph_, asked.per_node)} {
    auto begin = std::chrono::steady_clock::now();
    labels_ = mll::label(backend_, hub_, samples_, graph_);
    seconds_label_ = since(begin);
    if (asked.general && kit_.has_general()) {
      scorer_.dim = kit_.general_dimension();
      general_ = mll::label_scorer(scorer_, samples_, labels_.samples());
      general_->node_texts.resize(static_cast<Eigen::Index>(labels_.samples().nodes().size()), scorer_.dim);
      Eigen::Index at = 0;
      for (const mll::node_id v : labels_.samples().nodes())
        general_->node_texts.row(at++) = kit_.node_text(graph_[v].id);
    }
    begin = std::chrono::steady_clock::now();
    profile_ = mll::profile(backend_, labels_, graph_,
                            {.general = general_ ? &*general_ : nullptr, .matching = {.content = &content_}});
    seconds_profile_ = since(begin);
  }

  [[nodiscard]] double seconds_label() const { return seconds_label_; }
  [[nodiscard]] double seconds_profile() const { return seconds_profile_; }
  [[nodiscard]] std::size_t hub_size() const { return hub_.size(); }

  /// All methods on one task.
  std::vector<result> run(const std::string& name) {
    const accuracy::kit_task task = kit_.read_task(asked_.tasks_dir / name);
    const mll::task_match found =
        mll::match(backend_, task.classes, graph_, labels_.samples(), {.content = &content_});
    std::optional<mll::task_patch> patch;
    if (general_ && task.general.size() != 0) {
      for (std::size_t y = 0; y < task.classes.size(); ++y) {
        const auto& [word, caption] = task.classes[mll::class_id{y}];
        (*scorer_.texts)[caption.empty() ? word : word + ": " + caption] =
            task.class_texts.row(static_cast<Eigen::Index>(y));
      }
      patch = mll::make_patch(scorer_, *general_, labels_.samples(), found);
    }
    double senses_right = std::numeric_limits<double>::quiet_NaN();
    if (!task.true_wnids.empty()) {
      senses_right = 0;
      for (std::size_t y = 0; y < task.true_wnids.size(); ++y) {
        const mll::node_id node = found.classes[y].node;
        if (node.valid() && graph_[node].id == task.true_wnids[y]) senses_right += 1;
      }
      senses_right /= static_cast<double>(task.true_wnids.size());
    }

    std::vector<result> out;
    const auto add = [&](const std::string& method, const auto& how, bool with_general, std::size_t folds) {
      if (std::find(asked_.methods.begin(), asked_.methods.end(), method) == asked_.methods.end()) return;
      result row{.task = name, .method = method};
      const auto begin = std::chrono::steady_clock::now();
      const mll::selection chosen = mll::select(
          backend_, labels_, found, how,
          {.patch = with_general && patch ? &*patch : nullptr, .profile = &profile_, .folds = folds});
      row.seconds = since(begin);
      row.estimate = chosen.estimate;
      row.heads_used = chosen.combination.heads.size();
      for (const auto& model : chosen.models) row.experts_run += model.id.valid() ? 1 : 0;
      const mll::zero_shot_classifier<accuracy::cached_sample> classifier{hub_, chosen, scorer_};
      const auto samples = task.samples();
      mll::matrix<float> probabilities(static_cast<Eigen::Index>(samples.size()),
                                       static_cast<Eigen::Index>(task.classes.size()));
      classifier.predict(backend_, samples, probabilities);
      score(task, probabilities, row);
      if (chosen.estimate) row.batch_estimate = mll::estimate_on_batch(chosen, probabilities).accuracy;
      row.senses_right = senses_right;
      out.push_back(std::move(row));
    };
    if (std::find(asked_.methods.begin(), asked_.methods.end(), "chance") != asked_.methods.end()) {
      result row{.task = name, .method = "chance"};
      row.accuracy = row.macro_accuracy = 1.0 / static_cast<double>(task.classes.size());
      row.senses_right = senses_right;
      out.push_back(row);
    }
    const std::size_t k = asked_.heads_per_class;
    add("random", mll::random_heads{.count = k, .seed = asked_.seed}, false, 0);
    add("single", mll::single_expert{}, false, 0);
    add("uniform", mll::uniform_average{}, false, 0);
    add("name", mll::name_match{}, false, 0);
    add("top-diff", mll::top_heads<mll::mean_difference>{.count = k}, false, 0);
    add("top-f1", mll::top_heads<mll::best_f1>{.count = k}, false, 0);
    add("top-auc", mll::top_heads<mll::area_under_roc>{.count = k}, false, 0);
    add("greedy-accuracy",
        mll::chco<mll::macro_accuracy>{.budget = mll::heads_per_class{k}, .searched_from = 0}, false, 0);
    add("stacking", mll::ridge_stacking{}, false, 0);
    add("lda", mll::shrunken_lda{}, false, 0);
    if (patch) add("general", mll::general_only{}, true, 0);
    add("chco-heads", mll::chco<>{.budget = mll::heads_per_class{k}}, true, 5);
    add("chco-experts", mll::chco<>{.budget = mll::experts{asked_.experts}}, true, 5);
    add("chco-all", mll::chco<>{.budget = mll::all_experts{}}, true, 5);
    return out;
  }

 private:
  static double since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  options asked_;
  backend_type backend_;
  accuracy::kit kit_;
  mll::semantic_dag<> graph_;
  mll::information_content content_;
  mll::hub<accuracy::cached_sample> hub_;
  mll::representation_table<accuracy::cached_sample> samples_;
  mll::model_labels labels_;
  accuracy::cached_general scorer_;
  std::optional<mll::scorer_label> general_;
  mll::hub_profile profile_;
  double seconds_label_ = 0;
  double seconds_profile_ = 0;
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  std::ostringstream out;
  out << std::setprecision(6) << value;
  return out.str();
}

void write_json(const options& asked, const evaluation& run, const std::vector<result>& results, int argc,
                char** argv) {
  std::ostringstream out;
  std::string command;
  for (int i = 0; i < argc; ++i) command += (i == 0 ? "" : " ") + std::string{argv[i]};
  out << "{\"provenance\": {\"command\": " << quoted(command) << ", \"kit\": " << quoted(asked.kit.string())
      << ", \"tasks_dir\": " << quoted(asked.tasks_dir.string()) << ", \"compiler\": " << quoted(__VERSION__)
      << ", \"threads\": " << std::thread::hardware_concurrency()
      << ", \"general\": " << (asked.general ? "true" : "false")
      << ", \"seconds_label\": " << number(run.seconds_label())
      << ", \"seconds_profile\": " << number(run.seconds_profile()) << "},\n \"results\": [";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const result& row = results[i];
    const auto covered = [&](std::size_t c) {
      return number(row.at_coverage.empty() ? nan : row.at_coverage[c]);
    };
    out << (i == 0 ? "\n" : ",\n") << "  {\"task\": " << quoted(row.task)
        << ", \"method\": " << quoted(row.method) << ", \"hub_size\": " << run.hub_size()
        << ", \"seed\": " << asked.seed << ", \"representation_per_node\": "
        << (asked.per_node == std::numeric_limits<std::size_t>::max() ? "null"
                                                                      : std::to_string(asked.per_node))
        << ", \"heads_per_class\": " << asked.heads_per_class << ", \"experts_budget\": " << asked.experts
        << ", \"accuracy\": " << number(row.accuracy)
        << ", \"macro_accuracy\": " << number(row.macro_accuracy) << ", \"experts_run\": " << row.experts_run
        << ", \"heads_used\": " << row.heads_used
        << ", \"estimate\": " << number(row.estimate ? row.estimate->accuracy : nan)
        << ", \"estimate_low\": " << number(row.estimate ? row.estimate->low : nan)
        << ", \"estimate_high\": " << number(row.estimate ? row.estimate->high : nan)
        << ", \"estimate_on_batch\": " << number(row.batch_estimate)
        << ", \"calibration_error\": " << number(row.calibration_error)
        << ", \"accuracy_at_50\": " << covered(0) << ", \"accuracy_at_70\": " << covered(1)
        << ", \"accuracy_at_90\": " << covered(2) << ", \"senses_right\": " << number(row.senses_right)
        << ", \"seconds_select\": " << number(row.seconds) << "}";
  }
  out << "\n]}\n";
  std::ofstream file{asked.json, std::ios::binary};
  file << out.str();
  if (!file.flush()) throw std::runtime_error{"cannot write " + asked.json};
}

void print(const options& asked, const std::vector<result>& results) {
  std::cout << std::fixed << std::setprecision(3) << std::left << std::setw(16) << "method";
  for (const auto& task : asked.tasks) std::cout << ' ' << std::right << std::setw(12) << task.substr(0, 12);
  std::cout << std::setw(8) << "mean" << std::setw(8) << "macro" << std::setw(9) << "experts" << std::setw(7)
            << "heads" << std::setw(10) << "estimate" << std::setw(10) << "on batch" << std::setw(7) << "ECE"
            << std::setw(8) << "at 50%" << std::setw(9) << "seconds" << '\n';
  for (const auto& method : asked.methods) {
    double n = 0;
    result sum;
    double estimate = 0;
    double at_half = 0;
    double batch = 0;
    double experts = 0;
    double heads = 0;
    sum.calibration_error = 0;
    std::ostringstream line;
    line << std::fixed << std::setprecision(3);
    for (const auto& row : results) {
      if (row.method != method) continue;
      line << ' ' << std::setw(12) << row.accuracy;
      ++n;
      sum.accuracy += row.accuracy;
      sum.macro_accuracy += row.macro_accuracy;
      sum.calibration_error += row.calibration_error;
      sum.seconds += row.seconds;
      estimate += row.estimate ? row.estimate->accuracy : std::numeric_limits<double>::quiet_NaN();
      batch += row.batch_estimate;
      at_half += row.at_coverage.empty() ? std::numeric_limits<double>::quiet_NaN() : row.at_coverage[0];
      experts += static_cast<double>(row.experts_run);
      heads += static_cast<double>(row.heads_used);
    }
    if (n == 0) continue;
    std::cout << std::left << std::setw(16) << method << line.str() << std::right << std::setw(8)
              << sum.accuracy / n << std::setw(8) << sum.macro_accuracy / n << std::setprecision(1)
              << std::setw(9) << experts / n << std::setw(7) << heads / n << std::setprecision(3)
              << std::setw(10);
    if (std::isnan(estimate)) {
      std::cout << "-" << std::setw(10) << "-";
    } else {
      std::cout << estimate / n << std::setw(10) << batch / n;
    }
    std::cout << std::setw(7) << sum.calibration_error / n << std::setw(8) << at_half / n << std::setw(9)
              << sum.seconds / n << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const options asked = parse(argc, argv);
    evaluation run{asked};
    std::cout << run.hub_size() << " experts; labelled in " << std::fixed << std::setprecision(2)
              << run.seconds_label() << " s, profiled in " << run.seconds_profile() << " s\n";
    std::vector<result> results;
    for (const auto& task : asked.tasks) {
      for (auto& row : run.run(task)) {
        std::cerr << row.task << ' ' << row.method << ' ' << row.accuracy << " (" << row.seconds << " s)\n";
        results.push_back(std::move(row));
      }
    }
    print(asked, results);
    for (const auto& task : asked.tasks) {
      const auto row =
          std::find_if(results.begin(), results.end(), [&](const auto& r) { return r.task == task; });
      if (row != results.end() && !std::isnan(row->senses_right))
        std::cout << task << ": sense right for " << row->senses_right << " of the classes\n";
    }
    if (!asked.json.empty()) write_json(asked, run, results, argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << "accuracy: " << failure.what() << '\n';
    return 1;
  }
  return 0;
}
