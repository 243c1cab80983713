// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The header of a component that is not linked says which target to link. (The valid twin is linked to it.)
// expect: link the CMake target mll::omp
#include "mll/exec/omp.hpp"

int main() {}
