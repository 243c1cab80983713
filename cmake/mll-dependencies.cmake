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
if(TARGET Thrust::Thrust AND TARGET CUB::CUB)
  # Not CCCL::CCCL, which makes CUDA the default device.
  set(MLL_THRUST_TARGETS Thrust::Thrust CUB::CUB)
  if(TARGET libcudacxx::libcudacxx)
    list(APPEND MLL_THRUST_TARGETS libcudacxx::libcudacxx)
  endif()
else()
  set(MLL_THRUST_TARGETS "")
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

# Gives `target` what was found. CCCL's own targets are no imported ones, so that their folders come by -I: as system
# folders they would stand behind the (older) headers that nvcc adds itself.
macro(mll_use_thrust target)
  if(MLL_THRUST_TARGETS)
    target_link_libraries(${target} INTERFACE "$<BUILD_INTERFACE:${MLL_THRUST_TARGETS}>")
  else()
    target_include_directories(${target} SYSTEM INTERFACE "$<BUILD_INTERFACE:${MLL_THRUST_INCLUDE_DIR}>")
  endif()
endmacro()
