// A hub in one file, from the command line: register experts, label them once, choose heads for a task.
//
// needs component: sqlite
// needs package: CLI11 libcli11-dev
// needs package: nlohmann_json nlohmann-json3-dev
// test arguments: --help

#include <mll/core/error.hpp>
#include <mll/store/store_error.hpp>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <map>

#include "../support/class_names.hpp"
#include "../support/network_options.hpp"
#include "commands.hpp"

namespace {

using namespace hub_tool;

constexpr const char* footer =
    R"(Files:
  image hubs:   DIR/<synset id, like n02121620>/<image>; experts NAME.onnx, head names in NAME.labels.txt
  vector hubs:  DIR/<synset id>.npy, float32 [samples, dimension]; experts NAME.npy, float32 [heads, dimension + 1]
                with the bias in the last column, head names in NAME.labels.txt

Exit codes: 0 success; 1 the store is damaged or a model could not be used; 2 wrong arguments; 3 a file cannot be read
or written; 130 interrupted (finished work is saved).

Example:
  hub_tool init hub.mll --representation images
  hub_tool add hub.mll experts/*.onnx
  hub_tool label hub.mll
  hub_tool select hub.mll pets --classes "cat,dog,goldfish"
)";

using action = int (*)(const arguments&, const output&);

/// Declares the commands; returns what each does.
std::map<const CLI::App*, action> declare(CLI::App& app, arguments& given) {
  app.footer(footer);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", given.as_json, "Print the result as JSON");
  app.add_flag("-q,--quiet", given.quiet, "Print errors only");
  app.set_version_flag("--version", "hub_tool of mll " MLL_VERSION);
  std::map<const CLI::App*, action> out;
  const auto command = [&](const char* name, const char* help, action work) {
    CLI::App* made = app.add_subcommand(name, help);
    made->add_option("STORE", given.store, "File of the hub")->required();
    out[made] = work;
    return made;
  };

  auto* creating = command("init", "Create an empty store", init);
  creating->add_option("--representation", given.representation, "Folder with the samples of the nodes")
      ->required();
  creating->add_option("--samples", given.samples, "Input of the experts")
      ->capture_default_str()
      ->check(CLI::IsMember({"images", "vectors"}));
  creating->add_option("--graph", given.graph, "Folder of WordNet, or a file of lines CHILD<tab>PARENT")
      ->capture_default_str()
      ->check(CLI::ExistingPath);
  creating->add_option("--words", given.words, "For a graph in a file: lines ID<tab>WORD|WORD<tab>GLOSS")
      ->check(CLI::ExistingFile);
  example::add_network(*creating, given.network);
  command("verify", "Check every byte of the store", verify);
  command("repair", "Remove what is damaged", repair);

  command("add", "Add experts, or update those whose files have changed", add)
      ->add_option("FILE", given.files, "Files of experts")
      ->required();
  command("list", "List models, the state of their labels, and selections", list);
  command("remove", "Remove models with their labels", remove)
      ->add_option("MODEL", given.models, "Names of models")
      ->required();

  command("label", "Label what has no label yet; continues where it was interrupted", label)
      ->add_option("--batch", given.batch, "Samples per call of an expert")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);

  auto* selecting =
      command("select", "Choose heads for a task given by class names, and save the choice", select);
  selecting->add_option("NAME", given.name, "Name of the selection")->required();
  example::add_classes(*selecting, given.classes)->required();
  selecting->add_option("--captions", given.captions, "File of lines CLASS<tab>SENTENCE")
      ->check(CLI::ExistingFile);
  auto* heads = selecting->add_option("--heads", given.heads, "Maximum number of heads per class")
                    ->capture_default_str()
                    ->check(CLI::PositiveNumber);
  selecting->add_option("--experts", given.experts, "Maximum number of experts that run (instead of --heads)")
      ->check(CLI::PositiveNumber)
      ->excludes(heads);
  command("explain", "Show what a selection chose and why", explain)
      ->add_option("NAME", given.name, "Name of the selection")
      ->required();

  command("export", "Write all labels for NumPy, to a folder of .npy files or to one .npz file",
          export_labels)
      ->add_option("WHERE", given.where, "A new folder, an earlier export, or a file with the extension .npz")
      ->required();
  command("import", "Read labels of the store's models from an export", import_labels)
      ->add_option("WHERE", given.where, "The export")
      ->required();
  return out;
}

int run(action work, const arguments& given) {
  try {
    return work(given, output{given});
  } catch (const mll::cancelled& problem) {
    if (isatty(STDERR_FILENO) != 0) std::cerr << '\n';  // ends the line of the progress bar
    std::cerr << "hub_tool: " << problem.what() << "; finished work is saved\n";
    return interrupted;
  } catch (const mll::store_error& problem) {
    std::cerr << "hub_tool: " << problem.what() << '\n';
    return problem.code() == mll::store_errc::damaged ? incomplete : io_error;
  } catch (const mll::invalid_argument& problem) {
    std::cerr << "hub_tool: " << problem.what() << '\n';
    return bad_arguments;
  } catch (const std::exception& problem) {
    std::cerr << "hub_tool: " << problem.what() << '\n';
    return io_error;
  }
}

}  // namespace

int main(int argc, char** argv) {
  arguments given;
  CLI::App app{"Keeps a hub of experts and their labels in one file.", "hub_tool"};
  const auto actions = declare(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? ok : bad_arguments;
  }
  std::signal(SIGINT, [](int) {
    static_cast<void>(stop.request_stop());  // no callback is registered: this only sets a flag
    std::signal(SIGINT, SIG_DFL);            // a second Ctrl-C ends the program
  });
  return run(actions.at(app.get_subcommands().front()), given);
}
