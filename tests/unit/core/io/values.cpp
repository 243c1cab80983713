// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/values.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"

namespace {

enum class colour { red, green };

struct everything {
  std::uint32_t number = 0;
  double real = 0;
  bool flag = false;
  colour kind = colour::red;
  mll::node_id node;
  std::string text;
  std::vector<std::string> texts;
  std::array<float, 2> pair{};
  std::optional<float> maybe;
  std::optional<float> absent = 1.0F;
  mll::matrix<float> rows;
  Eigen::VectorXd column;
};

}  // namespace

namespace mll::detail {

void transfer(auto& io, maybe_const<everything> auto& v) {
  io(v.number, v.real, v.flag);
  io.kind(v.kind, 2);
  io(v.node, v.text, v.texts, v.pair, v.maybe, v.absent, v.rows, v.column);
}

}  // namespace mll::detail

namespace {

std::string written(const auto&... values) {
  mll::detail::value_writer out;
  out(values...);
  return out.bytes;
}

template <class T>
T read_as(const std::string& bytes) {
  const auto file = mll::detail::file_bytes::of(bytes, "file");
  mll::detail::value_reader in{file};
  T out{};
  in(out);
  in.finish();
  return out;
}

}  // namespace

TEST_CASE("values survive a round trip, and their bytes are as documented") {
  everything before;
  before.number = 7;
  before.real = std::numeric_limits<double>::denorm_min();
  before.flag = true;
  before.kind = colour::green;
  before.node = mll::node_id{3U};
  before.text = "caf\xc3\xa9";
  before.texts = {"", "b"};
  before.pair = {1, -2};
  before.maybe = 0.5F;
  before.absent.reset();
  before.rows.resize(2, 3);
  before.rows << 1, 2, 3, 4, 5, 6;
  before.column.resize(2);
  before.column << 8, 9;
  const std::string bytes = written(before);
  const auto after = read_as<everything>(bytes);
  CHECK(after.kind == colour::green);
  CHECK(after.rows == before.rows);
  CHECK(after.column == before.column);
  CHECK_FALSE(after.absent.has_value());
  CHECK(written(after) == bytes);

  using namespace std::string_literals;
  CHECK(written(std::uint16_t{258}, true, mll::node_id{}) == "\x02\x01\x01\xff\xff\xff\xff"s);
  CHECK(written(std::string{"ab"}) == "\x02\0\0\0\0\0\0\0ab"s);
  CHECK(written(std::optional<std::uint8_t>{9}) == "\x01\x09"s);
}

TEST_CASE("values that reach beyond the end are refused before memory is allocated") {
  const std::string huge = written(std::uint64_t{1} << 60U);
  CHECK_THROWS_WITH_AS((void)read_as<std::string>(huge),
                       "file: expected a length of at most 0 at byte 0, found 1152921504606846976",
                       mll::parse_error);
  CHECK_THROWS_AS((void)read_as<std::vector<float>>(huge), mll::parse_error);
  CHECK_THROWS_WITH_AS((void)read_as<mll::matrix<float>>(huge + written(std::uint64_t{1} << 60U)),
                       "file: expected a matrix that fits at byte 16, found one of [1152921504606846976, "
                       "1152921504606846976]",
                       mll::parse_error);
  CHECK_THROWS_AS((void)read_as<mll::matrix<float>>(huge + written(std::uint64_t{0})), mll::parse_error);
  CHECK_THROWS_AS((void)read_as<Eigen::VectorXf>(written(std::uint64_t{0}, std::uint64_t{2})),
                  mll::parse_error);
  CHECK_THROWS_WITH_AS((void)read_as<bool>("\x02"), "file: expected a flag, 0 or 1, at byte 0, found 2",
                       mll::parse_error);
  CHECK_THROWS_WITH_AS((void)read_as<std::uint8_t>("ab"),
                       "file: expected the end of the section at byte 1, found 1 bytes", mll::parse_error);
  everything all;
  std::string bytes = written(all);
  bytes[13] = 2;
  CHECK_THROWS_WITH_AS((void)read_as<everything>(bytes), "file: expected a kind below 2 at byte 13, found 2",
                       mll::parse_error);
}
