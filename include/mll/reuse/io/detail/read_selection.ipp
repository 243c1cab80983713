// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/reuse/io/detail/fault_of.hpp"
#include "mll/reuse/io/detail/selection_fields.hpp"
#include "mll/reuse/io/read_selection.hpp"

namespace mll {

MLL_DEFINE selection detail::decode_selection(const file_bytes& file) {
  section_reader in{file, selection_format};
  std::vector<task_class> classes;
  in.require("TASK", [&](value_reader& from) { from(classes); });
  const auto read_task = [&] {
    try {
      return task{std::move(classes)};
    } catch (const invalid_argument& thrown) {
      throw parse_error{file.name + ", section TASK", 0, "the classes of a task", thrown.what()};
    }
  };
  selection out{.match = {.task = read_task(), .classes = {}}};
  in.require("SENS", [&](value_reader& from) { transfer_senses(from, out); });
  in.require("METH", [&](value_reader& from) { from(out.method, out.threshold); });
  in.require("ENSE", [&](value_reader& from) { transfer_ensemble(from, out.ensemble); });
  in.find("CORR", [&](value_reader& from) { from(out.ensemble.correction.emplace()); });
  in.find("TDIS", [&](value_reader& from) { from(out.ensemble.general.emplace()); });
  in.find("NAMD", [&](value_reader& from) { from(out.named); });
  in.require("MODL", [&](value_reader& from) { from(out.models); });
  in.require("WHYS", [&](value_reader& from) { from(out.reasons); });
  in.find("ESTI", [&](value_reader& from) { from(out.estimate.emplace()); });
  in.find("LIMI", [&](value_reader& from) {
    if (!out.estimate) out.estimate.emplace();
    transfer_limits(from, *out.estimate);
  });
  in.find("SHFT", [&](value_reader& from) { from(out.shift); });
  if (out.estimate) {
    for (const class_match& found : out.match.classes) {
      out.estimate->sample_counts.push_back(found.sample_count);
      out.estimate->coverages.push_back(found.coverage);
    }
  }
  in.find("GENE", [&](value_reader& from) { transfer_general(from, out); });
  in.find("MEMB", [&](value_reader& from) { from(out.membership.emplace()); });
  in.finish();
  if (const std::string fault = fault_of(out); !fault.empty())
    throw parse_error{file.name, 0, "a selection whose parts fit together", fault};
  return out;
}

}  // namespace mll
