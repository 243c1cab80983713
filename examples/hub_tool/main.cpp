// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A hub in one file, from the command line: register experts, label them once, choose heads for a task.
//
// needs component: sqlite
// uses component: onnxruntime
// uses component: mpi
// needs package: CLI11 libcli11-dev
// needs package: nlohmann_json nlohmann-json3-dev
// test arguments: --help

#include <mll/core/error.hpp>
#include <mll/store/store_error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "../support/class_names.hpp"
#include "../support/idle_threads.hpp"
#include "../support/network_options.hpp"
#include "../support/number_options.hpp"
#include "commands.hpp"
#include "export_onnx.hpp"
#include "store_settings.hpp"
#if MLL_TEST_MPI
#include <mll/dist/mpi.hpp>
#include <mll/dist/mpi_session.hpp>
#endif

namespace {

using namespace hub_tool;

constexpr const char* footer =
    R"(Files:
  image hubs:   DIR/<synset id, like n02121620>/<image>; experts NAME.onnx with head names in NAME.labels.txt, or
                described as docs/experts.md says: NAME.mll.json, a model folder of Hugging Face or timm, ...
  vector hubs:  DIR/<synset id>.npy, [samples, dimension] of real numbers (used as float32); experts NAME.onnx as
                above, such as pipelines of scikit-learn; or NAME.npy, [heads, dimension + 1] with the bias in the last
                column
  text hubs:    DIR/<synset id>.txt, one text per line, in UTF-8; experts NAME.onnx as above, on strings or token ids

Graph, samples and experts inside the folder of the store are found relative to it, so that the folder can be moved;
set changes the place of others, and add that of an expert. label keeps the labels of samples that are missing: it
ends without a change unless --drop-missing is given.

On many machines, each labels a share into a file of its own, and merge collects them: docs/scale.md.

Exit codes: 0 success; 1 a store is damaged, two differ, or an expert or a sample to classify was left out (samples of
nodes that are skipped are named) or has changed (verify); 2 wrong arguments; 3 a file cannot be read
or written; 130 interrupted (finished work is saved). With --json, errors and warnings are JSON too, one per line.

Example:
  hub_tool init hub.mll --representation images
  hub_tool try experts/birds photo.jpg
  hub_tool add hub.mll experts/*.onnx experts/birds
  hub_tool label hub.mll --general clip-vit-base-patch32
  hub_tool learn-shift hub.mll
  hub_tool find hub.mll dog
  hub_tool select hub.mll pets --classes "cat,dog,goldfish"
  hub_tool report hub.mll --out hub.html
  hub_tool report hub.mll pets --out pets.html
  hub_tool classify hub.mll pets --images photos --out answers.csv --report photos.html
  hub_tool pack hub.mll pets pets.mlltask
  hub_tool classify pets.mlltask --images photos
  mpirun -n 4 hub_tool select hub.mll pets --classes "cat,dog,goldfish"    (see docs/scale.md)
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
    made->add_option("STORE", given.store, "File of the hub")->required()->check(example::a_name());
    out[made] = work;
    return made;
  };

  const auto wordnet = [&](CLI::App* made) {
    made->add_option("--part-of-speech", given.part_of_speech, "Synsets of WordNet that are the nodes")
        ->capture_default_str()
        ->check(CLI::IsMember(part_of_speech_names()));
    made->add_flag("--drop-cycles,!--keep-cycles", given.drop_cycles,
                   "Drop the pointers of WordNet that close a cycle, instead of refusing them");
  };
  auto* creating = command("init", "Create an empty store", init);
  creating->add_option("--representation", given.representation, "Folder with the samples of the nodes")
      ->required();
  creating->add_option("--samples", given.samples, "Input of the experts")
      ->capture_default_str()
      ->check(CLI::IsMember({"images", "vectors", "texts"}));
  creating->add_option("--graph", given.graph, "Folder of WordNet, or a file of lines CHILD<tab>PARENT")
      ->capture_default_str()
      ->check(CLI::ExistingPath);
  creating->add_option("--words", given.words, "For a graph in a file: lines ID<tab>WORD|WORD<tab>GLOSS")
      ->check(CLI::ExistingFile);
  wordnet(creating);
  example::add_network(*creating, given.network);
  auto* setting = command("set", "Change the place of samples or graph, or the preparation of images", set);
  setting->add_option("--representation", given.representation, "Folder with the samples of the nodes");
  setting->add_option("--graph", given.graph, "Folder of WordNet, or a file of lines CHILD<tab>PARENT")
      ->check(CLI::ExistingPath);
  setting->add_option("--words", given.words, "For a graph in a file: lines ID<tab>WORD|WORD<tab>GLOSS")
      ->check(CLI::ExistingFile);
  wordnet(setting);
  example::add_network(*setting, given.network);
  command("verify", "Check every byte of the store, and that the experts' files have the registered content",
          verify);
  command("repair", "Remove what is damaged", repair);

  command("add", "Add experts, or update those whose files have changed", add)
      ->add_option("FILE", given.files, "Files or model folders of experts")
      ->required();
  auto* trying = app.add_subcommand("try", "Run one expert on samples, and show its best answers");
  out[trying] = try_expert;
  trying->add_option("FILE", given.expert, "File or model folder of an expert")->required();
  trying
      ->add_option("SAMPLE", given.tried,
                   "Images; .npy files whose rows are samples; or texts, and .txt files of one per line")
      ->required();
  trying->add_option("--samples", given.tried_as, "Input of the expert (default: as its file declares)")
      ->check(CLI::IsMember({"images", "vectors", "texts"}));
  trying->add_option("--top", given.shown_heads, "Number of answers per sample")
      ->capture_default_str()
      ->check(example::whole_number(1, 1U << 20U));
  example::add_network(*trying, given.network);
  auto* matching = app.add_subcommand("match", "Find what the names of classes mean, all together");
  out[matching] = match_names;
  matching->add_option("NAMES", given.names, "File of lines NAME or NAME<tab>SENTENCE about it")
      ->required()
      ->check(example::a_name());
  matching->add_option("--graph", given.graph, "Folder of WordNet, or a file of lines CHILD<tab>PARENT")
      ->capture_default_str()
      ->check(CLI::ExistingPath);
  matching->add_option("--words", given.words, "For a graph in a file: lines ID<tab>WORD|WORD<tab>GLOSS")
      ->check(CLI::ExistingFile);
  wordnet(matching);
  command("list",
          "List models, the state of their labels, whether their files have changed (by size and date), and "
          "selections",
          list);
  command("remove", "Remove models with their labels", remove)
      ->add_option("MODEL", given.models, "Names of models")
      ->required();

  const auto drop_missing = [&](CLI::App* made) {
    made->add_flag("--drop-missing", given.drop_missing,
                   "Drop the labels of samples that are no longer there");
  };
  auto* labelling =
      command("label", "Label what has no label yet; continues where it was interrupted", label);
  labelling->add_option("--batch", given.batch, "Samples per call of an expert")
      ->capture_default_str()
      ->check(example::whole_number(1, 1U << 20U));
  labelling->add_option(
      "--general", given.general,
      "Folder of a general model, such as an exported CLIP, which select and classify then use; "
      "or none");
  drop_missing(labelling);
  labelling->add_flag("--register", given.register_only,
                      "Register samples and changed experts, and label nothing: before shards are labelled");
  labelling->add_option("--shard", given.shard,
                        "I/N: label the I-th of N shares; STORE is only read (docs/scale.md)");
  labelling
      ->add_option("--into", given.into, "File for the labels of the shard, not on a network file system")
      ->check(example::a_name());
  command("merge", "Add the labels of shards to the store; in any order, and again", merge)
      ->add_option("SHARD", given.files, "Files that label --shard wrote")
      ->required();
  command("missing",
          "List the numbers of the shards that have work left, as 1,4,7; exit code 1 if there are any",
          missing)
      ->add_option("--shards", given.shards, "Number of shards")
      ->required()
      ->check(example::whole_number(1, 1U << 20U));

  auto* learning = command(
      "learn-shift",
      "Learn from distorted samples how accuracy falls on samples from elsewhere, for select and classify; "
      "continues where it was interrupted, in STORE.shift",
      learn_shift);
  learning->add_option("--per-node", given.per_node, "Distorted samples per node")
      ->capture_default_str()
      ->check(example::whole_number(1, 1U << 20U));
  learning->add_option("--tasks", given.tasks, "Tasks that are made of representation samples")
      ->capture_default_str()
      ->check(example::whole_number(1, 1U << 20U));
  learning->add_option("--batch", given.batch, "Samples per call of an expert")
      ->capture_default_str()
      ->check(example::whole_number(1, 1U << 20U));

  auto* selecting =
      command("select", "Choose heads for a task given by class names, and save the choice", select);
  selecting->add_option("NAME", given.name, "Name of the selection")->required();
  example::add_classes(*selecting, given.classes)->required();
  selecting->add_option("--captions", given.captions, "File of lines CLASS<tab>SENTENCE")
      ->check(CLI::ExistingFile);
  auto* heads = selecting->add_option("--heads", given.heads, "Maximum number of heads per class")
                    ->capture_default_str()
                    ->check(example::whole_number(1, 1U << 20U));
  selecting->add_option("--experts", given.experts, "Maximum number of experts that run (instead of --heads)")
      ->check(example::whole_number(1, 1U << 20U))
      ->excludes(heads);
  const auto threshold = [&](CLI::App* made) {
    made->add_option("--threshold", given.threshold, "Minimum probability of an answer, 0 to 1")
        ->check(example::probability());
  };
  threshold(selecting);
  auto* classifying = command(
      "classify", "Classify samples by a selection of a store, or by a pack: STORE NAME, or PACK", classify);
  classifying->add_option("FILE", given.files,
                          "Name of the selection (of a store only), then files of samples");
  classifying->add_option(
      "--images", given.images,
      "Folder of samples; if each lies in a folder named after its class, prints the accuracy");
  threshold(classifying);
  classifying
      ->add_option("--belongs", given.belongs,
                   "Minimum probability that a sample belongs to the task at all, 0 to 1; of selections made "
                   "with --experts")
      ->check(CLI::Range(0.0F, 1.0F));
  classifying
      ->add_option("--out", given.csv, "File for the answers: sample,answer,probability,confidence,belongs")
      ->check(example::a_name());
  classifying->add_option("--report", given.page, "File of a page about the answers, in HTML")
      ->check(example::a_name());
  auto* packing =
      command("pack", "Write a selection and its experts to one file, for classify elsewhere", pack);
  packing->add_option("NAME", given.name, "Name of the selection")->required();
  packing->add_option("FILE", given.pack, "The pack, NAME.mlltask")->required()->check(example::a_name());
  command("info", "Show what a pack holds, and check it", info);
  auto* exporting_graph =
      command("export-onnx", "Write a selection and its experts as one ONNX graph", export_onnx);
  exporting_graph->add_option("NAME", given.name, "Name of the selection")->required();
  exporting_graph->add_option("FILE", given.pack, "The graph, NAME.onnx")
      ->required()
      ->check(example::a_name());
  command("explain", "Show what a selection chose and why", explain)
      ->add_option("NAME", given.name, "Name of the selection")
      ->required();

  auto* finding = command("find", "Find the heads that know a concept, or that respond like a head", find);
  finding->add_option("CONCEPT", given.query, "A word of the graph, or a synset id");
  finding->add_option("--like", given.like, "A head as MODEL:HEAD, by name or by number from 0");
  finding->add_option("--top", given.top, "Heads listed; 0: all")
      ->capture_default_str()
      ->check(example::whole_number(0, 1U << 30U));
  finding->add_flag("--no-names", given.no_names, "Judge heads by their responses alone");
  auto* describing = command("card", "Write a model card from measurements, in Markdown", card);
  describing->add_option("MODEL", given.name, "Name of the model")->required();
  describing->add_option("--out", given.page, "File of the card (default: the standard output)")
      ->check(example::a_name());
  auto* reporting = command("report", "Write a page about the hub or a selection, in HTML", report);
  reporting->add_option("NAME", given.name, "Name of a selection (default: the hub)");
  reporting->add_option("--out", given.page, "File of the page")->required()->check(example::a_name());

  command("export", "Write all labels for NumPy, to a folder of .npy files or to one .npz file",
          export_labels)
      ->add_option("WHERE", given.where, "A new folder, an earlier export, or a file with the extension .npz")
      ->required()
      ->check(example::a_name());
  auto* importing = command("import", "Read labels of the store's models from an export", import_labels);
  importing->add_option("WHERE", given.where, "The export")->required()->check(example::a_name());
  importing->add_flag("--unchecked", given.unchecked,
                      "Import without content hashes: labels of other models or samples are not detected");
  return out;
}

template <class Work>
int run(const Work& work, const arguments& given) {
  const output out{given};
  try {
    const int code = work(given, out);
    output::finish();
    return code;
  } catch (const mll::cancelled& problem) {
    if (isatty(STDERR_FILENO) != 0) std::cerr << '\n';  // ends the line of the progress bar
    out.fail(std::string{problem.what()} + "; finished work is saved", interrupted);
    return interrupted;
  } catch (const mll::store_error& problem) {
    const bool is_content =
        problem.code() == mll::store_errc::damaged || problem.code() == mll::store_errc::conflict;
    const int code = is_content ? incomplete : io_error;
    out.fail(problem.what(), code);
    return code;
  } catch (const mll::invalid_argument& problem) {
    out.fail(problem.what(), bad_arguments);
    return bad_arguments;
  } catch (const std::exception& problem) {
    out.fail(problem.what(), io_error);
    return io_error;
  }
}

#if MLL_TEST_MPI
/// Runs a command on all ranks of an MPI job. What fails on one of them ends the job.
int run_on_ranks(const std::string& name, action work, arguments given) {
  const output out{given};
  try {
    const mll::dist::mpi_session session;
    mll::dist::mpi ranks;
    given.ranks = ranks;
    if (name != "select" && name != "classify") {
      if (ranks.rank() == 0)
        out.fail(name + ": expected one rank, found " + std::to_string(ranks.size()) +
                     " (select and classify run on several)",
                 bad_arguments);
      ranks.barrier();
      return bad_arguments;
    }
    bool has_ended = false;  // or thrown, which other ranks do not know
    const int code = run(
        [&](const arguments& of_rank, const output& to) {
          const int found = work(of_rank, to);
          has_ended = true;
          return found;
        },
        given);
    if (!has_ended || code > incomplete) mll::dist::mpi_session::abort(code);
    return code;
  } catch (const mll::error& problem) {
    out.fail(problem.what(), io_error);
    return io_error;
  }
}
#endif

/// Answers --help and --version, and wrong arguments.
int answer(const CLI::App& app, const CLI::ParseError& problem, const arguments& given, int argc,
           char** argv) {
  const output out{given};
  if (problem.get_exit_code() == 0) {
    const int code = app.exit(problem);
    try {
      output::finish();
    } catch (const mll::error& failed) {
      out.fail(failed.what(), io_error);
      return io_error;
    }
    return code;
  }
  std::string text = problem.what();
  const std::set<std::string_view> flags{"--json", "-q", "--quiet"};
  const auto* first =
      std::find_if(argv + 1, argv + argc, [&](const char* each) { return !flags.contains(each); });
  if (app.get_subcommands().empty() && first != argv + argc)
    text = "expected a command, found '" + std::string{*first} + "'";
  out.fail(text + "; see hub_tool --help", bad_arguments);
  return bad_arguments;
}

/// Keeps the numbers of the standard streams from files that are opened later.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) == -1)
      static_cast<void>(open("/", O_RDONLY | O_DIRECTORY));  // cannot be written
  }
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  example::let_idle_threads_sleep(argv);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
  arguments given;
  given.as_json =
      std::any_of(argv, argv + argc, [](const char* each) { return std::string_view{each} == "--json"; });
  CLI::App app{"Keeps a hub of experts and their labels in one file.", "hub_tool"};
  if (given.as_json) output::keep_errors_apart();
  const auto actions = declare(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return answer(app, problem, given, argc, argv);
  }
  const CLI::App* command = app.get_subcommands().front();
  for (const CLI::Option* each : command->get_options()) {
    if (each->count() != 0 && each->get_name().starts_with("--")) given.set.insert(each->get_name());
  }
  std::signal(SIGINT, [](int) {
    static_cast<void>(stop.request_stop());  // no callback is registered: this only sets a flag
    std::signal(SIGINT, SIG_DFL);            // a second Ctrl-C ends the program
  });
#if MLL_TEST_MPI
  if (mll::dist::mpi_session::launched_ranks().value_or(1) > 1)
    return run_on_ranks(command->get_name(), actions.at(command), given);
#endif
  return run(actions.at(command), given);
}
