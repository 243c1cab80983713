# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Finds what mll's headers need. Used by our own build and, installed, by find_package(mll).
include(CMakeFindDependencyMacro)

# For find_package(mll) it is the caller who says whether a missing package is fatal; for our own build it is.
if(CMAKE_FIND_PACKAGE_NAME)
  set(_mll_required "")
else()
  set(_mll_required REQUIRED)
endif()
# Without a version, because Eigen 5 calls itself incompatible with 3.4, and to ask for 5 first would pass over an Eigen 3.4
# that the user named.
find_package(Eigen3 QUIET CONFIG)
if(NOT Eigen3_FOUND OR Eigen3_VERSION VERSION_LESS 3.4)
  find_dependency(Eigen3 3.4 CONFIG ${_mll_required})
endif()
# Headers only. (FindBoost is for installations without CMake files; CMake 4 no longer has it.)
find_package(Boost 1.74 QUIET CONFIG)
if(NOT Boost_FOUND)
  find_dependency(Boost 1.74 ${_mll_required})
endif()
find_dependency(xtensor 0.24 CONFIG ${_mll_required})
find_dependency(Threads ${_mll_required})
unset(_mll_required)

# Thrust is used through its headers alone. Where they are: the folder named by the user; CCCL's CMake files (those of the
# user, then those of a CUDA toolkit); the headers of a CUDA toolkit; plain ones (Debian: libthrust-dev).
find_package(CUDAToolkit QUIET)
if(NOT MLL_THRUST_INCLUDE_DIR)
  find_package(CCCL QUIET CONFIG HINTS "${CUDAToolkit_LIBRARY_DIR}/cmake")
endif()
set(MLL_THRUST_INCLUDE_DIRS "")
if(TARGET Thrust::Thrust AND TARGET CUB::CUB)
  # Their folders alone: CCCL::CCCL makes CUDA the default device, and none of these is an imported target, which
  # try_compile could use.
  foreach(_mll_target IN ITEMS Thrust::Thrust CUB::CUB libcudacxx::libcudacxx)
    if(TARGET ${_mll_target})
      get_target_property(_mll_folders ${_mll_target} INTERFACE_INCLUDE_DIRECTORIES)
      if(_mll_folders)
        list(APPEND MLL_THRUST_INCLUDE_DIRS ${_mll_folders})
      endif()
    endif()
  endforeach()
  list(REMOVE_DUPLICATES MLL_THRUST_INCLUDE_DIRS)
  unset(_mll_target)
  unset(_mll_folders)
else()
  find_path(MLL_THRUST_INCLUDE_DIR thrust/version.h
    HINTS ${CUDAToolkit_INCLUDE_DIRS}
    PATH_SUFFIXES cccl
    DOC "Folder that holds thrust/version.h"
  )
  mark_as_advanced(MLL_THRUST_INCLUDE_DIR)
  if(NOT MLL_THRUST_INCLUDE_DIR)
    set(mll_NOT_FOUND_MESSAGE "mll needs Thrust: install libthrust-dev, or set CCCL_DIR to the folder that holds cccl-config.cmake, or MLL_THRUST_INCLUDE_DIR to the folder that holds thrust/version.h")
    if(NOT CMAKE_FIND_PACKAGE_NAME)
      message(FATAL_ERROR "${mll_NOT_FOUND_MESSAGE}")
    endif()
    set(mll_FOUND FALSE)
  endif()
endif()
if(NOT TARGET mll::thrust)
  add_library(mll::thrust INTERFACE IMPORTED GLOBAL)
  if(MLL_THRUST_INCLUDE_DIRS)
    # By -I, as CCCL's own targets do it: as system folders they would stand behind the headers that nvcc adds itself.
    set_target_properties(mll::thrust PROPERTIES IMPORTED_NO_SYSTEM ON)
    target_include_directories(mll::thrust INTERFACE ${MLL_THRUST_INCLUDE_DIRS})
  elseif(MLL_THRUST_INCLUDE_DIR)
    target_include_directories(mll::thrust SYSTEM INTERFACE "${MLL_THRUST_INCLUDE_DIR}")
  endif()
endif()
