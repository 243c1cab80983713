# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D HEADERS=<folder> -D ABSENT=<header,...> -D EXTENSION=<hpp or cuh> -D UNIT=<file> -P examples.cmake
#   -- <compile command>
#
# Compiles the @code blocks of all headers but the absent ones. A block that holds a static_assert is the example of a
# concept: it is compiled in a namespace of its own. Any other block is compiled as the body of a function, with what a
# reader has at that point (givens.hpp).
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/arguments.cmake")
string(REPLACE "," ";" ABSENT "${ABSENT}")

# Their samples are images; elsewhere samples are texts.
set(of_images "^mll/(dist/rank_classifier|model/(onnx|general)/|reuse/io/(read_task|write_onnx_task)|reuse/shift/learn_shift)")

file(GLOB_RECURSE headers RELATIVE "${HEADERS}" "${HEADERS}/*.${EXTENSION}")
# What includes an absent header is absent as well.
foreach(header IN LISTS headers)
  file(STRINGS "${HEADERS}/${header}" lines REGEX "^#include \"mll/")
  string(REGEX REPLACE "#include \"([^\"]+)\"" "\\1" included_${header} "${lines}")
endforeach()
set(grows TRUE)
while(grows)
  set(grows FALSE)
  foreach(header IN LISTS headers)
    foreach(other IN LISTS included_${header})
      if(other IN_LIST ABSENT AND NOT header IN_LIST ABSENT)
        list(APPEND ABSENT ${header})
        set(grows TRUE)
      endif()
    endforeach()
  endforeach()
endwhile()

set(includes "")
set(unit "")
set(examples 0)
foreach(header IN LISTS headers)
  if(header IN_LIST ABSENT)
    continue()
  endif()
  file(READ "${HEADERS}/${header}" rest)
  while(TRUE)
    string(REGEX MATCH "\n *///? @code\n" opening "${rest}")
    if(NOT opening)
      break()
    endif()
    string(FIND "${rest}" "${opening}" from)
    string(SUBSTRING "${rest}" ${from} -1 rest)
    string(FIND "${rest}" "/// @endcode" to)
    string(SUBSTRING "${rest}" 0 ${to} code)
    string(SUBSTRING "${rest}" ${to} -1 rest)
    string(REPLACE "/// @code\n" "\n" code "${code}")
    string(REGEX REPLACE "\n */// ?" "\n" code "${code}")
    # A header of no component may show one.
    if((header MATCHES "${of_images}" AND NOT "-DMLL_TEST_OPENCV=1" IN_LIST command)
        OR (code MATCHES "[^a-z_]store[.,]" AND NOT "-DMLL_TEST_SQLITE=1" IN_LIST command)
        OR (code MATCHES "exec::omp" AND NOT "-DMLL_TEST_OMP=1" IN_LIST command))
      continue()
    endif()
    math(EXPR examples "${examples} + 1")
    list(APPEND includes "#include \"${header}\"")
    if(code MATCHES "static_assert\\(mll::")
      string(APPEND unit "namespace example_${examples} {  // ${header}\n${code}}\n")
    else()
      set(givens "given")
      if(header MATCHES "${of_images}")
        set(givens "given_images")
      endif()
      string(APPEND unit "void example_${examples}() {  // ${header}\nusing namespace ${givens};\n{${code}}\n}\n")
    endif()
  endwhile()
endforeach()
if(examples EQUAL 0)
  message(FATAL_ERROR "no header of ${HEADERS} has an example: the marks have changed")
endif()

list(REMOVE_DUPLICATES includes)
list(JOIN includes "\n" includes)
file(WRITE "${UNIT}" "#include \"${CMAKE_CURRENT_LIST_DIR}/givens.hpp\"\n${includes}\n\n${unit}")
execute_process(COMMAND ${command} "${UNIT}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "examples do not compile:\n${output}")
endif()
message(STATUS "${examples} examples compiled")
