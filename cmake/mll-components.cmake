# The optional components: mll::<name> exists if its package does. Used by our own build and, installed, by
# find_package(mll), so that an installation serves compilers that have more or fewer packages than the one that
# installed it. MLL_COMPONENTS lists all of them; MLL_<name>_MISSING says what to install.
set(MLL_COMPONENTS omp tbb cuda opencv sqlite)
set(MLL_omp_MISSING "the compiler has no OpenMP, or MLL_OMP is OFF (clang 16 on Debian: install libomp-16-dev)")
set(MLL_tbb_MISSING "TBB was not found, or MLL_TBB is OFF (Debian: install libtbb-dev)")
set(MLL_cuda_MISSING "nvcc was not found, or MLL_CUDA is OFF (install the CUDA toolkit and put its bin folder on PATH)")
set(MLL_opencv_MISSING "OpenCV with its CMake files was not found, or MLL_OPENCV is OFF (Debian: install libopencv-dev)")
set(MLL_sqlite_MISSING "SQLite 3.37 or xxHash was not found, or MLL_SQLITE is OFF (Debian: install libsqlite3-dev libxxhash-dev)")

# mll_add_component(<name> <target of the package>...)
function(mll_add_component name)
  foreach(package_target IN LISTS ARGN)
    if(NOT TARGET ${package_target})
      return()
    endif()
  endforeach()
  if(NOT TARGET mll::${name})
    # GLOBAL: a project that takes mll by add_subdirectory links it from outside this folder.
    add_library(mll::${name} INTERFACE IMPORTED GLOBAL)
    target_link_libraries(mll::${name} INTERFACE mll::mll ${ARGN})
  endif()
endfunction()

if(NOT DEFINED MLL_OMP OR MLL_OMP)
  find_package(OpenMP QUIET COMPONENTS CXX)
  mll_add_component(omp OpenMP::OpenMP_CXX)
endif()
if(NOT DEFINED MLL_TBB OR MLL_TBB)
  find_package(TBB QUIET CONFIG)
  mll_add_component(tbb TBB::tbb)
endif()
if(NOT DEFINED MLL_CUDA OR MLL_CUDA)
  find_package(CUDAToolkit QUIET)
  if(CUDAToolkit_NVCC_EXECUTABLE)
    mll_add_component(cuda CUDA::cudart)
    # CMake 3.25 does not know C++20 for CUDA; and what mll::mll asks for reaches C++ only.
    if(TARGET mll::cuda AND NOT "cuda_std_20" IN_LIST CMAKE_CUDA_COMPILE_FEATURES)
      target_compile_options(mll::cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
    endif()
  endif()
endif()
if(NOT DEFINED MLL_OPENCV OR MLL_OPENCV)
  find_package(OpenCV 4.5 QUIET CONFIG COMPONENTS core imgproc imgcodecs dnn)
  # Imported targets: their include directories are system directories for those who link them.
  mll_add_component(opencv opencv_core opencv_imgproc opencv_imgcodecs opencv_dnn)
endif()
if(NOT DEFINED MLL_SQLITE OR MLL_SQLITE)
  find_package(SQLite3 3.37 QUIET)
  # xxHash comes with CMake files in some distributions only.
  find_path(MLL_XXHASH_INCLUDE_DIR xxhash.h)
  find_library(MLL_XXHASH_LIBRARY xxhash)
  mark_as_advanced(MLL_XXHASH_INCLUDE_DIR MLL_XXHASH_LIBRARY)
  if(SQLite3_FOUND AND MLL_XXHASH_INCLUDE_DIR AND MLL_XXHASH_LIBRARY)
    if(NOT TARGET mll::xxhash)
      add_library(mll::xxhash UNKNOWN IMPORTED GLOBAL)
      set_target_properties(mll::xxhash PROPERTIES
        IMPORTED_LOCATION "${MLL_XXHASH_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${MLL_XXHASH_INCLUDE_DIR}"
      )
    endif()
    mll_add_component(sqlite SQLite::SQLite3 mll::xxhash)
  endif()
endif()
