# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D PKG_CONFIG=<program> -D COMPILER=<program> -D PREFIX=<where mll is installed> -D BUILD=<folder> -D SOURCE=<program>
#       -D PACKAGE=<name> -P pkg_config.cmake
#
# Compiles and runs SOURCE by what pkg-config says, after PREFIX has moved.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${BUILD}")
file(MAKE_DIRECTORY "${BUILD}")
file(COPY "${PREFIX}/" DESTINATION "${BUILD}/moved")
file(GLOB_RECURSE files "${BUILD}/moved/*.pc")
set(path "")
foreach(file IN LISTS files)
  cmake_path(GET file PARENT_PATH folder)
  string(APPEND path ":${folder}")
endforeach()
set(ENV{PKG_CONFIG_PATH} "${path}:$ENV{PKG_CONFIG_PATH}")
execute_process(COMMAND "${PKG_CONFIG}" --cflags --libs ${PACKAGE} OUTPUT_VARIABLE flags
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY
)
if(NOT flags MATCHES "${BUILD}/moved")
  message(FATAL_ERROR "${PACKAGE}: expected flags that name ${BUILD}/moved, found ${flags}")
endif()
separate_arguments(flags UNIX_COMMAND "${flags}")
execute_process(COMMAND "${COMPILER}" -std=c++20 "${SOURCE}" -o "${BUILD}/consumer" ${flags} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${BUILD}/consumer" COMMAND_ERROR_IS_FATAL ANY)
