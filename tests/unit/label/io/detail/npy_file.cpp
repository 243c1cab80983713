#include "mll/label/io/detail/npy_file.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

#include "support/scratch_folder.hpp"

namespace {

/// What reading `rows` times `columns` numbers says about a file whose header claims `shape`.
std::string complaint(const std::string& shape, std::size_t rows, std::size_t columns,
                      const std::string& data = "", const std::string& type = "<f4") {
  const mll::test::scratch_folder folder;
  const auto file = folder.path() / "x.npy";
  const std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
  std::ofstream{file, std::ios::binary} << std::string{"\x93NUMPY\x01\x00", 8}
                                        << static_cast<char>(header.size() % 256)
                                        << static_cast<char>(header.size() / 256) << header << data;
  try {
    static_cast<void>(mll::detail::read_npy<float>(file, rows, columns));
  } catch (const mll::parse_error& thrown) {
    return std::string{thrown.what()}.substr(file.string().size() + 2);
  }
  return "none";
}

}  // namespace

TEST_CASE_TEMPLATE("a matrix comes back as it was written", T, float, double, std::uint8_t, std::int32_t) {
  const mll::test::scratch_folder folder;
  const auto file = folder.path() / "x.npy";
  for (const auto& [rows, columns] : {std::pair{3, 5}, {1, 1}, {0, 4}, {4, 0}}) {
    mll::matrix<T> values(rows, columns);
    for (Eigen::Index i = 0; i < values.size(); ++i) values.data()[i] = static_cast<T>(7 * i + 1);
    mll::detail::write_npy(file, values);
    CHECK(mll::detail::read_npy<T>(file, static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)) ==
          values);
  }
}

TEST_CASE("a header that claims what the file does not hold is refused before anything is loaded") {
  const std::string data(16, '\0');
  CHECK(complaint("(2, 2)", 2, 2, data) == "none");
  CHECK(complaint("(4294967296, 4294967296)", 2, 2, data) ==
        "expected an array of shape [2, 2], found [4294967296, 4294967296]");
  CHECK(complaint("(1152921504606846976, 1)", 1, 1, data) ==
        "expected an array of shape [1, 1], found [1152921504606846976, 1]");
  CHECK(complaint("(-2, 2)", 2, 2, data) == "expected the whole header of a .npy file, found a broken one");
  CHECK(complaint("(2, 2, 1)", 2, 2, data) == "expected an array of shape [2, 2], found [2, 2, 1]");
  // Asked for by somebody who believes another file.
  constexpr std::size_t huge = std::size_t{1} << 60U;
  CHECK(complaint("(1152921504606846976, 1)", huge, 1, data) ==
        "expected 4611686018427387904 bytes after the header, found 16");
  CHECK(complaint("(1152921504606846976, 16)", huge, 16) ==
        "expected more than 2^64 bytes after the header, found 0");
  CHECK(complaint("(4611686018427387904, 1)", 4 * huge, 1) ==
        "expected more than 2^64 bytes after the header, found 0");
  CHECK(complaint("(0, 4)", 0, 4, data) == "expected 0 bytes after the header, found 16");
}

TEST_CASE("a type as long as the header is refused") {
  CHECK(complaint("(1, 1)", 1, 1, "1234", "<f" + std::string(60'000, '4')) ==
        "expected a row-major array of type '<f4', found type '<f" + std::string(38, '4') + "'");
}
