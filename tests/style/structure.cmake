# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D ROOT=<repository> -D ROOMS=<room,...> -D SIDE_STAGES=<stage,...> -P structure.cmake
#
# Checks the layout of the tree: a header includes only from its own room (folder) and from rooms before it in the data
# flow; every public header but the shortest has a test at the same path, and a line in the umbrella; rooms and headers
# stay small; headers begin in the same way.
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" ROOMS "${ROOMS}")
string(REPLACE "," ";" SIDE_STAGES "${SIDE_STAGES}")

# Headers that the umbrella leaves out: internals that several stages share, what needs a package of its own, what is
# expensive to compile, suites for users' tests.
set(not_in_umbrella "^core/(text|io)/" "^core/xtensor\\.hpp$" "^exec/(omp|tbb)\\.hpp$" "\\.cuh$"
  "^embed/(cached_embedder|vector_set)\\.hpp$" "^embed/(sentences|tables)/" "^embed/words/(read_[a-z0-9_]+|word_vectors|lsa_embedder)\\.hpp$"
  "^model/guarded_call\\.hpp$" "^model/onnx/engines/" "^model/onnx/(onnx_(opencv|classifier|texts|vectors|general_model|session_cache)|prove_onnx_classifier|prepare_image|read_onnx_metadata)\\.hpp$"
  "^model/description/(read_expert_description|onnx_weight_files)\\.hpp$" "^model/general/"
  "^label/io/" "^label/representation/(image_folder|read_image)\\.hpp$"
  "^reuse/(io|shift)/" "^dist/" "^store/" "^testing/"
)
set(max_headers 15)
set(max_lines 300)
# Headers up to this length are tested with the headers that use them.
set(max_lines_without_test 40)

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

# The room of a header, and its place in the data flow.
function(find_room header room position)
  cmake_path(GET header PARENT_PATH folder)
  string(REGEX REPLACE "/detail(/.*)?$" "" folder "${folder}")
  list(FIND ROOMS "${folder}" found)
  set(${room} "${folder}" PARENT_SCOPE)
  set(${position} ${found} PARENT_SCOPE)
endfunction()

file(READ "${ROOT}/include/mll/mll.hpp" umbrella)
file(GLOB_RECURSE headers RELATIVE "${ROOT}/include/mll" "${ROOT}/include/mll/*.hpp" "${ROOT}/include/mll/*.ipp"
  "${ROOT}/include/mll/*.cuh"
)
list(REMOVE_ITEM headers mll.hpp version.hpp fwd.hpp)  # these belong to no room
set(folders "")
set(defined_types "")
foreach(header IN LISTS headers)
  find_room("${header}" room position)
  if(position EQUAL -1)
    complain("mll/${header}: '${room}' is not a room of MLL_ROOMS (cmake/mll-development.cmake)")
    continue()
  endif()
  string(REGEX MATCH "^[^/]+" stage "${header}")
  cmake_path(GET header PARENT_PATH folder)
  string(MAKE_C_IDENTIFIER "${folder}" folder_id)
  list(APPEND folders "${folder}")
  math(EXPR count_${folder_id} "0${count_${folder_id}} + 1")

  file(READ "${ROOT}/include/mll/${header}" text)
  string(REGEX MATCHALL "\n" lines "${text}")
  list(LENGTH lines line_count)
  math(EXPR line_count "${line_count} - 2")  # without those of the licence
  if(line_count GREATER max_lines)
    complain("mll/${header}: ${line_count} lines, at most ${max_lines} are allowed")
  endif()
  if(NOT text MATCHES "^// SPDX-FileCopyrightText: the mll authors\n// SPDX-License-Identifier: BSL-1\\.0\n(//[^\n]*\n)*#pragma once\n")
    complain("mll/${header}: does not begin with copyright and licence in SPDX's form and #pragma once")
  endif()

  string(REGEX MATCHALL "\n(class|struct) [a-z0-9_]+( final)?( : [^;{]*)? {" definitions "${text}")
  list(APPEND defined_types ${definitions})

  string(REGEX MATCHALL "#include \"[^\"]*\"" includes "${text}")
  foreach(include IN LISTS includes)
    if(NOT include MATCHES "\"mll/([^\"]+)\"")
      complain("mll/${header}: ${include} is not of the form \"mll/<room>/<header>\"")
      continue()
    endif()
    set(other "${CMAKE_MATCH_1}")
    find_room("${other}" other_room other_position)
    string(REGEX MATCH "^[^/]+" other_stage "${other}")
    if(other_position EQUAL -1 OR other_position GREATER position
        OR (stage IN_LIST SIDE_STAGES AND other_stage IN_LIST SIDE_STAGES AND NOT stage STREQUAL other_stage))
      complain("mll/${header}: ${include} comes after ${room} in the data flow")
    endif()
  endforeach()

  if(header MATCHES "/detail/")
    continue()
  endif()
  string(REGEX REPLACE "hpp$" "cpp" test "${header}")
  string(REGEX REPLACE "cuh$" "cu" test "${test}")
  if(line_count GREATER max_lines_without_test AND NOT EXISTS "${ROOT}/tests/unit/${test}")
    complain("mll/${header}: has no test tests/unit/${test}")
  endif()
  matches_any("${header}" "${not_in_umbrella}" excused)
  string(FIND "${umbrella}" "#include \"mll/${header}\"" line)
  if(NOT excused AND line EQUAL -1)
    complain("mll/${header}: is missing from mll/mll.hpp")
  elseif(excused AND NOT line EQUAL -1)
    complain("mll/${header}: must not stand in mll/mll.hpp")
  endif()
endforeach()

list(REMOVE_DUPLICATES folders)
foreach(folder IN LISTS folders)
  string(MAKE_C_IDENTIFIER "${folder}" folder_id)
  if(count_${folder_id} GREATER max_headers)
    complain("mll/${folder}: ${count_${folder_id}} headers, at most ${max_headers} are allowed")
  endif()
endforeach()

# mll/fwd.hpp declares only types that some header defines. (That the declarations agree with the definitions is for
# the compiler to say, where tests/package/headers includes all headers at once.)
list(TRANSFORM defined_types REPLACE "^\n(class|struct) ([a-z0-9_]+).*" "\\1 \\2")
file(READ "${ROOT}/include/mll/fwd.hpp" text)
string(REGEX MATCHALL "\n(class|struct) [a-z0-9_]+" declared "${text}")
list(TRANSFORM declared STRIP)
if(NOT declared)
  complain("mll/fwd.hpp: declares nothing")
endif()
foreach(type IN LISTS declared)
  if(NOT type IN_LIST defined_types)
    complain("mll/fwd.hpp: no header defines '${type}'")
  endif()
endforeach()
if(NOT umbrella MATCHES "#include \"mll/version\\.hpp\"")
  complain("mll/version.hpp: is missing from mll/mll.hpp")
endif()

# A program that links mll::compiled does not see the definitions: all of them are in the library.
file(GLOB_RECURSE definitions RELATIVE "${ROOT}/include" "${ROOT}/include/mll/*.ipp")
file(GLOB sources "${ROOT}/cmake/compiled/*.cpp")
set(compiled "")
foreach(source IN LISTS sources)
  file(READ "${source}" text)
  string(APPEND compiled "${text}")
endforeach()
foreach(definition IN LISTS definitions)
  if(NOT compiled MATCHES "#include \"${definition}\"")
    complain("${definition}: no file of cmake/compiled includes it")
  endif()
endforeach()

# What runs on a device is built where there is only a CUDA toolkit: no header that a .cuh brings in needs another library
# than that of the language and the system.
# (`device_hub` selects end to end, and the host's part of that needs the libraries of the host; `device_algebra` works on
# Eigen's matrices by cuBLAS and cuSOLVER.)
file(GLOB_RECURSE waiting RELATIVE "${ROOT}/include" "${ROOT}/include/mll/*.cuh")
list(REMOVE_ITEM waiting mll/select/device_hub.cuh mll/profile/device_algebra.cuh)
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

# Every source file names its licence.
file(GLOB_RECURSE sources RELATIVE "${ROOT}"
  "${ROOT}/include/*" "${ROOT}/examples/*" "${ROOT}/benchmarks/*" "${ROOT}/tests/*" "${ROOT}/cmake/*" "${ROOT}/docs/*"
)
list(FILTER sources INCLUDE REGEX "(\\.(hpp|cpp|ipp|cuh|cu|cppm|cmake|py|sh)|CMakeLists\\.txt)$")
foreach(source IN LISTS sources)
  file(READ "${ROOT}/${source}" text LIMIT 400)
  if(NOT text MATCHES "SPDX-License-Identifier: BSL-1\\.0")
    complain("${source}: expected SPDX-License-Identifier: BSL-1.0 in its first lines")
  endif()
endforeach()

if(problems)
  message(FATAL_ERROR "the tree breaks its own rules:${problems}")
endif()
