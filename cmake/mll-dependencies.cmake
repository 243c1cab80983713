# Finds what mll's headers need. Used by our own build and, installed, by find_package(mll).
include(CMakeFindDependencyMacro)

find_dependency(Eigen3 3.4 CONFIG)
find_dependency(Boost 1.74 COMPONENTS graph)
find_dependency(xtensor 0.24 CONFIG)
find_dependency(Threads)

# Thrust is used through its headers alone: those of a CUDA toolkit where there is one (the same that nvcc
# takes), else the plain ones (Debian: libthrust-dev). Set MLL_THRUST_INCLUDE_DIR to choose by hand.
find_package(CUDAToolkit QUIET)
find_path(MLL_THRUST_INCLUDE_DIR thrust/version.h
  HINTS ${CUDAToolkit_INCLUDE_DIRS}
  PATH_SUFFIXES cccl
  DOC "Folder that holds thrust/version.h"
)
if(NOT MLL_THRUST_INCLUDE_DIR)
  message(FATAL_ERROR "mll needs Thrust: install libthrust-dev, or set MLL_THRUST_INCLUDE_DIR to the folder that holds thrust/version.h")
endif()
