// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <mll/core/matrix.hpp>

int main() {}
