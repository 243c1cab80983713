# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# What our own programs (tests, examples, benchmarks) are built with; never part of an exported target.

option(MLL_NATIVE "Compile our own programs for the processor of this machine" OFF)
option(MLL_UNITY "Compile the unit tests of a stage as one unit: the whole suite sooner, one file later" OFF)
set(MLL_SANITIZE "" CACHE STRING "Sanitizers for our own programs, comma-separated, e.g. address,undefined")

# The folders of include/mll/ (rooms) in the order of the data flow. A header includes only from its own room and from
# rooms before it; tests/style/structure.cmake checks this. A room's detail/ belongs to the room. The stages of the
# last line stand beside the flow: they may use all of it, but not each other.
set(MLL_ROOMS
  core core/text core/io
  exec
  graph
  embed embed/words embed/tables embed/sentences
  model model/onnx/engines model/onnx model/description model/general
  label/representation label/responses label/statistics label label/source label/io
  match/task match/names match/captions match/senses match
  profile
  find
  select/evidence select/screen select/calibrate select/combine select/ensemble select/experts select/methods
    select/baselines select/estimate select
  reuse reuse/io reuse/shift
  store store/shards dist report testing
)
set(MLL_SIDE_STAGES store dist report testing)
# The stages: the first part of each room's name.
list(TRANSFORM MLL_ROOMS REPLACE "/.*" "" OUTPUT_VARIABLE MLL_STAGES)
list(REMOVE_DUPLICATES MLL_STAGES)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# ccache makes the next build fast, a precompiled header the first one; they do not go together.
find_program(MLL_CCACHE ccache)
mark_as_advanced(MLL_CCACHE)
if(MLL_CCACHE AND NOT DEFINED ENV{CCACHE_DISABLE})
  set(cached TRUE)
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Paths are taken relative to the tree, so that one clone profits from what another has compiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
      CCACHE_NOHASHDIR=1 "${MLL_CCACHE}"
    )
  endif()
else()
  set(cached FALSE)
endif()
if(cached)
  option(MLL_PCH "Precompile the libraries that our programs include (by default: without ccache)" OFF)
else()
  option(MLL_PCH "Precompile the libraries that our programs include (by default: without ccache)" ON)
endif()

add_library(mll_development INTERFACE)
target_compile_options(mll_development INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wundef -Werror
  # In a unit of several files, everything shadows a helper of some other file.
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>
  # Debug builds are for tests that run often, not for a debugger: some optimisation, line numbers only. (With g++, -Og
  # compiles nearly as fast as -O0, and twice as fast as -O1 under the sanitizers.)
  $<$<CONFIG:Debug>:-Og -g1 -fno-omit-frame-pointer>
  # g++ 12 sees uninitialised reads inside Eigen, Boost and its own AVX-512 intrinsics, and overlapping copies in
  # "text" + string, that are none.
  $<$<CXX_COMPILER_ID:GNU>:
    -Wno-maybe-uninitialized -Wno-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict>
)
if(MLL_NATIVE)
  target_compile_options(mll_development INTERFACE -march=native)
endif()
if(MLL_SANITIZE)
  target_compile_options(mll_development INTERFACE -fsanitize=${MLL_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(mll_development INTERFACE -fsanitize=${MLL_SANITIZE})
  if(MLL_SANITIZE MATCHES "undefined")
    # Thrust forms null references on purpose.
    target_compile_options(mll_development INTERFACE -fno-sanitize=null)
  endif()
endif()
target_link_libraries(mll_development INTERFACE mll::mll)

# Headers that need a component.
set(MLL_omp_HEADERS mll/exec/omp.hpp)
set(MLL_tbb_HEADERS mll/exec/tbb.hpp)
set(MLL_cuda_HEADERS
  mll/exec/cuda.cuh
  mll/label/statistics/device_node_statistics.cuh
  mll/select/combine/device_greedy_search.cuh
  mll/select/screen/device_screening.cuh
  mll/select/calibrate/device_shortlist.cuh
)
set(MLL_opencv_HEADERS
  mll/model/onnx/engines/detail/engine_registry.hpp
  mll/model/general/load_image_encoder.hpp
  mll/reuse/io/detail/onnx_area_resize.hpp
  mll/reuse/io/detail/onnx_resample.hpp
  mll/reuse/io/detail/onnx_value.hpp
  mll/label/representation/image_folder.hpp
  mll/label/representation/read_image.hpp
  mll/model/onnx/onnx_classifier.hpp
  mll/model/onnx/engines/detail/engine_registry.hpp
  mll/model/onnx/engines/onnx_engine.hpp
  mll/testing/engine_archetype.hpp
  mll/model/onnx/onnx_opencv.hpp
  mll/model/onnx/onnx_general_model.hpp
  mll/model/onnx/onnx_session_cache.hpp
  mll/model/onnx/prepare_image.hpp
  mll/model/onnx/engines/opencv_engine.hpp
  mll/model/onnx/prove_onnx_classifier.hpp
  mll/reuse/shift/image_distortions.hpp
  mll/model/onnx/read_onnx_metadata.hpp
  mll/model/description/onnx_weight_files.hpp
  mll/model/general/load_general_model.hpp
  mll/model/description/read_expert_description.hpp
  mll/reuse/io/write_onnx_task.hpp
  mll/reuse/io/detail/onnx_graph_copier.hpp
  mll/reuse/io/detail/onnx_graph_writer.hpp
  mll/reuse/io/detail/onnx_images.hpp
  mll/reuse/io/detail/onnx_ensemble.hpp
  mll/model/onnx/detail/check_onnx_weights.hpp
  mll/model/onnx/engines/detail/choose_output.hpp
  mll/model/general/detail/embedding_output.hpp
  mll/model/onnx/detail/inputs/image_input.hpp
  mll/model/onnx/detail/image_tensor.hpp
  mll/model/onnx/engines/detail/onnx_header.hpp
  mll/model/onnx/detail/onnx_network.hpp
  mll/model/onnx/engines/detail/opencv_call.hpp
  mll/model/onnx/detail/probe_images.hpp
  mll/model/onnx/engines/detail/protobuf_message.hpp
  mll/model/onnx/detail/resample.hpp
)
set(MLL_zip_HEADERS
  mll/label/io/npz.hpp
  mll/label/io/detail/zip_archive.hpp
)
set(MLL_pack_HEADERS
  mll/reuse/io/read_task.hpp
  mll/reuse/io/write_task.hpp
  mll/reuse/io/detail/task_archive.hpp
)
set(MLL_icu_HEADERS
  mll/core/text/json_file.hpp
  mll/model/description/read_expert_description.hpp
  mll/model/description/detail/hugging_face_json.hpp
  mll/model/description/detail/json_object.hpp
  mll/model/description/detail/mll_json.hpp
  mll/model/description/detail/timm_json.hpp
  mll/embed/sentences/bpe_tokenizer.hpp
  mll/embed/sentences/read_bpe_tokenizer.hpp
  mll/embed/sentences/text_tokenizer.hpp
  mll/embed/sentences/detail/bpe_words.hpp
  mll/embed/sentences/read_tokenizer_file.hpp
  mll/embed/sentences/read_wordpiece_options.hpp
  mll/embed/sentences/read_wordpiece_tokenizer.hpp
  mll/embed/sentences/wordpiece_tokenizer.hpp
  mll/embed/sentences/detail/bert_words.hpp
)
set(MLL_onnxruntime_HEADERS
  mll/model/general/load_general_model.hpp
  mll/model/general/onnx_text_embedder.hpp
  mll/model/onnx/onnx_texts.hpp
  mll/model/onnx/onnx_vectors.hpp
  mll/model/onnx/engines/onnxruntime_engine.hpp
  mll/model/onnx/engines/detail/onnxruntime_library.hpp
  mll/model/onnx/detail/onnxruntime_only.hpp
  mll/model/onnx/detail/inputs/text_input.hpp
  mll/model/onnx/detail/inputs/vector_input.hpp
  mll/model/onnx/engines/detail/with_plain_locale.hpp
)
set(MLL_openvino_HEADERS
  mll/embed/sentences/onnx_sentence_embedder.hpp
  mll/embed/sentences/detail/sentence_network.hpp
  mll/model/onnx/engines/openvino_engine.hpp
)
set(MLL_sqlite_HEADERS
  mll/store/label_share.hpp
  mll/store/shards/label_shard.hpp
  mll/store/shards/merge_stores.hpp
  mll/store/shards/missing_shards.hpp
  mll/store/stored_shift.hpp
  mll/store/shards/detail/shard_file.hpp
  mll/store/shards/detail/shard_view.hpp
  mll/store/detail/labels/share_plan.hpp
  mll/store/shards/detail/store_merge.hpp
  mll/store/content_hash.hpp
  mll/store/find_profile.hpp
  mll/store/hub_store.hpp
  mll/store/label_basis.hpp
  mll/store/save_profile.hpp
  mll/store/store_source.hpp
  mll/store/stored_profile.hpp
  mll/store/update_store.hpp
  mll/store/detail/tables/catalog.hpp
  mll/store/detail/labels/chunks.hpp
  mll/store/detail/sqlite/connection_pool.hpp
  mll/store/detail/sqlite/database.hpp
  mll/store/detail/labels/inspection.hpp
  mll/store/detail/labels/label_parts.hpp
  mll/store/detail/labels/operations.hpp
  mll/store/detail/labels/origin.hpp
  mll/store/detail/labels/salvage.hpp
  mll/store/detail/sqlite/read_only.hpp
  mll/store/detail/sqlite/schema.hpp
  mll/store/detail/sqlite/seal.hpp
  mll/store/detail/tables/meta.hpp
  mll/store/detail/tables/selections.hpp
  mll/store/detail/labels/store_labelling.hpp
)
set(MLL_mpi_HEADERS
  mll/dist/mpi.hpp
  mll/dist/mpi_session.hpp
)

# Every program may use every component that is there, and loads only the libraries that it does use (OpenCV's bring
# a hundred others); MLL_TEST_<COMPONENT> tells it which are there.
target_link_options(mll_development INTERFACE LINKER:--as-needed)
set(host_components ${MLL_COMPONENTS})
# (Few programs run ONNX files, or over ranks: mll_use_onnxruntime, mll_use_mpi.)
list(REMOVE_ITEM host_components cuda cuda_algebra onnxruntime mpi)
foreach(component IN LISTS host_components)
  string(TOUPPER ${component} COMPONENT)
  if(TARGET mll::${component})
    target_link_libraries(mll_development INTERFACE mll::${component})
    target_compile_definitions(mll_development INTERFACE MLL_TEST_${COMPONENT}=1)
  else()
    target_compile_definitions(mll_development INTERFACE MLL_TEST_${COMPONENT}=0)
  endif()
endforeach()

# A program that runs ONNX files, by ONNX Runtime where it is there.
function(mll_use_onnxruntime target)
  if(TARGET mll::onnxruntime)
    target_link_libraries(${target} PRIVATE mll::onnxruntime)
    target_compile_definitions(${target} PRIVATE MLL_TEST_ONNXRUNTIME=1)
  else()
    target_compile_definitions(${target} PRIVATE MLL_TEST_ONNXRUNTIME=0)
  endif()
endfunction()

# A program that runs over the ranks of an MPI job, where MPI is there. (The sanitizers find leaks in every MPI.)
function(mll_use_mpi target)
  if(TARGET mll::mpi AND NOT MLL_SANITIZE)
    target_link_libraries(${target} PRIVATE mll::mpi)
    target_compile_definitions(${target} PRIVATE MLL_TEST_MPI=1)
  else()
    target_compile_definitions(${target} PRIVATE MLL_TEST_MPI=0)
  endif()
endfunction()

# How programs are optimised in a release build, and the libraries below mll, precompiled with it (g++ keeps the
# optimisation of a precompiled header). mll's own headers are in there only where a build is made once and as a whole
# (MLL_UNITY): elsewhere they change too often.
#   tests        compiled more often than they run
#   programs     examples, and studies that do not measure time
#   benchmarks
set(release_tests -Og)
set(release_programs -O2)
set(release_benchmarks -O3)
set(precompiled "<Eigen/Core>" "<Eigen/Cholesky>" "<boost/graph/adjacency_list.hpp>"
  "<boost/graph/compressed_sparse_row_graph.hpp>" "<boost/random/mersenne_twister.hpp>"
  "<thrust/for_each.h>" "<thrust/iterator/counting_iterator.h>" "<thrust/system/cpp/execution_policy.h>"
)
foreach(component omp tbb)
  if(TARGET mll::${component})
    list(APPEND precompiled "<thrust/system/${component}/execution_policy.h>")
  endif()
endforeach()

# What mll::compiled holds, built as our benchmarks are (for this processor) or under the sanitizers, so that tests,
# programs and benchmarks need not compile it once more each. Without it they are header-only.
option(MLL_SHARE_COMPILED "Compile once what mll::compiled holds, for all tests, programs and benchmarks" OFF)
if(MLL_SHARE_COMPILED)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/compiled/*.cpp")
  add_library(mll_shared_parts STATIC ${sources})
  target_link_libraries(mll_shared_parts PUBLIC mll_development)
  target_compile_definitions(mll_shared_parts PUBLIC MLL_COMPILED=1)
  target_compile_options(mll_shared_parts PRIVATE $<$<CONFIG:Release>:${release_benchmarks}>)
endif()
if(MLL_UNITY)
  list(APPEND precompiled "<mll/mll.hpp>")
endif()

file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/precompiled.cpp" CONTENT "// Carries a precompiled header.\n")
foreach(kind tests programs benchmarks)
  add_library(mll_${kind} INTERFACE)
  target_link_libraries(mll_${kind} INTERFACE mll_development)
  if(MLL_SHARE_COMPILED)
    target_link_libraries(mll_${kind} INTERFACE mll_shared_parts)
  endif()
  target_compile_options(mll_${kind} INTERFACE $<$<CONFIG:Release>:${release_${kind}}>)
  if(MLL_PCH)
    # g++ forgets the "diagnostic ignored" pragmas of a precompiled header.
    target_compile_options(mll_${kind} INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-ignored-attributes>)
    add_library(mll_${kind}_precompiled OBJECT "${PROJECT_BINARY_DIR}/precompiled.cpp")
    target_link_libraries(mll_${kind}_precompiled PRIVATE mll_${kind})
    target_precompile_headers(mll_${kind}_precompiled PRIVATE ${precompiled})
  endif()
endforeach()

# Builds `target` as one of the `kind` tests, programs or benchmarks.
function(mll_build_as kind target)
  target_link_libraries(${target} PRIVATE mll_${kind})
  if(MLL_PCH)
    target_precompile_headers(${target} REUSE_FROM mll_${kind}_precompiled)
  endif()
endfunction()

# Programs for CUDA devices: code for the H100 and H200 only, unless CMAKE_CUDA_ARCHITECTURES says otherwise.
# Sanitizers are not for them.
if(TARGET mll::cuda AND NOT MLL_SANITIZE)
  if(NOT DEFINED CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_COMPILER "${CUDAToolkit_NVCC_EXECUTABLE}" CACHE FILEPATH "Compiler of .cu files")
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 90)
  endif()
  if(cached AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
    set(CMAKE_CUDA_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
  endif()
  enable_language(CUDA)
  add_library(mll_cuda_development INTERFACE)
  target_link_libraries(mll_cuda_development INTERFACE mll::cuda)
  target_compile_options(mll_cuda_development INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-lineinfo -Werror=all-warnings -Xcompiler=-Wall,-Wextra,-Werror>
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror>
  )
endif()

# For baselines and tests from outside: the packages that cmake/bootstrap.sh installed into build/python, then Debian's own
# Python, which has python3-numpy.
find_program(MLL_PYTHON python3 PATHS "${PROJECT_SOURCE_DIR}/build/python/bin" /usr/bin NO_DEFAULT_PATH)
find_program(MLL_PYTHON python3)
mark_as_advanced(MLL_PYTHON)

# What builds the module of cmake/module.
find_program(MLL_MODULE_COMPILER NAMES clang++-22 clang++-21 clang++-20 clang++-19)
mark_as_advanced(MLL_MODULE_COMPILER)

# A test that stands in the list although this build cannot run it, and says why.
function(mll_add_skipped_test name reason)
  add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${reason}")
  set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "^skipped: ")
  message(STATUS "test ${name}: skipped, ${reason}")
endfunction()

# A test of what `program` (its source is `program`.cpp) says beside what others say: the folder's compare.py, which
# prints "skipped: " and the way to get them where they are absent.
#   mll_add_peer_test(name program [COMPONENT component that the program needs] [ARGUMENTS of compare.py...])
function(mll_add_peer_test name program)
  cmake_parse_arguments(PARSE_ARGV 2 peer "" "COMPONENT" "ARGUMENTS")
  if(peer_COMPONENT AND NOT TARGET mll::${peer_COMPONENT})
    mll_add_skipped_test(${name} "${MLL_${peer_COMPONENT}_MISSING}")
  elseif(NOT MLL_PYTHON)
    mll_add_skipped_test(${name} "python3 was not found")
  else()
    if(NOT TARGET ${program})
      add_executable(${program} ${program}.cpp)
      mll_build_as(tests ${program})
    endif()
    add_test(NAME ${name} COMMAND ${MLL_PYTHON} -B "${CMAKE_CURRENT_SOURCE_DIR}/compare.py" ${peer_ARGUMENTS}
      --program $<TARGET_FILE:${program}> --work "${CMAKE_CURRENT_BINARY_DIR}/${name}"
    )
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "peer" SKIP_REGULAR_EXPRESSION "^skipped: ")
endfunction()
