// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "commands.hpp"

namespace hub_tool {

/// Writes a selection (`given.name`) and its experts as one ONNX graph (`given.pack`).
int export_onnx(const arguments& given, const output& out);

}  // namespace hub_tool
