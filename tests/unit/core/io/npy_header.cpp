#include "mll/core/io/npy_header.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "support/scratch_folder.hpp"

namespace {

using shape = std::vector<std::size_t>;

struct array_file {
  mll::test::scratch_folder folder;
  std::filesystem::path path = folder.path() / "x.npy";

  [[nodiscard]] mll::detail::npy_header read(const std::string& dictionary,
                                             const std::string& data = "") const {
    std::ofstream{path, std::ios::binary} << std::string{"\x93NUMPY\x01\x00", 8}
                                          << static_cast<char>(dictionary.size() % 256)
                                          << static_cast<char>(dictionary.size() / 256) << dictionary << data;
    return mll::detail::read_npy_header(path);
  }
  [[nodiscard]] bool refuses(const std::string& dictionary) const {
    try {
      static_cast<void>(read(dictionary));
    } catch (const mll::parse_error& thrown) {
      return thrown.what() ==
             path.string() + ": expected the whole header of a .npy file, found a broken one";
    }
    return false;
  }
};

std::string with_shape(const std::string& extents) {
  return "{'descr': '<f4', 'fortran_order': False, 'shape': " + extents + ", }\n";
}

}  // namespace

TEST_CASE("a header says type, order, shape and where the values are") {
  const array_file file;
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n";
  const auto header = file.read(dictionary, "12345");
  CHECK(header.type == "<f4");
  CHECK_FALSE(header.column_major);
  CHECK(header.shape == shape{3, 4});
  CHECK(header.data_begin == 10 + dictionary.size());
  CHECK(header.data_bytes == 5);
  CHECK(file.read("{'shape':(7,),'fortran_order':True,'descr':'|u1'}\n").column_major);
  CHECK(file.read(with_shape("(7,)")).shape == shape{7});
  CHECK(file.read(with_shape("()")).shape.empty());
  CHECK(file.read(with_shape("(1, 2, 3,)")).shape == shape{1, 2, 3});
  CHECK(file.read(with_shape("(9223372036854775807, 0)")).shape == shape{9223372036854775807U, 0});
}

TEST_CASE("sizes that are none, and dictionaries that are none, are refused") {
  const array_file file;
  for (const char* extents :
       {"(-1,)", "(9223372036854775808,)", "(99999999999999999999999999,)", "(1e9,)", "(0x10,)", "(1 2)",
        "(,)", "(1,,2)", "(1", "1", "[1]", "(1, 'a')", "", "(1.5,)", "(+1,)"}) {
    CAPTURE(extents);
    CHECK(file.refuses(with_shape(extents)));
  }
  for (const char* dictionary : {"", "\n", "{\n", "{}\n", "{'descr'}\n", "{'descr': '<f4'}\n",
                                 "{'descr': '<f4', 'fortran_order': Maybe}\n",
                                 "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}\n",
                                 "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}\n",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}\n",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} {}\n",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"}) {
    CAPTURE(dictionary);
    CHECK(file.refuses(dictionary));
  }
  CHECK(file.refuses("{'descr': '<f" + std::string(60'000, '4')));
  CHECK(file.refuses("{'shape': (" + std::string(65'000, '(')));
}

TEST_CASE("bytes are counted without overflow") {
  using mll::detail::npy_bytes;
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  CHECK(npy_bytes(shape{}, 4) == 4);
  CHECK(npy_bytes(shape{3, 5}, 4) == 60);
  CHECK(npy_bytes(shape{most, most, 0}, 8) == 0);
  CHECK(npy_bytes(shape{most}, 1) == most);
  CHECK_FALSE(npy_bytes(shape{most}, 2));
  CHECK_FALSE(npy_bytes(shape{std::size_t{1} << 60U, 16}, 1));
  CHECK_FALSE(npy_bytes(shape{std::size_t{1} << 32U, std::size_t{1} << 32U}, 4));
  CHECK(mll::detail::npy_shape(shape{3, 4}) == "[3, 4]");
  CHECK(mll::detail::npy_shape(shape{}) == "[]");
}
