// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

// 1 if programs that link mll::opencv are linked with libjpeg, which CMake does where it is installed.
#if !defined(MLL_JPEG)
#define MLL_JPEG 0
#endif

#if MLL_JPEG
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#endif

namespace mll::detail {

#if MLL_JPEG
/// The state of one check; libjpeg reports through the first member.
struct jpeg_check {
  jpeg_error_mgr manager{};
  jpeg_progress_mgr progress{};
  std::jmp_buf leave{};
  std::array<char, JMSG_LENGTH_MAX> why{};

  [[noreturn]] static void stop(j_common_ptr decoder) {
    auto& check = *reinterpret_cast<jpeg_check*>(decoder->err);
    decoder->err->format_message(decoder, check.why.data());
    std::longjmp(check.leave, 1);
  }
  /// A warning is damage if it is about the compressed data. Some cameras write a few bytes too many.
  static void on_message(j_common_ptr decoder, int level) {
    constexpr int harmless_bytes = 16;
    const int code = decoder->err->msg_code;
    const bool extra = code == JWRN_EXTRANEOUS_DATA && decoder->err->msg_parm.i[0] > harmless_bytes;
    const bool damage = code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_JPEG_EOF ||
                        code == JWRN_MUST_RESYNC;
    if (level < 0 && (extra || damage)) stop(decoder);
  }
  /// Each scan of a progressive file costs the time of the whole image; encoders write about ten.
  static void on_progress(j_common_ptr decoder) {
    const auto* image = reinterpret_cast<j_decompress_ptr>(decoder);
    constexpr double max_pixels = 1U << 31U;  // of all scans
    const double pixels = static_cast<double>(image->image_width) * image->image_height;
    const int max_scans = static_cast<int>(std::clamp(max_pixels / pixels, 20.0, 100.0));
    if (image->input_scan_number <= max_scans) return;
    auto& check = *reinterpret_cast<jpeg_check*>(decoder->err);
    std::snprintf(check.why.data(), check.why.size(), "more than %d scans", max_scans);
    std::longjmp(check.leave, 1);
  }
};

/// Decodes at an eighth of the size; the text of `check` says what is wrong. No object with a destructor
/// lives here: libjpeg leaves by a jump.
inline void run_jpeg_check(jpeg_check& check, jpeg_decompress_struct& decoder, const unsigned char* bytes,
                           unsigned long size) {
  decoder.err = jpeg_std_error(&check.manager);
  check.manager.error_exit = jpeg_check::stop;
  check.manager.emit_message = jpeg_check::on_message;
  check.progress.progress_monitor = jpeg_check::on_progress;
  if (setjmp(check.leave) == 0) {
    jpeg_create_decompress(&decoder);
    decoder.progress = &check.progress;
    jpeg_mem_src(&decoder, bytes, size);
    static_cast<void>(jpeg_read_header(&decoder, TRUE));
    if (decoder.jpeg_color_space == JCS_UNKNOWN) {  // nobody converts it to colours
      std::snprintf(check.why.data(), check.why.size(), "%d unknown channels", decoder.num_components);
      std::longjmp(check.leave, 1);
    }
    decoder.scale_num = 1;
    decoder.scale_denom = 8;
    decoder.out_color_space = decoder.jpeg_color_space;
    decoder.do_fancy_upsampling = FALSE;
    decoder.do_block_smoothing = FALSE;
    static_cast<void>(jpeg_start_decompress(&decoder));
    JSAMPARRAY row = decoder.mem->alloc_sarray(
        reinterpret_cast<j_common_ptr>(&decoder), JPOOL_IMAGE,
        decoder.output_width * static_cast<JDIMENSION>(decoder.output_components), 1);
    while (decoder.output_scanline < decoder.output_height)
      static_cast<void>(jpeg_read_scanlines(&decoder, row, 1));
    static_cast<void>(jpeg_finish_decompress(&decoder));
  }
  jpeg_destroy_decompress(&decoder);
}
#endif

/// What is wrong with the compressed data of a JPEG file, in libjpeg's words: decoders fill what they cannot
/// read with grey, without an error. Empty if nothing is found, and always without libjpeg.
/// Complexity: decodes at an eighth of the size, about 8 ns per pixel.
[[nodiscard]] inline std::string jpeg_damage([[maybe_unused]] std::string_view bytes) {
#if MLL_JPEG
  jpeg_check check;
  jpeg_decompress_struct decoder{};
  run_jpeg_check(check, decoder, reinterpret_cast<const unsigned char*>(bytes.data()),
                 static_cast<unsigned long>(bytes.size()));
  return check.why.data();
#else
  return {};
#endif
}

}  // namespace mll::detail
