// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The commands of hub_tool and what they share: arguments, exit codes, output.
#pragma once

#include <mll/core/progress.hpp>
#include <mll/dist/communicator_ref.hpp>

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "../support/network_settings.hpp"

namespace hub_tool {

// Exit codes; main also returns `bad_arguments` for errors of the command line itself.
inline constexpr int ok = 0;
inline constexpr int incomplete = 1;     // the store is damaged, or something was left out
inline constexpr int bad_arguments = 2;  // an argument has no meaning here
inline constexpr int io_error = 3;       // the store or a file cannot be read or written
inline constexpr int interrupted = 130;

/// The arguments of all commands.
struct arguments {
  std::string store;
  std::string graph = "/usr/share/wordnet";
  std::string words;
  std::string part_of_speech = "noun";
  bool drop_cycles = false;
  std::string representation;
  std::string samples = "images";
  example::network_settings network;
  std::set<std::string> set;        // the options that were given, of set
  std::string expert;               // of try
  std::vector<std::string> tried;   // samples of try
  std::string tried_as;             // their kind; empty: as the expert's file declares
  std::size_t shown_heads = 5;      // per sample of try
  std::vector<std::string> files;   // of experts; of classify the name of a selection and samples
  std::vector<std::string> models;  // names
  std::string name;                 // of a selection
  std::string names;                // of match: a file
  std::vector<std::string> classes;
  std::string captions;
  std::string general;  // folder of a general model; "none"
  std::size_t heads = 3;
  std::size_t experts = 0;  // 0: the budget is `heads`
  std::string where;        // of an export
  std::string images;       // folder of samples to classify
  std::string csv;          // for the answers
  std::string pack;
  std::optional<float> threshold;
  float belongs = 0;
  std::size_t batch = 256;
  std::size_t per_node = 8;    // of learn-shift: distorted samples per node
  std::size_t tasks = 40;      // of learn-shift
  bool drop_missing = false;   // of label
  bool register_only = false;  // of label
  std::string shard;           // of label: I/N; empty: no shard
  std::string into;            // of label: file of the shard
  std::size_t shards = 0;      // of missing
  bool unchecked = false;      // of import
  bool as_json = false;
  bool quiet = false;
  std::string query;      // of find: a concept
  std::string like;       // of find: MODEL:HEAD
  std::size_t top = 10;   // of find
  bool no_names = false;  // of find
  std::string page;       // file of a report or card

  /// The ranks of the job, under mpirun.
  std::optional<mll::dist::communicator_ref> ranks;
};

/// The text with what cannot be seen spelled out: line ends, bytes that are not UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

/// Text for people, or JSON for programs: the result on the standard output, warnings and errors, one per
/// line, on the standard error.
class output {
 public:
  explicit output(const arguments& given) : given_{given} {}
  void say(const std::string& text) const;
  void warn(const std::string& text) const;
  void fail(const std::string& text, int code) const;
  void result(const nlohmann::json& value) const;
  /// From now on, what libraries write to the standard error is dropped: with --json, every line there is
  /// JSON.
  static void keep_errors_apart();
  /// Throws: `error` if not all of the output was written.
  static void finish();
  [[nodiscard]] mll::progress_observer progress() const;

 private:
  const arguments& given_;
};

/// Ctrl-C requests it to stop.
inline std::stop_source stop;

// Each returns an exit code.
int init(const arguments& given, const output& out);
int set(const arguments& given, const output& out);
int verify(const arguments& given, const output& out);
int repair(const arguments& given, const output& out);
int add(const arguments& given, const output& out);
int try_expert(const arguments& given, const output& out);
int match_names(const arguments& given, const output& out);
int list(const arguments& given, const output& out);
int remove(const arguments& given, const output& out);
int label(const arguments& given, const output& out);
int learn_shift(const arguments& given, const output& out);
/// `label` with `--shard` and `--into`.
int label_shard(const arguments& given, const output& out);
int merge(const arguments& given, const output& out);
int missing(const arguments& given, const output& out);
int select(const arguments& given, const output& out);
int explain(const arguments& given, const output& out);
int find(const arguments& given, const output& out);
int card(const arguments& given, const output& out);
int report(const arguments& given, const output& out);
int classify(const arguments& given, const output& out);
int pack(const arguments& given, const output& out);
int info(const arguments& given, const output& out);
int export_labels(const arguments& given, const output& out);
int import_labels(const arguments& given, const output& out);

}  // namespace hub_tool
