// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/cached_embedder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/testing/check_embedder.hpp"
#include "support/files.hpp"
#include "support/toy_embedder.hpp"

namespace {

using views = std::vector<std::string_view>;

/// Counts the texts that it embeds.
struct counting {
  mll::test::toy_embedder inner{{{"dog", "wolf"}, {"bank"}, {"tree"}}};
  std::shared_ptr<std::atomic<std::size_t>> asked = std::make_shared<std::atomic<std::size_t>>(0);

  [[nodiscard]] std::size_t dimension() const { return inner.dimension(); }
  [[nodiscard]] mll::matrix<float> embed(std::span<const std::string_view> texts) const {
    *asked += texts.size();
    return inner.embed(texts);
  }
};
static_assert(mll::text_embedder<mll::cached_embedder<counting>>);

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

}  // namespace

TEST_CASE("cached_embedder embeds each text once, also across programs") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "vectors.cache";
  const views texts{"a dog", "the bank", "a dog and a tree", ""};
  const counting slow;
  {
    const mll::cached_embedder cached{slow, file, "toy 1"};
    CHECK(mll::testing::check_embedder(cached, texts).empty());
    CHECK(*slow.asked == 4);
    CHECK(cached.embed(texts) == slow.inner.embed(texts));
    CHECK(cached.embed(views{"new", "new"}) == slow.inner.embed(views{"new", "new"}));
    CHECK(cached.size() == 5);
    CHECK(!std::filesystem::exists(file));
    cached.save();
  }
  const counting next;
  const mll::cached_embedder cached{next, file, "toy 1"};
  CHECK(cached.size() == 5);
  CHECK(mll::testing::check_embedder(cached, texts).empty());
  CHECK(cached.embed(texts) == slow.inner.embed(texts));
  CHECK(*next.asked == 0);
  (void)cached.embed(views{"a wolf"});
  CHECK(*next.asked == 1);
  cached.save();
  CHECK(mll::cached_embedder{counting{}, file, "toy 1"}.size() == 6);
  // Nothing else is left in the folder.
  CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
}

TEST_CASE("cached_embedder rejects a file that is truncated, too long or of another embedder") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "vectors.cache";
  {
    const mll::cached_embedder cached{counting{}, file, "toy 1"};
    (void)cached.embed(views{"a dog", "bank"});
    cached.save();
  }
  const std::string whole = mll::test::read_file(file);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write(file, whole.substr(0, length));
    CHECK_THROWS_AS((mll::cached_embedder{counting{}, file, "toy 1"}), mll::parse_error);
  }
  const auto refuses = [&](const std::string& bytes, const char* name, const std::string& message) {
    write(file, bytes);
    CHECK_THROWS_WITH_AS((mll::cached_embedder{counting{}, file, name}), (file.string() + message).c_str(),
                         mll::parse_error);
  };
  refuses(whole + 'x', "toy 1",
          ": expected the end of the file at byte " + std::to_string(whole.size()) + ", found 1 more bytes");
  refuses(whole, "toy 2", ": expected vectors of 'toy 2' at byte 25, found those of 'toy 1'");
  refuses("something else", "toy 1",
          ": expected the mark of cached vectors at byte 0, found 'something else'");
  std::string other = whole;
  other[30] = 4;
  refuses(other, "toy 1", ": expected dimension 3 at byte 30, found 4");
}

TEST_CASE("cached_embedder rejects a corrupted vector when it is used, also after saving again") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "vectors.cache";
  const mll::cached_embedder first{counting{}, file, "toy 1"};
  (void)first.embed(views{"a dog", "bank"});
  first.save();
  std::string bytes = mll::test::read_file(file);
  const std::size_t place = bytes.find("a dog") + 5;
  bytes[place + 2] = static_cast<char>(bytes[place + 2] ^ 1);
  write(file, bytes);
  for (int round = 0; round < 2; ++round) {
    const mll::cached_embedder again{counting{}, file, "toy 1"};
    CHECK(again.embed(views{"bank"}) == counting{}.embed(views{"bank"}));
    CHECK_THROWS_WITH_AS(
        (void)again.embed(views{"a dog"}),
        (file.string() + ": expected the vector of 'a dog' as written, found a checksum mismatch").c_str(),
        mll::parse_error);
    again.save();
  }
}

TEST_CASE("cached_embedder reports a file that cannot be written") {
  const mll::detail::temporary_folder folder;
  const mll::cached_embedder cached{counting{}, folder.path() / "no" / "vectors", "toy 1"};
  (void)cached.embed(views{"a dog"});
  CHECK_THROWS_AS(cached.save(), mll::error);
}
