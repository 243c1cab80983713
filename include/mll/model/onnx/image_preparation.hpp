// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace mll {

/// How an image of any shape becomes one of the network's input size.
enum class image_fit {
  stretch,    ///< each side on its own
  crop,       ///< the short side is resized, the aspect ratio kept, and the centre cut out
  letterbox,  ///< the whole image, aspect ratio kept, between bars of grey 114
};

/// How the pixels of a resized image are computed. All but `area` are Pillow's; the filters of several pixels
/// are antialiased when shrinking.
enum class interpolation {
  area,      ///< mean of the covered area when shrinking, linear when enlarging
  nearest,   ///< one pixel
  bilinear,  ///< triangle
  bicubic,   ///< a = -0.5
  lanczos,   ///< of three lobes
};

/// Where a centre crop begins if as many pixels cannot be cut off on both sides.
enum class crop_rounding {
  even,  ///< half of the margin, rounded to even: torchvision, timm
  down,  ///< half of the margin, rounded down: Hugging Face
};

/// How an image is resized for a network. The pixel values follow after that, see `onnx_options`.
///
/// Equal to the transforms that experts are trained and published with: `crop` with `bilinear` or `bicubic`
/// is `Resize` and `CenterCrop` of torchvision and timm, and the image processors of Hugging Face, which all
/// follow Pillow.
struct image_preparation {
  image_fit fit = image_fit::stretch;
  mll::interpolation interpolation = mll::interpolation::area;
  /// With `crop`, the image's short side before the crop; 0: just large enough for the input. With `stretch`,
  /// the short side of the size that the image is stretched to before the crop; 0: no crop. Not used with
  /// `letterbox`.
  std::size_t short_side = 0;
  crop_rounding rounding = crop_rounding::even;

  friend bool operator==(const image_preparation&, const image_preparation&) = default;
};

}  // namespace mll
