# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Configures SOURCE afresh in BUILD, builds it and runs the program "consumer".
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${BUILD}")
set(cuda "")
if(CUDA_COMPILER)
  set(cuda -D CMAKE_CUDA_COMPILER=${CUDA_COMPILER})
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S "${SOURCE}" -B "${BUILD}" -G "${GENERATOR}"
  -D CMAKE_CXX_COMPILER=${COMPILER}
  ${cuda}
  -D CMAKE_PREFIX_PATH=${PREFIX}
  -D MLL_SOURCE=${MLL_SOURCE}
  -D MLL_PREFIX=${PREFIX}
  -D "COMPONENTS=${COMPONENTS}"
  COMMAND_ERROR_IS_FATAL ANY
)
execute_process(COMMAND ${CMAKE_COMMAND} --build "${BUILD}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${BUILD}/consumer" COMMAND_ERROR_IS_FATAL ANY)
