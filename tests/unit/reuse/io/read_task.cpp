// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Needs the component `pack`.
#if MLL_TEST_PACK
#include "mll/reuse/io/read_task.hpp"

#include <doctest/doctest.h>
#include <zip.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/reuse/io/write_task.hpp"
#include "support/files.hpp"
#include "support/packed_pets.hpp"

namespace {

using members = std::vector<std::pair<std::string, std::string>>;

/// The members of a pack, from the archive itself.
members members_of(const std::filesystem::path& file) {
  members out;
  zip_t* archive = zip_open(file.c_str(), ZIP_RDONLY, nullptr);
  REQUIRE(archive != nullptr);
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t found;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &found);
    std::string content(found.size, '\0');
    zip_file_t* member = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    CHECK(zip_fread(member, content.data(), content.size()) == static_cast<zip_int64_t>(content.size()));
    zip_fclose(member);
    out.emplace_back(found.name, content);
  }
  zip_discard(archive);
  return out;
}

void write_archive(const std::filesystem::path& file, const members& all,
                   zip_int32_t compression = ZIP_CM_STORE) {
  std::filesystem::remove(file);
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE, nullptr);
  for (const auto& [name, content] : all) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t at = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    REQUIRE(at >= 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(at), compression, 0);
  }
  REQUIRE(zip_close(archive) == 0);
}

struct packed_file {
  mll::detail::temporary_folder folder;
  std::filesystem::path file = folder.path() / "pets.mlltask";
  members all;

  packed_file() {
    mll::write_task(file, mll::test::pets_in(folder.path() / "experts"));
    all = members_of(file);
  }
  std::string& content(const std::string& name) {
    for (auto& [member, text] : all) {
      if (member == name) return text;
    }
    FAIL("no such member");
    return all.front().second;
  }
  void refuses(const char* message, zip_int32_t compression = ZIP_CM_STORE) const {
    write_archive(file, all, compression);
    CHECK_THROWS_WITH_AS((void)mll::read_task(file), doctest::Contains(message), mll::parse_error);
  }
};

}  // namespace

TEST_CASE("a member that is missing, changed or not listed is named") {
  for (const char* name : {"manifest.json", "selection.mllsel", "experts/0/birds.onnx",
                           "experts/0/birds.labels.txt", "licences/birds.LICENSE"}) {
    CAPTURE(name);
    packed_file missing;
    std::erase_if(missing.all, [&](const auto& each) { return each.first == name; });
    missing.refuses(("expected member '" + std::string{name} + "', found none").c_str());
    packed_file changed;
    changed.content(name).back() ^= 1;
    changed.refuses(name);
  }
  packed_file more;
  more.all.emplace_back("experts/0/more.onnx", "x");
  more.refuses("expected the members of the manifest, found 'experts/0/more.onnx'");
}

TEST_CASE("members that would be unpacked elsewhere, or to more than the archive, are refused") {
  for (const char* name :
       {"../evil", "experts/../../evil", "experts/0/../evil", "experts/x/evil", "experts/0/", "experts/evil",
        "/etc/evil", "experts/", "experts/0/a/b", "experts/0/..", "evil", "experts/0/a\\b", "licences/\n"}) {
    CAPTURE(name);
    packed_file slip;
    slip.all.emplace_back(name, "x");
    slip.refuses("expected members of a packed task only");
  }
  packed_file bomb;
  bomb.content("experts/0/birds.onnx") = std::string(10'000'000, '\0');
  bomb.refuses("a stored member, found a compressed or encrypted one", ZIP_CM_DEFLATE);
  CHECK_FALSE(std::filesystem::exists(bomb.folder.path() / "evil"));
}

TEST_CASE("a repeated member is refused") {
  packed_file twice;
  twice.all.emplace_back("experts/0/birds.onny", "other");
  write_archive(twice.file, twice.all);
  std::string bytes = mll::test::read_file(twice.file);
  for (std::size_t at = bytes.find("birds.onny"); at != std::string::npos; at = bytes.find("birds.onny", at))
    bytes[at + 9] = 'x';
  mll::test::write_file(twice.file, bytes);
  CHECK_THROWS_AS((void)mll::read_task(twice.file), mll::parse_error);
}

TEST_CASE("an archive that is cut off, changed or of another kind is refused") {
  const packed_file pets;
  const std::string sound = mll::test::read_file(pets.file);
  for (std::size_t length = 0; length < sound.size(); length += 997) {
    CAPTURE(length);
    mll::test::write_file(pets.file, sound.substr(0, length));
    CHECK_THROWS_AS((void)mll::read_task(pets.file), mll::parse_error);
  }
  for (std::size_t at = 0; at < sound.size(); at += 2003) {
    CAPTURE(at);
    std::string changed = sound;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    mll::test::write_file(pets.file, changed);
    std::size_t experts = 1;
    try {  // a byte that means nothing, such as a date, may change
      experts = mll::read_task(pets.file).experts.size();
    } catch (const mll::parse_error&) {
    }
    CHECK(experts == 1);
  }
  CHECK_THROWS_AS((void)mll::read_task(pets.folder.path()), mll::parse_error);
  CHECK_THROWS_AS((void)mll::read_task(pets.folder.path() / "none"), mll::parse_error);
}

TEST_CASE("a manifest of a later version, or an inconsistent one, is refused") {
  using json = nlohmann::json;
  const auto with = [](const auto& change, const char* message) {
    packed_file pets;
    json manifest = json::parse(pets.content("manifest.json"));
    change(manifest);
    pets.content("manifest.json") = manifest.dump();
    pets.refuses(message);
  };
  with([](json& m) { m["version"] = 2; }, "found version 2, which this version of mll does not know");
  with([](json& m) { m["format"] = "other"; },
       "expected the manifest of a packed task, found another document");
  with([](json& m) { m = json::array(); }, "another document");
  with([](json& m) { m.erase("experts"); }, "experts");
  with([](json& m) { m["experts"][0]["file"] = "/etc/passwd"; },
       "'/etc/passwd', which is not among its members");
  with([](json& m) { m["experts"][0]["file"] = 7; }, "manifest.json");
  with([](json& m) { m["members"]["selection.mllsel"]["crc64"] = "zz"; }, "'zz' is not a CRC-64");
  with([](json& m) { m["members"]["selection.mllsel"]["bytes"] = -1; }, "selection.mllsel");
}
#endif
