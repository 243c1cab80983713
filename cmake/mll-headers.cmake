# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# The headers of mll as file sets: what is installed, what an IDE shows, and what is compiled alone by the target
# all_verify_interface_header_sets if CMAKE_VERIFY_INTERFACE_HEADER_SETS is ON.
file(GLOB_RECURSE MLL_PUBLIC_HEADERS CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/mll/*.hpp")
# Definitions that headers include themselves, and headers for nvcc.
file(GLOB_RECURSE MLL_OTHER_HEADERS CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/include/mll/*.ipp" "${PROJECT_SOURCE_DIR}/include/mll/*.cuh"
)
# Headers that need a component compile only with it (a development build knows them; tests/package/headers tests them).
foreach(component IN LISTS MLL_COMPONENTS)
  foreach(header IN LISTS MLL_${component}_HEADERS)
    if(NOT EXISTS "${PROJECT_SOURCE_DIR}/include/${header}")
      message(FATAL_ERROR "MLL_${component}_HEADERS: there is no include/${header}")
    endif()
    list(APPEND MLL_OTHER_HEADERS "${PROJECT_SOURCE_DIR}/include/${header}")
    list(REMOVE_ITEM MLL_PUBLIC_HEADERS "${PROJECT_SOURCE_DIR}/include/${header}")
  endforeach()
endforeach()
list(REMOVE_DUPLICATES MLL_OTHER_HEADERS)
target_sources(mll
  INTERFACE
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${MLL_PUBLIC_HEADERS}
    FILE_SET mll_other_headers TYPE HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${MLL_OTHER_HEADERS}
)
set_target_properties(mll PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
