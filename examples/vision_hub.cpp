// The whole way on your own files: a folder of ONNX experts answers a question about images that none of them
// was made for.
//
// needs component: opencv
// test arguments: --help

#include <mll/label/io/npy.hpp>
#include <mll/label/representation/image_folder.hpp>
#include <mll/mll.hpp>
#include <mll/model/onnx/onnx_opencv.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/backend.hpp"

namespace {

namespace fs = std::filesystem;

constexpr std::string_view usage =
    R"(usage: vision_hub --hub DIR --representation DIR --classes "cat,dog,truck" --images DIR [options]
  --hub DIR              experts: NAME.onnx with its head names in NAME.labels.txt, one a line
  --representation DIR   images that show what words mean: DIR/<synset id, like n02121620>/<image>
  --classes "a,b,c"      names of the classes
  --images DIR           what to classify; if all lie in folders with names of classes, the accuracy is printed
  --captions FILE        lines CLASS<tab>SENTENCE that say more about a class
  --experts N            at most N experts may run (default: any number)
  --heads K              at most K heads a class (instead of --experts)
  --out DIR              for predictions.csv, explanation.txt and the labels, which are used again (default: the hub)
  --wordnet DIR          folder with data.noun (default /usr/share/wordnet)
  --size N --order rgb|bgr --layout nchw|nhwc --scale X --mean a,b,c --deviation a,b,c --logits
                         what the experts take and give (default: size as in the file, rgb, nchw, 1/255, probabilities)
)";

struct settings {
  fs::path hub;
  fs::path representation;
  fs::path images;
  fs::path captions;
  fs::path out;
  std::string wordnet = "/usr/share/wordnet";
  std::vector<std::string> classes;
  mll::selection_budget budget = mll::all_experts{};
  mll::onnx_options network;
  std::string network_text;  // what of the options above was given
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out{""};
  for (const char c : text) {
    if (c == ',') {
      out.emplace_back();
    } else if (c != ' ' || !out.back().empty()) {
      out.back() += c;
    }
  }
  return out;
}

settings parse(std::span<char*> arguments) {
  settings out;
  bool budgeted = false;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string option = arguments[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == arguments.size()) throw mll::invalid_argument{option, "a value", "none"};
      return arguments[++i];
    };
    const auto count = [&]() -> std::size_t {
      const std::string text = value();
      if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos ||
          text.find_first_not_of('0') == std::string::npos)
        throw mll::invalid_argument{option, "a number from 1 on", "'" + text + "'"};
      return std::stoul(text);
    };
    const auto real = [&](const std::string& text) {
      char* end = nullptr;
      const float number = std::strtof(text.c_str(), &end);
      if (text.empty() || *end != '\0') throw mll::invalid_argument{option, "a number", "'" + text + "'"};
      return number;
    };
    const auto three = [&](std::array<float, 3>& into) {
      const auto parts = split(value());
      if (parts.size() != 3)
        throw mll::invalid_argument{option, "three numbers", std::to_string(parts.size())};
      for (std::size_t c = 0; c < 3; ++c) into[c] = real(parts[c]);
    };
    const auto one_of = [&](const std::string& first, const std::string& second) {
      const std::string text = value();
      if (text != first && text != second)
        throw mll::invalid_argument{option, first + " or " + second, "'" + text + "'"};
      return text == first;
    };
    const std::size_t begin = i;
    bool of_network = false;
    if (option == "--hub") {
      out.hub = value();
    } else if (option == "--representation") {
      out.representation = value();
    } else if (option == "--images") {
      out.images = value();
    } else if (option == "--captions") {
      out.captions = value();
    } else if (option == "--classes") {
      out.classes = split(value());
    } else if (option == "--out") {
      out.out = value();
    } else if (option == "--wordnet") {
      out.wordnet = value();
    } else if (option == "--experts" || option == "--heads") {
      if (budgeted) throw mll::invalid_argument{option, "one of --experts and --heads", "two"};
      budgeted = true;
      if (option == "--experts") {
        out.budget = mll::experts{count()};
      } else {
        out.budget = mll::heads_per_class{count()};
      }
    } else if (option == "--help") {
      std::cout << usage;
      std::exit(0);
    } else {
      of_network = true;
      if (option == "--size") {
        out.network.width = out.network.height = count();
      } else if (option == "--order") {
        out.network.order = one_of("rgb", "bgr") ? mll::channel_order::rgb : mll::channel_order::bgr;
      } else if (option == "--layout") {
        out.network.layout = one_of("nchw", "nhwc") ? mll::tensor_layout::nchw : mll::tensor_layout::nhwc;
      } else if (option == "--scale") {
        out.network.scale = real(value());
      } else if (option == "--mean") {
        three(out.network.mean);
      } else if (option == "--deviation") {
        three(out.network.deviation);
      } else if (option == "--logits") {
        out.network.output = mll::activation::softmax;
      } else {
        throw mll::invalid_argument{"arguments", "an option of those that --help lists", "'" + option + "'"};
      }
    }
    for (std::size_t k = begin; of_network && k <= i; ++k)
      out.network_text += " " + std::string{arguments[k]};
  }
  const auto need = [](const char* option, bool given) {
    if (!given) throw mll::invalid_argument{option, "a value (see --help)", "none"};
  };
  need("--hub", !out.hub.empty());
  need("--representation", !out.representation.empty());
  need("--classes", !out.classes.empty());
  need("--images", !out.images.empty());
  if (!fs::is_directory(out.hub))
    throw mll::invalid_argument{"--hub", "a folder", "'" + out.hub.string() + "'"};
  if (!fs::is_directory(out.images))
    throw mll::invalid_argument{"--images", "a folder", "'" + out.images.string() + "'"};
  if (out.out.empty()) out.out = out.hub;
  return out;
}

mll::task read_task(const settings& set) {
  std::map<std::string, std::string> captions;
  if (!set.captions.empty()) {
    std::ifstream stream{set.captions};
    if (!stream) throw mll::parse_error{set.captions.string(), 0, "a readable file", "none"};
    std::size_t number = 0;
    for (std::string line; std::getline(stream, line);) {
      ++number;
      if (line.ends_with('\r')) line.pop_back();
      const auto tab = line.find('\t');
      const std::string name = line.substr(0, tab);
      if (tab == std::string::npos)
        throw mll::parse_error{set.captions.string(), number, "CLASS<tab>SENTENCE", "no tab"};
      if (std::find(set.classes.begin(), set.classes.end(), name) == set.classes.end())
        throw mll::parse_error{set.captions.string(), number, "one of the classes", "'" + name + "'"};
      captions[name] = line.substr(tab + 1);
    }
  }
  std::vector<mll::task_class> classes;
  for (const auto& name : set.classes) classes.push_back({name, captions[name]});
  return mll::task{std::move(classes)};
}

/// Which samples the labels were made of, a line each, after a line on how images enter a network: kept
/// beside the labels, to see whether they still hold.
std::string describe(const mll::image_folder& samples, const mll::semantic_dag<>& graph,
                     const settings& set) {
  std::string out = "network" + set.network_text + "\n";
  for (const mll::node_id v : samples.nodes()) {
    for (std::size_t i = 0; i < samples.sample_count(v); ++i) {
      const fs::path& file = samples.file(v, i);
      out +=
          graph[v].id + "\t" + file.filename().string() + "\t" + std::to_string(fs::file_size(file)) + "\n";
    }
  }
  return out;
}

/// Whether what was there is still there, and whatever is new comes after it.
bool only_grew(const std::string& before, const std::string& now) {
  const auto by_node = [](const std::string& text) {
    std::map<std::string, std::string> out;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) out[line.substr(0, line.find('\t'))] += line + "\n";
    return out;
  };
  const auto held = by_node(before);
  auto holds = by_node(now);
  return std::all_of(held.begin(), held.end(),
                     [&](const auto& node) { return holds[node.first].starts_with(node.second); });
}

/// The experts of a folder, under the ids that earlier labels know them by.
mll::hub<cv::Mat> read_hub(const settings& set, mll::model_labels& labels) {
  std::map<std::string, fs::path> files;
  for (const auto& entry : fs::directory_iterator{set.hub}) {
    if (entry.path().extension() == ".onnx") files.emplace(entry.path().stem().string(), entry.path());
  }
  mll::hub<cv::Mat> hub;
  const auto add = [&](const std::string& name) {
    try {
      hub.add(name, mll::load_onnx_classifier(files.at(name), set.network));
      return true;
    } catch (const mll::error& problem) {
      std::cerr << "left out: " << problem.what() << '\n';
      return false;
    }
  };
  std::map<std::size_t, std::string> known;
  for (const auto& label : labels.models()) known.emplace(label.model.index(), label.name);
  const mll::callable_classifier<cv::Mat> nobody{
      {"none"}, [](std::span<const cv::Mat>) { return mll::matrix<float>{}; }};
  for (std::size_t id = 0; !known.empty() && id <= known.rbegin()->first; ++id) {
    const auto found = known.find(id);
    const bool there = found != known.end() && files.contains(found->second) && add(found->second);
    if (!there) hub.remove(hub.add("(gone)", nobody));  // ids are never given out twice
    if (found != known.end()) files.erase(found->second);
  }
  for (const auto& [name, file] : files) add(name);
  return hub;
}

/// Labels as they are kept in a folder, without what has changed since; empty if there are none that hold.
mll::model_labels read_labels(const fs::path& folder, const std::string& samples,
                              const mll::semantic_dag<>& graph, const settings& set) {
  const fs::path manifest = folder / "manifest.tsv";
  if (!fs::exists(manifest)) return {};
  std::ifstream stream{fs::path{folder} += ".samples.tsv"};
  const std::string before{std::istreambuf_iterator<char>{stream}, {}};
  if (before.empty() || !only_grew(before, samples)) {
    std::cout << "The samples have changed: labelling anew\n";
    return {};
  }
  auto labels = mll::import_labels(graph, folder);
  std::vector<mll::model_id> changed;
  for (const auto& label : labels.models()) {
    const fs::path file = set.hub / (label.name + ".onnx");
    if (fs::exists(file) && fs::last_write_time(file) > fs::last_write_time(manifest))
      changed.push_back(label.model);
  }
  for (const mll::model_id id : changed) labels.erase(id);
  return labels;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string{"\"\""} : std::string{c};
  return out + "\"";
}

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream stream{file, std::ios::binary};
  stream << text;
  stream.close();
  if (!stream) throw mll::error{"cannot write " + file.string()};
}

int run(const settings& set) {
  const example_backend backend;
  cv::setNumThreads(1);  // experts run side by side, one thread each
  const mll::progress_observer bar =
      isatty(STDERR_FILENO) != 0 ? mll::progress_bar(std::cerr) : mll::progress_observer{};
  const mll::task task = read_task(set);
  fs::create_directories(set.out);

  // 1. What words mean: a graph, and images of its nodes.
  const auto graph = mll::read_wordnet(set.wordnet);
  const mll::image_folder samples{
      set.representation,
      graph,
      {.unknown_node = mll::image_folder_policy::skip, .check = mll::image_check::decode}};
  for (const auto& each : samples.skipped())
    std::cerr << "left out: " << each.path.string() << " " << each.reason << '\n';

  // 2. The experts, and their labels: kept, and only what is new is run.
  const fs::path folder = set.out / "labels";
  const std::string description = describe(samples, graph, set);
  auto labels = read_labels(folder, description, graph, set);
  const std::size_t kept = labels.models().size();
  const auto hub = read_hub(set, labels);
  if (hub.empty()) throw mll::invalid_argument{"--hub", "a folder with experts that can be used", "none"};
  mll::update_labels(backend, labels, hub, samples, graph, {.observer = bar});
  for (const auto& failure : labels.failures()) std::cerr << "left out: " << failure.message << '\n';
  mll::export_labels(labels, graph, folder);
  write_file(fs::path{folder} += ".samples.tsv", description);
  std::cout << labels.models().size() << " experts with " << labels.head_count() << " heads are labelled on "
            << labels.samples().row_count() << " images of " << labels.samples().nodes().size() << " nodes ("
            << kept << " labels were there)\n";

  // 3. The task: what its classes mean, and which experts answer it.
  const mll::information_content content{graph};
  const auto profile = mll::profile(backend, labels, graph, {.matching = {.content = &content}});
  const auto match = mll::match(backend, task, graph, labels.samples(), {.content = &content});
  const auto chosen = mll::select(backend, labels, match,
                                  {.method = {.budget = set.budget}, .profile = &profile, .folds = 5});
  write_file(set.out / "explanation.txt", mll::explain(match, graph) + mll::explain(chosen));

  // 4. Answers.
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator{set.images}) {
    if (entry.is_regular_file() && mll::image_folder::has_image_name(entry.path()))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  const mll::zero_shot_classifier<cv::Mat> classifier{hub, chosen};
  std::string table = "image,answer,probability";
  for (const auto& name : set.classes) table += "," + quoted(name);
  table += "\n";
  std::size_t answered = 0;
  std::size_t with_truth = 0;
  std::size_t right = 0;
  constexpr std::size_t at_a_time = 1000;
  for (std::size_t first = 0; first < files.size(); first += at_a_time) {
    std::vector<cv::Mat> batch;
    std::vector<fs::path> names;
    for (std::size_t i = first; i < std::min(files.size(), first + at_a_time); ++i) {
      try {
        batch.push_back(mll::image_folder::decode(files[i]));
        names.push_back(files[i]);
      } catch (const mll::parse_error& problem) {
        std::cerr << "left out: " << problem.what() << '\n';
      }
    }
    mll::matrix<float> scores(static_cast<Eigen::Index>(batch.size()),
                              static_cast<Eigen::Index>(set.classes.size()));
    classifier.predict(backend, batch, scores);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto row = scores.row(static_cast<Eigen::Index>(i));
      Eigen::Index top = 0;
      std::ostringstream line;
      line << std::fixed << std::setprecision(4) << row.maxCoeff(&top);
      for (const float probability : row) line << ',' << probability;
      const std::string& answer = set.classes[static_cast<std::size_t>(top)];
      table += quoted(fs::relative(names[i], set.images).string()) + "," + quoted(answer) + "," + line.str() +
               "\n";
      ++answered;
      const std::string truth = names[i].parent_path().filename().string();
      if (std::find(set.classes.begin(), set.classes.end(), truth) == set.classes.end()) continue;
      ++with_truth;
      if (truth == answer) ++right;
    }
  }
  write_file(set.out / "predictions.csv", table);
  std::cout << "Answered " << answered << " images with " << classifier.model_count() << " of " << hub.size()
            << " experts: " << (set.out / "predictions.csv").string()
            << "; why: " << (set.out / "explanation.txt").string() << '\n';
  std::cout << std::fixed << std::setprecision(4);
  if (chosen.estimate) {
    std::cout << "Accuracy, estimated beforehand: " << chosen.estimate->accuracy << " ("
              << chosen.estimate->low << " to " << chosen.estimate->high << ")\n";
  }
  if (answered > 0 && with_truth == answered)
    std::cout << "Accuracy: " << static_cast<double>(right) / static_cast<double>(answered) << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse({argv, static_cast<std::size_t>(argc)}));
  } catch (const mll::error& problem) {
    std::cerr << "vision_hub: " << problem.what() << '\n';
  } catch (const std::filesystem::filesystem_error& problem) {
    std::cerr << "vision_hub: " << problem.what() << '\n';
  }
  return 2;
}
