// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The header of an ONNX file: what it declares, and whether its weights are within it.

#include "mll/model/onnx/engines/detail/onnx_header.hpp"

#include <cstddef>
#include <cstdint>

#include "mll/model/onnx/detail/check_onnx_weights.hpp"
#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = mll::test::fuzz_folder() / "model.onnx";
  mll::test::write_file(file, {reinterpret_cast<const char*>(data), size});
  try {
    const auto header = mll::detail::read_onnx_header(file);
    std::size_t bytes = 0;
    for (const auto* tensors : {&header.inputs, &header.outputs}) {
      for (const auto& tensor : *tensors) bytes += 2 + tensor.name.size() + 2 * tensor.shape.size();
    }
    mll::test::must_hold(bytes <= size, "a header is not larger than its file");
    static_cast<void>(header.last_operator());
    mll::detail::onnx_weight_check::run(mll::detail::map_onnx(file));
  } catch (const mll::parse_error&) {
  }
  return 0;
}
