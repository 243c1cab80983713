# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Unpacks the newest header packages in BUILD and compiles a program with them. (None of this machine's own is seen.)
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${BUILD}")
execute_process(COMMAND "${BASH}" "${NEWEST}" headers sid "${BUILD}/root" RESULT_VARIABLE result OUTPUT_VARIABLE output
  ECHO_OUTPUT_VARIABLE
)
if(result EQUAL 77)
  return()
elseif(NOT result EQUAL 0)
  message(FATAL_ERROR "newest.sh failed: ${result}")
endif()
string(REGEX MATCH "libeigen3-dev ([0-9]+)" _ "${output}")
set(eigen "${CMAKE_MATCH_1}")
execute_process(COMMAND ${CMAKE_COMMAND} -S "${SOURCE}/headers" -B "${BUILD}/build" -G "${GENERATOR}"
  -D CMAKE_CXX_COMPILER=${COMPILER}
  -D CMAKE_PREFIX_PATH=${BUILD}/root/usr
  -D MLL_SOURCE=${MLL_SOURCE}
  -D EXPECTED_ROOT=${BUILD}/root
  -D EXPECTED_EIGEN=${eigen}
  COMMAND_ERROR_IS_FATAL ANY
)
execute_process(COMMAND ${CMAKE_COMMAND} --build "${BUILD}/build" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${BUILD}/build/consumer" COMMAND_ERROR_IS_FATAL ANY)
