# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D SOURCES=<case,...> -D OPTIONS=<flags> -D UNIT=<file> -P twins.cmake -- <compile command>
#
# Compiles the valid twins of all cases, each in a namespace of its own.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/arguments.cmake")
string(REPLACE "," ";" SOURCES "${SOURCES}")
separate_arguments(options UNIX_COMMAND "${OPTIONS}")

set(includes "")
set(unit "")
foreach(source IN LISTS SOURCES)
  cmake_path(GET source STEM name)
  file(STRINGS "${source}" lines REGEX "^#include ")
  list(APPEND includes ${lines})
  string(APPEND unit "namespace ${name} {\n#include \"${source}\"\n}\n")
endforeach()

list(REMOVE_DUPLICATES includes)
list(JOIN includes "\n" includes)
file(WRITE "${UNIT}" "${includes}\n\n${unit}")
execute_process(COMMAND ${command} ${options} -DMLL_TEST_MISTAKE=0 "${UNIT}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the valid twins do not compile:\n${output}")
endif()
list(LENGTH SOURCES twins)
message(STATUS "${twins} twins compiled")
