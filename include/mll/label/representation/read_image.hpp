// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/label/representation/detail/image_header.hpp"
#include "mll/label/representation/detail/jpeg_damage.hpp"
#include "mll/model/onnx/engines/detail/opencv_call.hpp"

namespace mll {

/// How large an image may be, and become; see `read_image`.
struct read_image_options {
  /// Larger images are refused before they are decoded: a file of some kilobytes can claim gigabytes. Half as
  /// many if they are transparent and have 16 bits per value.
  std::size_t max_pixels = std::size_t{1} << 27U;
  /// Images become at most this wide and this high; 0: they keep their size. Twice the side of the largest
  /// network input or more loses nothing that networks see.
  std::size_t max_side = 0;
  /// Whether the compressed data of JPEG files are checked (where libjpeg is installed), which takes about as
  /// long as decoding them. Not needed for files that were read before.
  bool check_damage = true;
  /// Whether images keep their aspect ratio: `max_side` is then the largest short side.
  bool keeps_aspect = false;

  /// The size to which an image is reduced.
  [[nodiscard]] cv::Size_<std::uint64_t> reduced(std::uint64_t width, std::uint64_t height) const {
    if (max_side == 0) return {width, height};
    if (!keeps_aspect)
      return {std::min<std::uint64_t>(width, max_side), std::min<std::uint64_t>(height, max_side)};
    const std::uint64_t side = std::min(width, height);
    if (side <= max_side) return {width, height};
    return {(width * max_side + side / 2) / side, (height * max_side + side / 2) / side};
  }
};

namespace detail {

/// Maps an image file. Throws: `parse_error` naming the file if it is not a regular file or cannot be opened.
[[nodiscard]] inline file_bytes map_image(const std::filesystem::path& path) {
  if (const std::string problem = why_not_regular(path); !problem.empty())
    throw parse_error{path.string(), 0, "an image", problem};
  return map_file(path);
}

/// The header of an image file. Throws: `parse_error` naming the file if it is not an image of a known
/// format, or has more pixels than allowed.
[[nodiscard]] inline image_header checked_image_header(const file_bytes& file, std::size_t max_pixels) {
  const auto header = image_header::read(file.content);
  if (!header) throw parse_error{file.name, 0, "an image", "a file that is unreadable or not an image"};
  // Images with transparency are decoded with all bits that they have.
  const std::size_t allowed = header->has_alpha ? max_pixels / header->bytes_per_value : max_pixels;
  const bool fits = header->width < (std::uint64_t{1} << 31U) && header->height < (std::uint64_t{1} << 31U) &&
                    header->width * header->height <= allowed;
  if (fits) return *header;
  throw parse_error{
      file.name, 0, "an image",
      "a file that is of " + std::to_string(header->width) + " x " + std::to_string(header->height) +
          (allowed < max_pixels
               ? " transparent pixels of " + std::to_string(8 * header->bytes_per_value) + " bits"
               : " pixels") +
          ", more than " + std::to_string(allowed)};
}

/// An image of 4 channels on white, with 3 channels.
/// @param[out] is_transparent set if a pixel is not opaque
[[nodiscard]] inline cv::Mat on_white(cv::Mat image, bool is_premultiplied, bool& is_transparent) {
  for (int row = 0; row < image.rows; ++row) {
    auto* pixel = image.ptr<unsigned char>(row);
    for (int column = 0; column < image.cols; ++column, pixel += 4) {
      const unsigned alpha = pixel[3];
      is_transparent |= alpha != 255;
      for (int c = 0; c < 3; ++c) {
        const unsigned colour = is_premultiplied ? pixel[c] * 255U : pixel[c] * alpha;
        pixel[c] = static_cast<unsigned char>(std::min(255U, (colour + 255U * (255U - alpha) + 127U) / 255U));
      }
    }
  }
  cv::Mat out;
  cv::cvtColor(image, out, cv::COLOR_BGRA2BGR);
  return out;
}

/// How OpenCV decodes a file: JPEG at a half, a quarter or an eighth of its size where that is still large
/// enough.
[[nodiscard]] inline int decoding_flags(const image_header& header, std::size_t max_side) {
  if (header.has_alpha && !header.transparent_grey) return cv::IMREAD_UNCHANGED;
  if (header.kind != image_header::format::jpeg || max_side == 0) return cv::IMREAD_COLOR;
  const std::uint64_t side = std::min(header.width, header.height);
  if (side / 8 >= max_side) return cv::IMREAD_REDUCED_COLOR_8;
  if (side / 4 >= max_side) return cv::IMREAD_REDUCED_COLOR_4;
  return side / 2 >= max_side ? cv::IMREAD_REDUCED_COLOR_2 : cv::IMREAD_COLOR;
}

/// A decoded image with 8 bits and 3 channels, on white where it is transparent.
/// @param[out] is_transparent set if a pixel is not opaque
[[nodiscard]] inline cv::Mat as_opaque(cv::Mat image, const image_header& header, bool& is_transparent) {
  if (header.transparent_grey && image.type() == CV_8UC3) {
    const auto grey = static_cast<double>(*header.transparent_grey);
    cv::Mat hidden;
    cv::inRange(image, cv::Scalar::all(grey), cv::Scalar::all(grey), hidden);
    image.setTo(cv::Scalar::all(255), hidden);
    is_transparent |= cv::countNonZero(hidden) != 0;
  }
  if (image.depth() == CV_16U) image.convertTo(image, CV_8U, 1.0 / 257);
  if (image.type() == CV_8UC4) image = on_white(std::move(image), header.is_premultiplied, is_transparent);
  if (image.type() == CV_8UC1) cv::cvtColor(image, image, cv::COLOR_GRAY2BGR);
  return image;
}

/// Checks the compressed data of a JPEG file. Throws: `parse_error` naming the file if it is cut off, or
/// damaged (where libjpeg is installed).
inline void check_jpeg_data(const file_bytes& file, const read_image_options& options) {
  if (!jpeg_segments{file.content}.has_end())
    throw parse_error{file.name, 0, "an image", "a file that is cut off (the end of its image is missing)"};
  if (!options.check_damage) return;
  if (const std::string damage = jpeg_damage(file.content); !damage.empty())
    throw parse_error{file.name, 0, "an image", "a file that is damaged (" + damage + ")"};
}

/// An image of 8 bits and 3 channels, which is reduced only by its decoder.
struct decoded_image {
  cv::Mat pixels;
  bool is_transparent = false;  ///< whether a pixel of the file is not opaque
};

/// Throws: `parse_error` naming the file if it cannot be decoded.
[[nodiscard]] inline decoded_image decode_image(const std::filesystem::path& path, const image_header& header,
                                                std::size_t max_side) {
  std::string reason = "a file that is not decodable";
  decoded_image out;
  try {
    out.pixels = cv::imread(path.string(), decoding_flags(header, max_side));
    if (!out.pixels.empty()) out.pixels = as_opaque(std::move(out.pixels), header, out.is_transparent);
  } catch (const std::exception& problem) {
    reason += " (" + one_line(problem.what()) + ")";
    out.pixels.release();
  }
  if (out.pixels.type() != CV_8UC3 || out.pixels.empty())
    throw parse_error{path.string(), 0, "an image", reason};
  return out;
}

/// Decodes a file to see that it is sound. Returns whether a pixel is not opaque.
/// Throws: `parse_error` naming the file.
inline bool check_image(const std::filesystem::path& path, const file_bytes& file, const image_header& header,
                        const read_image_options& options) {
  if (header.kind == image_header::format::jpeg) {
    check_jpeg_data(file, options);
    if (MLL_JPEG != 0 && options.check_damage) return false;  // which has decoded it
  }
  return decode_image(path, header, options.max_side).is_transparent;
}

}  // namespace detail

/// Reads an image file: 8-bit, channels blue, green, red, turned as its metadata say, on white where it is
/// transparent (what transparency hides never counts). With `max_side`, each side is reduced on its own, as a
/// network that squeezes images into its input does, unless `keeps_aspect`; JPEG is decoded at a reduced
/// size. Component `mll::opencv`.
///
/// Throws: `parse_error` naming the file if it is not a regular file or not an image, is cut off or damaged
/// (as far as the format tells: JPEG where libjpeg is installed, PNG by its checksums), has more than
/// `max_pixels`, or cannot be decoded. Memory: 4 bytes per pixel of the file, or of its reduced size
/// (JPEG), while it is read.
[[nodiscard]] inline cv::Mat read_image(const std::filesystem::path& path,
                                        const read_image_options& options = {}) {
  using detail::image_header;
  const detail::quiet_opencv quiet;
  const detail::file_bytes file = detail::map_image(path);
  const image_header header = detail::checked_image_header(file, options.max_pixels);
  if (header.kind == image_header::format::jpeg) detail::check_jpeg_data(file, options);
  cv::Mat image = detail::decode_image(path, header, options.max_side).pixels;
  const auto size =
      options.reduced(static_cast<std::uint64_t>(image.cols), static_cast<std::uint64_t>(image.rows));
  const cv::Size reduced{static_cast<int>(size.width), static_cast<int>(size.height)};
  if (reduced == image.size()) return image;
  cv::Mat out;
  cv::resize(image, out, reduced, 0, 0, cv::INTER_AREA);
  return out;
}

}  // namespace mll
