// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace mll {

/// A type that names the samples it works on: `T::sample_type`.
template <class T>
concept has_sample_type = requires { typename T::sample_type; };

}  // namespace mll
