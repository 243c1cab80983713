# Finds what mll's headers need. Used by our own build and, installed, by find_package(mll).
include(CMakeFindDependencyMacro)

# For find_package(mll) it is the caller who says whether a missing package is fatal; for our own build it is.
if(CMAKE_FIND_PACKAGE_NAME)
  set(_mll_required "")
else()
  set(_mll_required REQUIRED)
endif()
find_dependency(Eigen3 3.4 CONFIG ${_mll_required})
find_dependency(Boost 1.74 COMPONENTS graph ${_mll_required})
find_dependency(xtensor 0.24 CONFIG ${_mll_required})
find_dependency(Threads ${_mll_required})
unset(_mll_required)

# Thrust is used through its headers alone: those of a CUDA toolkit where there is one (the same that nvcc
# takes), else the plain ones (Debian: libthrust-dev). Set MLL_THRUST_INCLUDE_DIR to choose by hand.
find_package(CUDAToolkit QUIET)
find_path(MLL_THRUST_INCLUDE_DIR thrust/version.h
  HINTS ${CUDAToolkit_INCLUDE_DIRS}
  PATH_SUFFIXES cccl
  DOC "Folder that holds thrust/version.h"
)
mark_as_advanced(MLL_THRUST_INCLUDE_DIR)
if(NOT MLL_THRUST_INCLUDE_DIR)
  set(mll_NOT_FOUND_MESSAGE "mll needs Thrust: install libthrust-dev, or set MLL_THRUST_INCLUDE_DIR to the folder that holds thrust/version.h")
  if(NOT CMAKE_FIND_PACKAGE_NAME)
    message(FATAL_ERROR "${mll_NOT_FOUND_MESSAGE}")
  endif()
  set(mll_FOUND FALSE)
endif()
