// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Stores with changed bytes, and truncated stores.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/update_store.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}
void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  for (const char* ending : {"-wal", "-shm", "-journal"}) std::filesystem::remove(file.string() + ending);
  std::ofstream{file, std::ios::binary} << bytes;
}

using place = std::pair<std::string, std::string>;  // model, node

/// Opens a store with changed bytes and checks all guarantees.
class victim {
 public:
  victim(const test::store_world& world, std::filesystem::path file)
      : world_{world}, file_{std::move(file)}, expected_{world.labels()} {}

  enum class fate { sound, refused, repaired };

  /// @param[in] hit the label that the changed bytes belong to, if known
  fate look(const std::string& bytes, const std::optional<place>& hit = std::nullopt) const {
    write_bytes(file_, bytes);
    std::optional<hub_store> store;
    try {
      store.emplace(hub_store::open(file_));
    } catch (const store_error& thrown) {
      REQUIRE_MESSAGE(std::string{thrown.what()}.find(file_.filename().string()) != std::string::npos,
                      thrown.what());
      REQUIRE(!hit);  // the rest of the store must be readable
      return fate::refused;
    }
    const auto report = store->verify();
    check_reads(*store, report, hit);
    if (report.clean()) {
      REQUIRE(!hit);
      REQUIRE(test::same_labels(store->labels(world_.graph), expected_));
      return fate::sound;
    }
    if (hit) {
      REQUIRE(report.damages.size() == 1);
      REQUIRE(report.damages[0].model == hit->first);
      REQUIRE(report.damages[0].node == hit->second);
    }
    store.reset();
    repair_and_label(hit);
    return fate::repaired;
  }

 private:
  /// Data that are read are unchanged, or damage is reported.
  void check_reads(const hub_store& store, const store_report& report,
                   const std::optional<place>& hit) const {
    for (const node_id v : expected_.samples().nodes()) {
      const std::vector<node_id> wanted{v};
      const std::string synset = world_.graph[v].id;
      try {
        const auto there = store.labels(world_.graph, wanted);
        REQUIRE((!hit || hit->second != synset));
        if (report.clean()) REQUIRE(there.models().size() == expected_.models().size());
        for (const auto& label : there.models()) {
          const auto* whole = test::find_label(expected_, label.name);
          REQUIRE(whole != nullptr);
          const auto rows = expected_.samples().rows(v);
          REQUIRE(label.heads == whole->heads);
          REQUIRE(label.responses == whole->responses.middleRows(static_cast<Eigen::Index>(rows.first),
                                                                 static_cast<Eigen::Index>(rows.count)));
          const auto position = static_cast<Eigen::Index>(expected_.samples().position(v));
          REQUIRE(label.mean == whole->mean.middleRows(position, 1));
        }
      } catch (const store_error& thrown) {
        REQUIRE_MESSAGE(!report.clean(), thrown.what());
        if (hit) {
          REQUIRE(thrown.model() == hit->first);
          REQUIRE(thrown.node() == hit->second);
          REQUIRE(hit->second == synset);
        }
      } catch (const invalid_argument& thrown) {  // the damaged row may be that of a node
        REQUIRE_MESSAGE(!report.clean(), thrown.what());
        REQUIRE(!hit);
      }
    }
  }

  /// Repairs, labels what is missing, and compares with an undamaged store.
  void repair_and_label(const std::optional<place>& hit) const {
    hub_store::repair(file_);
    auto store = hub_store::open(file_);
    const auto after = store.verify();
    REQUIRE_MESSAGE(after.clean(), (after.damages.empty() ? "" : after.damages.front().what));
    for (const model_id id : world_.models.ids()) {
      const auto wanted = world_.stored(world_.models.name(id));
      const auto models = store.models();
      if (std::none_of(models.begin(), models.end(),
                       [&](const auto& model) { return model.name == wanted.name; }))
        store.add_model(wanted);
    }
    store.set_samples(world_.graph, world_.nodes());
    const auto done = update_store(exec::sequential{}, store, world_.models, world_.samples, world_.graph);
    if (hit) REQUIRE(done.labelled == std::vector<std::string>{hit->first});  // only that model
    REQUIRE(test::same_labels(store.labels(world_.graph), expected_));
  }

  const test::store_world& world_;
  std::filesystem::path file_;
  model_labels expected_;
};

/// Positions of the responses in the bytes of the store, found by search.
std::map<std::size_t, std::pair<std::size_t, place>> find_responses(const std::string& bytes,
                                                                    const test::store_world& world,
                                                                    const model_labels& labels) {
  std::map<std::size_t, std::pair<std::size_t, place>> out;
  for (const auto& label : labels.models()) {
    for (std::size_t p = 0; p < labels.samples().nodes().size(); ++p) {
      const auto rows = labels.samples().rows_at(p);
      const auto* first =
          reinterpret_cast<const char*>(label.responses.row(static_cast<Eigen::Index>(rows.first)).data());
      const std::string wanted{first, rows.count * label.heads.size()};
      const std::size_t at = bytes.find(wanted);
      REQUIRE(at != std::string::npos);
      REQUIRE(bytes.find(wanted, at + 1) == std::string::npos);
      out[at] = {wanted.size(), {label.name, world.graph[labels.samples().nodes()[p]].id}};
    }
  }
  return out;
}

}  // namespace

TEST_CASE("faults: a flipped bit is detected and located, or carries no data") {
  const std::size_t cases = test::fault_cases(250, 10'000);
  const detail::temporary_folder scratch;
  const test::store_world world{6, 4, 300};
  const auto original = scratch.path() / "original.mll";
  { const auto store = world.make_labelled(original); }
  const std::string bytes = bytes_of(original);
  const auto places = find_responses(bytes, world, world.labels());
  REQUIRE(places.size() == 24);
  const victim store{world, scratch.path() / "victim.mll"};
  REQUIRE(store.look(bytes) == victim::fate::sound);

  random_engine engine{11};
  std::map<victim::fate, std::size_t> fates;
  std::size_t known = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    const std::size_t at = engine() % bytes.size();
    const unsigned bit = static_cast<unsigned>(engine() % 8);
    std::string changed = bytes;
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
    std::optional<place> hit;
    auto found = places.upper_bound(at);
    if (found != places.begin() && at < std::prev(found)->first + std::prev(found)->second.first)
      hit = std::prev(found)->second.second;
    known += hit ? 1 : 0;
    CAPTURE(at);
    CAPTURE(bit);
    ++fates[store.look(changed, hit)];
  }
  CHECK(known > 0);
  std::cout << "flipped bits: " << cases << " cases in " << bytes.size() << " bytes, "
            << fates[victim::fate::sound] << " of them without effect, " << fates[victim::fate::refused]
            << " refused on opening, " << fates[victim::fate::repaired] << " found, named and repaired ("
            << known << " of these in responses); no wrong score\n";
}

TEST_CASE("faults: a store truncated at a page is detected") {
  const detail::temporary_folder scratch;
  const test::store_world world{6, 4, test::fault_cases(300, 3000)};
  const auto original = scratch.path() / "original.mll";
  { const auto store = world.make_labelled(original); }
  const std::string bytes = bytes_of(original);
  constexpr std::size_t page = 4096;
  REQUIRE(bytes.size() % page == 0);
  const victim store{world, scratch.path() / "victim.mll"};
  std::size_t refused = 0;
  const std::size_t cases = bytes.size() / page;
  for (std::size_t pages = 0; pages < cases; ++pages) {
    CAPTURE(pages);
    const auto fate = store.look(bytes.substr(0, pages * page));
    CHECK(fate != victim::fate::sound);
    refused += fate == victim::fate::refused ? 1 : 0;
  }
  std::cout << "cut off at a page: " << cases << " cases, " << refused << " of them refused on opening, "
            << cases - refused << " found and repaired\n";
}

TEST_CASE("faults: a truncated journal loses its last changes only") {
  const detail::temporary_folder scratch;
  const test::store_world world{6, 4, 10};
  const auto expected = world.labels();
  const auto original = scratch.path() / "original.mll";
  const auto copy = scratch.path() / "copy.mll";
  auto store = world.make_store(original);
  for (const auto& each : expected.models())
    store.write_label(each, expected.samples(), world.graph, store.origin());
  const std::string bytes = bytes_of(original);  // the store is open: its labels are in the journal
  const std::string journal = bytes_of(original.string() + "-wal");
  REQUIRE(journal.size() > 32);
  constexpr std::size_t header = 32;
  constexpr std::size_t frame = 24 + 4096;
  std::size_t cases = 0;
  std::size_t before = 0;
  for (std::size_t size = header; size <= journal.size(); size += frame) {
    for (const std::size_t torn : {std::size_t{0}, std::size_t{1000}}) {  // at a frame, and within one
      if (size + torn > journal.size()) continue;
      write_bytes(copy, bytes);
      std::ofstream{copy.string() + "-wal", std::ios::binary} << journal.substr(0, size + torn);
      std::size_t complete = 0;
      try {
        const auto cut = hub_store::open(copy);
        REQUIRE(cut.verify().clean());
        if (!cut.nodes().empty()) {
          const auto there = cut.labels(world.graph);
          for (const auto& label : there.models())
            REQUIRE(test::same_label(label, *test::find_label(expected, label.name)));
          complete = there.models().size();
        }
      } catch (const store_error& thrown) {
        FAIL(thrown.what());
      }
      REQUIRE(complete >= before);
      before = complete;
      ++cases;
    }
  }
  CHECK(before == 6);
  std::cout << "cut off journals: " << cases << " cases\n";
}
