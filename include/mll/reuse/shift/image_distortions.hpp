// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/reuse/shift/distortion.hpp"

namespace mll {

namespace detail {

/// A number in [low, high].
[[nodiscard]] inline int integer_between(random_engine& engine, int low, int high) {
  return low + static_cast<int>(engine() % static_cast<std::uint64_t>(high - low + 1));
}

/// The grey image in as many channels as the original.
[[nodiscard]] inline cv::Mat with_channels_of(const cv::Mat& image, const cv::Mat& grey) {
  cv::Mat out = grey;
  if (image.channels() == 3) cv::cvtColor(grey, out, cv::COLOR_GRAY2BGR);
  return out;
}

[[nodiscard]] inline cv::Mat grey_of(const cv::Mat& image) {
  cv::Mat out = image;
  if (image.channels() == 3) cv::cvtColor(image, out, cv::COLOR_BGR2GRAY);
  return out;
}

[[nodiscard]] inline cv::Mat in_tiles_of_random_order(const cv::Mat& image, random_engine& engine) {
  constexpr int side = 4;
  const int height = image.rows / side;
  const int width = image.cols / side;
  if (height == 0 || width == 0) return image.clone();
  std::array<int, side * side> order{};
  for (int i = 0; i < side * side; ++i) order[static_cast<std::size_t>(i)] = i;
  shuffle(std::span<int>{order}, engine);
  cv::Mat out = image.clone();
  for (int i = 0; i < side * side; ++i) {
    const int from = order[static_cast<std::size_t>(i)];
    image(cv::Rect{from % side * width, from / side * height, width, height})
        .copyTo(out(cv::Rect{i % side * width, i / side * height, width, height}));
  }
  return out;
}

[[nodiscard]] inline cv::Mat edges_of(const cv::Mat& image) {
  const cv::Mat grey = grey_of(image);
  cv::Mat across;
  cv::Mat down;
  cv::Mat strength;
  cv::Sobel(grey, across, CV_32F, 1, 0);
  cv::Sobel(grey, down, CV_32F, 0, 1);
  cv::magnitude(across, down, strength);
  double top = 0;
  cv::minMaxLoc(strength, nullptr, &top);
  cv::Mat out;
  strength.convertTo(out, CV_8U, -255 / std::max(1.0, top), 255);  // dark on white, as drawn
  return with_channels_of(image, out);
}

}  // namespace detail

/// Fourteen distortions of 8-bit images with 1 or 3 channels: a quarter enlarged (zoom), shrunk to a quarter
/// on a plain ground, blur, noise, rotation, tiles in random order, low contrast, edges, three levels per
/// channel, grey, inverted, silhouette, large pixels, exchanged channels.
[[nodiscard]] inline std::vector<distortion<cv::Mat>> image_distortions() {
  std::vector<distortion<cv::Mat>> out;
  const auto add = [&](std::string name, std::function<cv::Mat(const cv::Mat&, random_engine&)> change) {
    out.push_back({std::move(name), [change = std::move(change)](const cv::Mat& image, std::uint64_t seed) {
                     random_engine engine{seed};
                     return change(image, engine);
                   }});
  };
  const auto half = [](int size) { return std::max(1, size / 2); };
  const auto quarter_at_random = [half](const cv::Mat& image, random_engine& engine) {
    const int height = half(image.rows);
    const int width = half(image.cols);
    const int left = detail::integer_between(engine, 0, image.cols - width);
    return cv::Rect{left, detail::integer_between(engine, 0, image.rows - height), width, height};
  };
  add("zoom", [=](const cv::Mat& image, random_engine& engine) {
    cv::Mat large;
    cv::resize(image(quarter_at_random(image, engine)), large, image.size(), 0, 0, cv::INTER_LINEAR);
    return large;
  });
  add("small", [=](const cv::Mat& image, random_engine& engine) {
    cv::Mat ground(image.size(), image.type(), cv::mean(image));
    const cv::Rect place = quarter_at_random(image, engine);
    cv::Mat small;
    cv::resize(image, small, place.size(), 0, 0, cv::INTER_AREA);
    small.copyTo(ground(place));
    return ground;
  });
  add("blur", [](const cv::Mat& image, random_engine&) {
    cv::Mat soft;
    cv::GaussianBlur(image, soft, {}, 0.05 * std::max(image.rows, image.cols));
    return soft;
  });
  add("noise", [](const cv::Mat& image, random_engine& engine) {
    cv::RNG normal{engine()};
    cv::Mat noise(image.size(), CV_MAKETYPE(CV_32F, image.channels()));
    normal.fill(noise, cv::RNG::NORMAL, 0, 40);
    cv::Mat noisy;
    cv::add(image, noise, noisy, cv::noArray(), image.type());
    return noisy;
  });
  add("rotation", [](const cv::Mat& image, random_engine& engine) {
    const cv::Point2f centre{static_cast<float>(image.cols - 1) / 2, static_cast<float>(image.rows - 1) / 2};
    const cv::Mat turn = cv::getRotationMatrix2D(centre, detail::integer_between(engine, 30, 330), 1);
    cv::Mat turned;
    cv::warpAffine(image, turned, turn, image.size(), cv::INTER_LINEAR, cv::BORDER_REFLECT);
    return turned;
  });
  add("patches", detail::in_tiles_of_random_order);
  add("low contrast", [](const cv::Mat& image, random_engine&) {
    const cv::Scalar means = cv::mean(image);
    double mean = 0;
    for (int c = 0; c < image.channels(); ++c) mean += means[c] / image.channels();
    cv::Mat flat;
    image.convertTo(flat, -1, 0.25, 0.75 * mean);
    return flat;
  });
  add("edges", [](const cv::Mat& image, random_engine&) { return detail::edges_of(image); });
  add("poster", [](const cv::Mat& image, random_engine&) {
    cv::Mat levels(1, 256, CV_8U);
    for (int i = 0; i < 256; ++i) levels.at<std::uint8_t>(0, i) = static_cast<std::uint8_t>(i / 86 * 127);
    cv::Mat poster;
    cv::LUT(image, levels, poster);
    return poster;
  });
  add("grey", [](const cv::Mat& image, random_engine&) {
    return detail::with_channels_of(image, detail::grey_of(image)).clone();
  });
  add("inverted", [](const cv::Mat& image, random_engine&) {
    cv::Mat negative;
    cv::bitwise_not(image, negative);
    return negative;
  });
  add("silhouette", [](const cv::Mat& image, random_engine&) {
    cv::Mat black;
    cv::threshold(detail::grey_of(image), black, 0, 255, cv::THRESH_BINARY + cv::THRESH_OTSU);
    return detail::with_channels_of(image, black);
  });
  add("large pixels", [](const cv::Mat& image, random_engine&) {
    cv::Mat few;
    cv::Mat blocks;
    cv::resize(image, few, {std::max(1, image.cols / 4), std::max(1, image.rows / 4)}, 0, 0, cv::INTER_AREA);
    cv::resize(few, blocks, image.size(), 0, 0, cv::INTER_NEAREST);
    return blocks;
  });
  add("exchanged channels", [](const cv::Mat& image, random_engine&) {
    if (image.channels() != 3) return image.clone();
    cv::Mat mixed(image.size(), image.type());
    const std::array<int, 6> from_to{1, 0, 2, 1, 0, 2};
    cv::mixChannels(&image, 1, &mixed, 1, from_to.data(), 3);
    return mixed;
  });
  return out;
}

}  // namespace mll
