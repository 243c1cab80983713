// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/detail/batch_memo.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/prepare_image.hpp"

namespace mll::detail {

/// An image of the size of a network's input.
struct prepared_image {
  cv::Mat pixels;
  std::shared_ptr<void> memory = {};  ///< of the pixels, if they are not on the heap

  /// A copy with memory of its own from the system. Images that are kept while networks run would break up
  /// the heap, on which the arrays of networks come and go: labelling took twice the memory. The image itself
  /// if it is small (a process has some 65,000 such memories), or there is no memory.
  [[nodiscard]] static prepared_image outside_the_heap(const prepared_image& made) {
    const std::size_t bytes = made.pixels.total() * made.pixels.elemSize();
    if (bytes < std::size_t{1} << 16U) return made;
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return made;
    prepared_image out{{made.pixels.rows, made.pixels.cols, made.pixels.type(), memory},
                       {memory, [bytes](void* pages) { munmap(pages, bytes); }}};
    made.pixels.copyTo(out.pixels);
    return out;
  }
};

/// Turns 8-bit images into the input of a network.
class image_tensor {
 public:
  /// @param[in] options with width, height and channels set
  explicit image_tensor(const onnx_options& options)
      : width_{static_cast<int>(options.width)},
        height_{static_cast<int>(options.height)},
        channels_{options.channels},
        order_{options.order},
        layout_{options.layout.value_or(tensor_layout::nchw)},
        preparation_{options.preparation} {
    const float scale = options.scale.value_or(1.0F / 255);
    for (std::size_t c = 0; c < channels_; ++c) {
      for (std::size_t pixel = 0; pixel < 256; ++pixel) {
        values_[c][pixel] = (static_cast<float>(pixel) * scale - options.mean[c]) / options.deviation[c];
      }
    }
  }

  /// Values per image.
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * channels_;
  }
  /// Shape of the input for `count` images.
  [[nodiscard]] std::vector<int> shape(std::size_t count) const {
    const auto n = static_cast<int>(count);
    const auto c = static_cast<int>(channels_);
    return layout_ == tensor_layout::nchw ? std::vector{n, c, height_, width_}
                                          : std::vector{n, height_, width_, c};
  }
  /// An input for `count` images, all zeros.
  [[nodiscard]] cv::Mat allocate(std::size_t count) const {
    return cv::Mat::zeros(4, shape(count).data(), CV_32F);
  }

  /// Throws: `invalid_argument` if an image does not have 8 bits and 1 or 3 channels.
  /// @param[in] position of the image in its batch, for messages
  static void check(const cv::Mat& image, std::size_t position) {
    const auto refuse = [&](const std::string& found) {
      return invalid_argument{"batch[" + std::to_string(position) + "]", "an 8-bit image of 1 or 3 channels",
                              found};
    };
    if (image.empty()) throw refuse("an empty image");
    if (image.dims != 2 || image.depth() != CV_8U)
      throw refuse("an image of type " + cv::typeToString(image.type()));
    if (image.channels() != 1 && image.channels() != 3) {
      throw refuse("an image of " + std::to_string(image.channels()) + " channels");
    }
  }

  /// Images of the input's size. Models that run on a batch together resize its images once per size and
  /// preparation: see `batch_memo`.
  /// @param[in] images 8-bit, 1 or 3 channels (blue, green, red), any size
  /// @param[in] first  position of the first image in its batch, for messages
  /// Throws: `invalid_argument` for any other image.
  [[nodiscard]] std::vector<prepared_image> prepare(std::span<const cv::Mat> images,
                                                    std::size_t first) const {
    for (std::size_t i = 0; i < images.size(); ++i) check(images[i], first + i);
    return batch_memo::values<prepared_image>(
        target{width_, height_, preparation_}, images,
        [&](std::size_t i) {
          return prepared_image{prepare_image(images[i], static_cast<std::size_t>(width_),
                                              static_cast<std::size_t>(height_), preparation_)};
        },
        [&](const prepared_image& made, std::size_t i) {
          const bool shares_pixels = made.pixels.datastart == images[i].datastart;
          return shares_pixels ? 0 : made.pixels.total() * made.pixels.elemSize();
        },
        &prepared_image::outside_the_heap);
  }

  /// Writes the `size()` values of an image.
  /// @param[in] image    8-bit, 1 or 3 channels (blue, green, red), any size
  /// @param[in] position of the image in its batch, for messages
  /// Throws: `invalid_argument` for any other image.
  void write(const cv::Mat& image, std::size_t position, float* out) const {
    fill(prepare({&image, 1}, position).front(), out);
  }

  /// Writes the `size()` values of an image of the input's size.
  void fill(const prepared_image& made, float* out) const {
    cv::Mat fitting = made.pixels;
    if (channels_ == 1 && fitting.channels() == 3) {
      cv::Mat grey;
      cv::cvtColor(fitting, grey, cv::COLOR_BGR2GRAY);
      fitting = grey;
    }
    const auto stored = static_cast<std::size_t>(fitting.channels());
    const std::size_t area = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
    for (std::size_t c = 0; c < channels_; ++c) {
      const std::size_t source = stored == 1 ? 0 : order_ == channel_order::rgb ? 2 - c : c;
      float* next = layout_ == tensor_layout::nchw ? out + c * area : out + c;
      const std::size_t step = layout_ == tensor_layout::nchw ? 1 : channels_;
      for (int row = 0; row < height_; ++row) {
        const unsigned char* pixel = fitting.ptr<unsigned char>(row) + source;
        for (int column = 0; column < width_; ++column, pixel += stored, next += step) {
          *next = values_[c][*pixel];
        }
      }
    }
  }

 private:
  struct target {
    int width;
    int height;
    image_preparation preparation;

    friend bool operator==(const target&, const target&) = default;
  };

  int width_;
  int height_;
  std::size_t channels_;
  channel_order order_;
  tensor_layout layout_;
  image_preparation preparation_;
  std::array<std::array<float, 256>, 3> values_{};  // by channel and pixel value
};

}  // namespace mll::detail
