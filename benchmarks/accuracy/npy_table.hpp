// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/core/matrix.hpp"

namespace accuracy {

/// A `.npy` file (version 1.0, C order, one or two dimensions) of half, single or double precision or 32-bit
/// or 64-bit integers, as single precision. xtensor's reader knows no half precision. Throws:
/// `std::runtime_error` naming the file for anything else.
inline mll::matrix<float> read_npy(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& why) { return std::runtime_error{path.string() + ": " + why}; };
  std::ifstream stream{path, std::ios::binary};
  char start[10];
  if (!stream.read(start, sizeof start)) throw fail("cannot be read");
  if (std::memcmp(start, "\x93NUMPY\x01\x00", 8) != 0) throw fail("is no .npy file of version 1.0");
  std::string header(static_cast<unsigned char>(start[8]) + 256U * static_cast<unsigned char>(start[9]), ' ');
  if (!stream.read(header.data(), static_cast<std::streamsize>(header.size())))
    throw fail("has no whole header");
  const auto value_of = [&](const std::string& key, char open, char close) {
    const auto at = header.find("'" + key + "'");
    const auto begin = header.find(open, header.find(':', at));
    const auto end = header.find(close, begin + 1);
    if (at == std::string::npos || begin == std::string::npos || end == std::string::npos)
      throw fail("has no '" + key + "' in its header");
    return header.substr(begin + 1, end - begin - 1);
  };
  if (header.find("'fortran_order': False") == std::string::npos) throw fail("is not in C order");
  const std::string type = value_of("descr", '\'', '\'');
  const std::string shape = value_of("shape", '(', ')');
  std::vector<std::size_t> sizes;
  for (std::size_t at = 0; at < shape.size();) {
    const auto digit = shape.find_first_of("0123456789", at);
    if (digit == std::string::npos) break;
    std::size_t used = 0;
    sizes.push_back(std::stoul(shape.substr(digit), &used));
    at = digit + used;
  }
  if (sizes.empty() || sizes.size() > 2)
    throw fail("has shape (" + shape + "), expected one or two dimensions");
  const std::size_t width = sizes.size() == 2 ? sizes[1] : 1;
  const auto begin = static_cast<std::size_t>(stream.tellg());
  const std::size_t bytes = static_cast<std::size_t>(std::filesystem::file_size(path)) - begin;
  mll::matrix<float> out;
  const auto fill = [&]<class T>(T) {
    if (width != 0 && (sizes[0] > bytes / width / sizeof(T) || sizes[0] * width * sizeof(T) != bytes))
      throw fail("holds " + std::to_string(bytes) + " bytes, which is not shape (" + shape + ")");
    mll::matrix<T> raw(static_cast<Eigen::Index>(sizes[0]), static_cast<Eigen::Index>(width));
    stream.read(reinterpret_cast<char*>(raw.data()), static_cast<std::streamsize>(bytes));
    out = raw.template cast<float>();
  };
  if (type == "<f2") {
    fill(Eigen::half{});
  } else if (type == "<f4") {
    fill(float{});
  } else if (type == "<f8") {
    fill(double{});
  } else if (type == "<i4") {
    fill(std::int32_t{});
  } else if (type == "<i8") {
    fill(std::int64_t{});
  } else {
    throw fail("has values of type " + type);
  }
  return out;
}

}  // namespace accuracy
