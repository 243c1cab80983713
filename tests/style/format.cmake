# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D ROOT=<repository> -D CLANG_FORMAT=<program> -P format.cmake
cmake_minimum_required(VERSION 3.25)
file(GLOB_RECURSE files
  "${ROOT}/include/*.hpp" "${ROOT}/include/*.cuh"
  "${ROOT}/tests/*.cpp" "${ROOT}/tests/*.hpp" "${ROOT}/tests/*.cu"
  "${ROOT}/examples/*.cpp" "${ROOT}/examples/*.hpp"
  "${ROOT}/benchmarks/*.cpp" "${ROOT}/benchmarks/*.hpp" "${ROOT}/benchmarks/*.cu"
)
execute_process(COMMAND "${CLANG_FORMAT}" --dry-run -Werror ${files} RESULT_VARIABLE result ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "run clang-format-16 -i on these files:\n${output}")
endif()
