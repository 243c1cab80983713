# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D MODULE=<mll.cppm> -D SOURCE=<program> -D BUILD=<folder> -P module.cmake -- <compile command>
#
# Builds the module and a program that imports it, and runs the program. Every public type, concept and function that the
# umbrella's headers name after themselves must be exported.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../compile_fail/arguments.cmake")

file(READ "${MODULE}" exported)
cmake_path(GET MODULE PARENT_PATH include)
set(include "${include}/../../include")
file(STRINGS "${include}/mll/mll.hpp" lines REGEX "^#include \"mll/")
set(missing "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^#include \"(.*)\"$" "\\1" header "${line}")
  cmake_path(GET header STEM name)
  file(READ "${include}/${header}" text)
  # (Not those of nested namespaces.)
  if(text MATCHES "\nnamespace mll {\n" AND text MATCHES "\n(class|struct|concept|enum class) ${name}[ ;:{]"
      AND NOT exported MATCHES "\nusing mll::${name};")
    list(APPEND missing ${name})
  endif()
endforeach()
if(missing)
  message(FATAL_ERROR "cmake/module/mll.cppm: expected exports of ${missing}")
endif()

file(REMOVE_RECURSE "${BUILD}")
file(MAKE_DIRECTORY "${BUILD}")
execute_process(COMMAND ${command} --precompile "${MODULE}" -o "${BUILD}/mll.pcm" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${command} -fmodule-file=mll=${BUILD}/mll.pcm "${SOURCE}" "${BUILD}/mll.pcm" -o "${BUILD}/use"
  COMMAND_ERROR_IS_FATAL ANY
)
execute_process(COMMAND "${BUILD}/use" COMMAND_ERROR_IS_FATAL ANY)
