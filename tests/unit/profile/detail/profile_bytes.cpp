// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/detail/profile_bytes.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/io/sections.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "mll/profile/update_profile.hpp"
#include "support/planted_names.hpp"

namespace {

/// The profile of `small_hub` without and with a general model, as it was written before profiles held what
/// `update_profile` needs.
constexpr std::string_view without_parts =
    "894d4c4c50524f0a01000000040000004f52494701000000200000000000000061e88a386c481cc60b0354c5dd0d6a6e26c2"
    "47ccfa442f00e0e78ba34fc252e348454144010000004800000000000000020000000000000000000000000000000000f03f"
    "ffffffff000000000000000001000000000000000200000000000000ef39fafe422ee63fef39fafe422ee63f000000000000"
    "f03f5245475201000000f8000000000000000200000000000000000000000000000002000000000000000200000000000000"
    "00000000010000000200000000000000020000000000000094d7507e7102e03f5e43796d2c11e2bf6c28af21e771ebbfa2bc"
    "8672def8ee3f0100000000000000020000000000000090f21acae3689bbf44790da5f5e6dfbf040000000000000002000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000e03f0000000000000000000000000000000000000000000000000000000000000000a5fe616eef38f43f"
    "00000000000000000000000000000000434f564101000000200000000000000002000000000000000200000000000000c41a"
    "e83c831301be831301bed18f0f3fc80d419c036963d5";
constexpr std::string_view without_parts_general =
    "894d4c4c50524f0a01000000060000004f52494701000000200000000000000061e88a386c481cc60b0354c5dd0d6a6e26c2"
    "47ccfa442f00e0e78ba34fc252e348454144010000004800000000000000020000000000000000000000000000000000f03f"
    "ffffffff000000000000000001000000000000000200000000000000ef39fafe422ee63fef39fafe422ee63f000000000000"
    "f03f5245475201000000f8000000000000000200000000000000000000000000000002000000000000000200000000000000"
    "00000000010000000200000000000000020000000000000094d7507e7102e03f5e43796d2c11e2bf6c28af21e771ebbfa2bc"
    "8672def8ee3f0100000000000000020000000000000090f21acae3689bbf44790da5f5e6dfbf040000000000000002000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000e03f0000000000000000000000000000000000000000000000000000000000000000a5fe616eef38f43f"
    "00000000000000000000000000000000434f564101000000340000000000000003000000000000000300000000000000c41a"
    "e83c831301be00000000831301bed18f0f3f0000000000000000000000000000000047454e45010000006800000000000000"
    "030000000000000001000000000000000000803f0000803f000080bf0000803f010000000000000001000000000000007a0d"
    "e53594d7d03f010000000000000001000000000000000000000000000000010000000000000001000000000000000a42c314"
    "ce8dd23f54455854010000001800000000000000020000000000000001000000000000000000803f000080bf67019cc7f5ee"
    "7042";

std::string bytes_of(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  return out;
}

struct small_hub {
  mll::test::small_dag graph = mll::test::named_graph(2);
  std::shared_ptr<const mll::information_content> content =
      std::make_shared<const mll::information_content>(graph);
  mll::model_labels labels{mll::sample_layout{
      {mll::node_id{0U}, mll::node_id{1U}}, std::vector<std::size_t>{2, 1}, graph.fingerprint()}};
  mll::general_model_labels general;

  small_hub() {
    mll::matrix<float> responses(3, 2);
    responses << 0.9F, 0.1F, 0.7F, 0.3F, 0.2F, 0.8F;
    labels.insert(mll::test::make_label<mll::log_odds_8bit>(mll::model_id{0U}, "plants", {"alder", "class_1"},
                                                            responses, labels.samples()));
    general.embeddings.resize(3, 1);
    general.embeddings << 1, 1, -1;
    general.node_texts.resize(2, 1);
    general.node_texts << 1, -1;
  }
  [[nodiscard]] mll::hub_profile profile(bool has_general) const {
    return mll::profile(mll::exec::sequential{}, labels, graph,
                        {.general = has_general ? &general : nullptr});
  }
  [[nodiscard]] mll::hub_profile decode(std::string bytes) const {
    return mll::detail::decode_profile(mll::detail::file_bytes::of(std::move(bytes), "hub.mllpro"), content);
  }
};

}  // namespace

TEST_CASE("a profile is read as it was written") {
  const small_hub hub;
  for (const bool has_general : {false, true}) {
    const auto made = hub.profile(has_general);
    const std::string bytes = mll::detail::encode_profile(made);
    const auto read = hub.decode(bytes);
    CHECK(mll::detail::encode_profile(read) == bytes);
    CHECK(read.responses == made.responses);
    CHECK(read.regressors.equations == made.regressors.equations);
    CHECK(read.general.unscaled_covariance == made.general.unscaled_covariance);
    CHECK_FALSE(mll::update_profile(mll::exec::sequential{}, read, hub.labels, hub.graph,
                                    {.general = has_general ? &hub.general : nullptr})
                    .changed);
  }
}

TEST_CASE("profiles of an earlier version stay readable, and are made anew by update_profile") {
  const small_hub hub;
  for (const bool has_general : {false, true}) {
    const auto read = hub.decode(bytes_of(has_general ? without_parts_general : without_parts));
    const auto now = hub.profile(has_general);
    CHECK(read.responses.empty());
    CHECK(read.names == now.names);
    // Written by a program that was compiled otherwise: last bits differ.
    CHECK((read.covariance - now.covariance).cwiseAbs().maxCoeff() < 1e-6F);
    CHECK((read.regressors.deviations - now.regressors.deviations).cwiseAbs().maxCoeff() < 1e-6);
    CHECK(read.has_general() == has_general);
    const auto updated = mll::update_profile(mll::exec::sequential{}, read, hub.labels, hub.graph,
                                             {.general = has_general ? &hub.general : nullptr});
    CHECK(updated.made == 1);
    CHECK(updated.kept == 0);
    CHECK(mll::detail::encode_profile(updated.profile) == mll::detail::encode_profile(now));
  }
}

TEST_CASE("an earlier version of the library may skip what only update_profile needs") {
  const small_hub hub;
  const std::string bytes = mll::detail::encode_profile(hub.profile(true));
  for (const char* tag : {"PART", "UNSC"}) {
    const std::size_t section = bytes.find(tag);
    REQUIRE(section != std::string::npos);
    CHECK(bytes.substr(section + 4, 4) == std::string(4, '\0'));  // not required
  }
}

TEST_CASE("a profile that is damaged, or whose parts do not fit together, is refused") {
  const small_hub hub;
  const std::string sound = mll::detail::encode_profile(hub.profile(true));
  for (std::size_t i = 0; i < sound.size(); i += 3) {
    CAPTURE(i);
    std::string changed = sound;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    CHECK_THROWS_AS(static_cast<void>(hub.decode(changed)), mll::parse_error);
    CHECK_THROWS_AS(static_cast<void>(hub.decode(sound.substr(0, i))), mll::parse_error);
  }
  auto other = hub.profile(true);
  other.responses.push_back(1);
  CHECK_THROWS_WITH_AS(static_cast<void>(hub.decode(mll::detail::encode_profile(other))),
                       "hub.mllpro: expected a profile whose parts fit together, found fingerprints or "
                       "equations of another number of models",
                       mll::parse_error);
  other = hub.profile(true);
  other.general.unscaled_covariance.resize(1, 1);
  CHECK_THROWS_WITH_AS(static_cast<void>(hub.decode(mll::detail::encode_profile(other))),
                       "hub.mllpro: expected a profile whose parts fit together, found a covariance of "
                       "embeddings of another size",
                       mll::parse_error);
}
