# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# mll::mll and the optional components, as other projects get them: no warnings, sanitizers or tuning flags.
include(GNUInstallDirs)

add_library(mll INTERFACE)
add_library(mll::mll ALIAS mll)
target_compile_features(mll INTERFACE cxx_std_20)
target_include_directories(mll INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
)
target_link_libraries(mll INTERFACE Eigen3::Eigen Boost::headers xtensor mll::thrust Threads::Threads)
# Thrust's own default device is CUDA, which a plain C++ compiler cannot build. mll passes its backends as types,
# so no header of mll depends on which system is named here.
target_compile_definitions(mll INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:THRUST_HOST_SYSTEM=THRUST_HOST_SYSTEM_CPP>
  $<$<COMPILE_LANGUAGE:CXX>:THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP>
)

include("${CMAKE_CURRENT_LIST_DIR}/mll-components.cmake")
foreach(component IN LISTS MLL_COMPONENTS)
  if(NOT TARGET mll::${component})
    message(STATUS "mll::${component}: skipped, ${MLL_${component}_MISSING}")
  endif()
endforeach()
