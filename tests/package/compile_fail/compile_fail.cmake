# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D SOURCE=<case> -P compile_fail.cmake -- <compile command>
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/arguments.cmake")

file(STRINGS "${SOURCE}" expectations REGEX "^// expect: ")
if(NOT expectations)
  message(FATAL_ERROR "${SOURCE} has no line '// expect: <text>'")
endif()

execute_process(COMMAND ${command} -DMLL_TEST_MISTAKE=1 "${SOURCE}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
)
if(result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles with its mistake")
endif()
foreach(expectation IN LISTS expectations)
  string(REGEX REPLACE "^// expect: " "" expectation "${expectation}")
  string(FIND "${output}" "${expectation}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "${SOURCE}: the compiler does not say '${expectation}':\n${output}")
  endif()
endforeach()
