// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The files that classify reads: those of a command line and of a folder, and the samples in them.
#pragma once

#include <mll/core/error.hpp>
#include <mll/core/io/npy_rows.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../support/find_files.hpp"
#include "commands.hpp"
#include "store_settings.hpp"
#if MLL_TEST_OPENCV
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#endif

namespace hub_tool {

/// A file to classify, and what to call it.
struct input {
  std::filesystem::path file;
  std::string name;
};

/// Adds the accepted files of `--images` and the folders below it. Throws: `invalid_argument` if it is not a
/// folder.
template <class IsInput>
void find_inputs(const std::filesystem::path& folder, const IsInput& is_input, const output& out,
                 std::vector<input>& to) {
  std::error_code unknown;
  if (!std::filesystem::is_directory(folder, unknown))
    throw mll::invalid_argument{"--images", "a folder", "'" + folder.string() + "'"};
  for (const auto& file :
       example::find_files(folder, is_input, [&](const std::string& text) { out.warn(text); }))
    to.push_back({file, file.lexically_relative(folder).string()});
}

/// How the files of a kind of hub are read. `read` passes the samples of a file on, one at a time, and
/// returns how many it skipped.
struct vector_files {
  static bool is_input(const std::filesystem::path& file) { return file.extension() == ".npy"; }
  static std::size_t bytes_of(const Eigen::VectorXf& sample) {
    return static_cast<std::size_t>(sample.size()) * sizeof(float);
  }
  static std::string thumbnail(const Eigen::VectorXf&) { return {}; }

  /// Rows of a `.npy` file, which is mapped: rows are read when they are used.
  template <class Take>
  static std::size_t read(const input& from, std::size_t, const Take& take, const output& out) {
    const mll::npy_rows rows{from.file};
    std::size_t skipped = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      Eigen::VectorXf sample(static_cast<Eigen::Index>(rows.columns()));
      rows.read(row, {sample.data(), rows.columns()});
      const std::string name = from.name + ":" + std::to_string(row);
      if (!sample.array().isFinite().all()) {
        out.warn("skipped: " + name + ": expected finite numbers, found NaN or infinity");
        ++skipped;
        continue;
      }
      take(std::move(sample), name);
    }
    return skipped;
  }
};

#if MLL_TEST_ONNXRUNTIME
struct text_files {
  static bool is_input(const std::filesystem::path& file) {
    return file.extension() == text_hub::sample_extension;
  }
  static std::size_t bytes_of(const std::string& sample) { return sample.size(); }
  static std::string thumbnail(const std::string&) { return {}; }

  /// The lines of a file.
  template <class Take>
  static std::size_t read(const input& from, std::size_t, const Take& take, const output&) {
    auto lines = text_hub::read_lines(from.file);
    for (std::size_t i = 0; i < lines.size(); ++i)
      take(std::move(lines[i]), from.name + ":" + std::to_string(i));
    return 0;
  }
};
#endif

#if MLL_TEST_OPENCV
struct image_files {
  static bool is_input(const std::filesystem::path& file) { return mll::image_folder::has_image_name(file); }
  static std::size_t bytes_of(const cv::Mat& sample) { return example::image_hub::bytes_of(sample); }

  /// A small JPEG of an image; empty if it cannot be made.
  static std::string thumbnail(const cv::Mat& image) {
    constexpr double side = 96;
    const double factor = std::min({1.0, side / image.cols, side / image.rows});
    cv::Mat small;
    cv::resize(image, small,
               {std::max(1, static_cast<int>(image.cols * factor)),
                std::max(1, static_cast<int>(image.rows * factor))},
               0, 0, cv::INTER_AREA);
    std::vector<unsigned char> bytes;
    if (!cv::imencode(".jpg", small, bytes, {cv::IMWRITE_JPEG_QUALITY, 80})) return {};
    return {bytes.begin(), bytes.end()};
  }

  template <class Take>
  static std::size_t read(const input& from, std::size_t max_side, const Take& take, const output&) {
    take(mll::read_image(from.file, example::image_hub::reading(max_side)), from.name);
    return 0;
  }
};
#endif

/// The files of a kind of hub, by the type of its samples.
template <class Sample>
struct files_for;
template <>
struct files_for<Eigen::VectorXf> : vector_files {};
#if MLL_TEST_ONNXRUNTIME
template <>
struct files_for<std::string> : text_files {};
#endif
#if MLL_TEST_OPENCV
template <>
struct files_for<cv::Mat> : image_files {};
#endif

}  // namespace hub_tool
