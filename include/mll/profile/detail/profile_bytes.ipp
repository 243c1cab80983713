// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/io/crc64.hpp"
#include "mll/core/io/sections.hpp"
#include "mll/core/io/values.hpp"
#include "mll/profile/detail/fault_of_profile.hpp"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/detail/profile_bytes.hpp"

namespace mll::detail {

inline constexpr section_format profile_format{"\x89MLLPRO\n", "a profile of mll", 1};

void transfer(auto& io, maybe_const<head_meaning> auto& v) {
  io(v.node, v.confidence);
}
void transfer(auto& io, maybe_const<graph_regressors> auto& v) {
  io(v.first_head, v.nodes, v.deviations, v.mean, v.centre, v.coefficients);
}
void transfer(auto& io, maybe_const<hub_profile::general_model_part> auto& v) {
  io(v.embeddings, v.scale, v.mean, v.text_mean, v.text_to_image);
}
void transfer(auto& io, maybe_const<covariance_factor> auto& v) {
  io(v.loadings, v.coordinates, v.variances, v.of_embeddings);
}
void transfer_origin(auto& io, maybe_const<hub_profile> auto& v, auto& content) {
  io(v.graph, v.samples, v.names, content);
}
void transfer_heads(auto& io, maybe_const<hub_profile> auto& v) {
  io(v.meanings, v.log_width, v.degrees_of_freedom);
}

MLL_LOCAL std::uint64_t fingerprint_of(const information_content& content) {
  crc64_sum out;
  for (std::size_t v = 0; v < content.size(); ++v) {
    value_writer value;
    value(content[node_id{v}]);
    out.process_bytes(value.bytes.data(), value.bytes.size());
  }
  return out.checksum();
}

MLL_DEFINE std::string encode_profile(const hub_profile& profile) {
  const std::uint64_t content = fingerprint_of(*profile.content);
  section_writer out{profile_format};
  const auto add = [&](std::string_view tag, const auto& write) {
    value_writer to;
    write(to);
    out.add(tag, required_section, to.bytes);
  };
  add("ORIG", [&](value_writer& to) { transfer_origin(to, profile, content); });
  add("HEAD", [&](value_writer& to) { transfer_heads(to, profile); });
  add("REGR", [&](value_writer& to) { to(profile.regressors); });
  if (profile.factor.empty()) {
    add("COVA", [&](value_writer& to) { to(profile.covariance); });
  } else {
    add("FACT", [&](value_writer& to) { to(profile.factor); });
  }
  if (profile.has_general()) add("GENE", [&](value_writer& to) { to(profile.general); });
  if (profile.general.node_texts.size() != 0)
    add("TEXT", [&](value_writer& to) { to(profile.general.node_texts); });
  // What only `update_profile` needs: an earlier version of the library reads the profile without it.
  const auto add_optional = [&](std::string_view tag, const auto&... values) {
    value_writer to;
    to(values...);
    out.add(tag, 0, to.bytes);
  };
  if (!profile.responses.empty()) add_optional("PART", profile.responses, profile.regressors.equations);
  if (profile.general.unscaled_covariance.size() != 0)
    add_optional("UNSC", profile.general.unscaled_covariance);
  return std::move(out).finish();
}

MLL_DEFINE hub_profile decode_profile(const file_bytes& file,
                                      std::shared_ptr<const information_content> content) {
  section_reader in{file, profile_format};
  hub_profile out;
  std::uint64_t of_content = 0;
  in.require("ORIG", [&](value_reader& from) { transfer_origin(from, out, of_content); });
  in.require("HEAD", [&](value_reader& from) { transfer_heads(from, out); });
  in.require("REGR", [&](value_reader& from) { from(out.regressors); });
  in.find("FACT", [&](value_reader& from) { from(out.factor); });
  if (out.factor.empty()) in.require("COVA", [&](value_reader& from) { from(out.covariance); });
  in.find("GENE", [&](value_reader& from) { from(out.general); });
  in.find("TEXT", [&](value_reader& from) { from(out.general.node_texts); });
  in.find("PART", [&](value_reader& from) { from(out.responses, out.regressors.equations); });
  in.find("UNSC", [&](value_reader& from) { from(out.general.unscaled_covariance); });
  in.finish();
  if (out.graph != content->graph())
    throw parse_error{file.name, 0, "a profile of this graph", "one of another graph"};
  if (of_content != fingerprint_of(*content))
    throw parse_error{file.name, 0, "a profile by this information content", "one by another"};
  if (const std::string fault = fault_of_profile(out, content->size()); !fault.empty())
    throw parse_error{file.name, 0, "a profile whose parts fit together", fault};
  out.content = std::move(content);
  out.algebra = host_algebra::shared();
  return out;
}

}  // namespace mll::detail
