# cmake -D ROOT=<repository> -D STAGES=<stage,...> -P structure.cmake
#
# Checks that the tree keeps its promises: every public header has a test at the same path and a line in the umbrella,
# no header includes from a later stage, none is too long to read in one sitting, each begins in the same way.
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" STAGES "${STAGES}")

# Headers that the umbrella leaves out: backends that need a package of their own, expensive ones, suites for users' tests.
set(not_in_umbrella "^(exec/omp|exec/tbb|label/np[yz]|embed/cached_embedder|embed/(wordpiece_tokenizer|onnx_sentence_embedder)|embed/(read|write)_[a-z0-9_]+)\\.hpp$"
  "^(embed/(embedding_table|vector_set|word_vectors)|label/sparse_node_statistics|select/(shortlist|sparse_screening|wide_funnel))\\.hpp$" "\\.cuh$" "^testing/" "^store/"
  "^(label/image_folder|model/onnx_opencv|model/onnx_scorer|model/onnx_session_cache)\\.hpp$")
# Headers without a test at the same path: concepts that other tests instantiate with every model and non-model.
set(not_tested "")
# Folders that stand beside the data flow and may use all of it, but not each other.
set(side_stages store dist report testing)
set(max_lines 300)

set(problems "")
macro(complain text)
  string(APPEND problems "\n  ${text}")
endmacro()

function(matches_any text patterns result)
  foreach(pattern IN LISTS patterns)
    if(text MATCHES "${pattern}")
      set(${result} TRUE PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${result} FALSE PARENT_SCOPE)
endfunction()

file(READ "${ROOT}/include/mll/mll.hpp" umbrella)
file(GLOB_RECURSE headers RELATIVE "${ROOT}/include/mll" "${ROOT}/include/mll/*.hpp" "${ROOT}/include/mll/*.cuh")
list(REMOVE_ITEM headers mll.hpp)
foreach(header IN LISTS headers)
  string(REGEX MATCH "^[^/]+" stage "${header}")
  list(FIND STAGES "${stage}" position)
  if(position EQUAL -1)
    complain("mll/${header}: '${stage}' is not one of the stages ${STAGES}")
    continue()
  endif()

  file(READ "${ROOT}/include/mll/${header}" text)
  string(REGEX MATCHALL "\n" lines "${text}")
  list(LENGTH lines line_count)
  if(line_count GREATER max_lines)
    complain("mll/${header}: ${line_count} lines, at most ${max_lines} are allowed")
  endif()
  if(NOT text MATCHES "^// Copyright the mll authors\\. Distributed under the Boost Software License, Version 1\\.0\\.\n(//[^\n]*\n)*#pragma once\n")
    complain("mll/${header}: does not begin with the copyright line and #pragma once")
  endif()

  string(REGEX MATCHALL "#include \"[^\"]*\"" includes "${text}")
  foreach(include IN LISTS includes)
    if(NOT include MATCHES "\"mll/([^/]+)/.+\"")
      complain("mll/${header}: ${include} is not of the form \"mll/<stage>/<header>\"")
      continue()
    endif()
    set(other "${CMAKE_MATCH_1}")
    list(FIND STAGES "${other}" other_position)
    if(other_position EQUAL -1 OR other_position GREATER position
        OR (stage IN_LIST side_stages AND other IN_LIST side_stages AND NOT stage STREQUAL other))
      complain("mll/${header}: ${include} comes after ${stage} in the data flow")
    endif()
  endforeach()

  if(header MATCHES "/detail/")
    continue()
  endif()
  string(REGEX REPLACE "hpp$" "cpp" test "${header}")
  string(REGEX REPLACE "cuh$" "cu" test "${test}")
  matches_any("${header}" "${not_tested}" excused)
  if(NOT excused AND NOT EXISTS "${ROOT}/tests/${test}")
    complain("mll/${header}: has no test tests/${test}")
  endif()
  matches_any("${header}" "${not_in_umbrella}" excused)
  string(FIND "${umbrella}" "#include \"mll/${header}\"" line)
  if(NOT excused AND line EQUAL -1)
    complain("mll/${header}: is missing from mll/mll.hpp")
  elseif(excused AND NOT line EQUAL -1)
    complain("mll/${header}: must not stand in mll/mll.hpp")
  endif()
endforeach()

# What runs on a device is built where there is only a CUDA toolkit: no header that a .cuh brings in needs another library
# than that of the language and the system.
file(GLOB_RECURSE waiting RELATIVE "${ROOT}/include" "${ROOT}/include/mll/*.cuh")
set(seen "")
while(waiting)
  list(POP_FRONT waiting header)
  if(header IN_LIST seen)
    continue()
  endif()
  list(APPEND seen "${header}")
  file(STRINGS "${ROOT}/include/${header}" includes REGEX "^ *# *include ")
  foreach(include IN LISTS includes)
    if(include MATCHES "\"(mll/[^\"]+)\"")
      list(APPEND waiting "${CMAKE_MATCH_1}")
    elseif(NOT include MATCHES "<([a-z_0-9]+|(thrust|cub)/.+|cuda_runtime_api\\.h|sys/mman\\.h)>")
      complain("${header}: ${include} is not to be had with a CUDA toolkit alone, and a .cuh includes this header")
    endif()
  endforeach()
endwhile()

if(problems)
  message(FATAL_ERROR "the tree breaks its own rules:${problems}")
endif()
