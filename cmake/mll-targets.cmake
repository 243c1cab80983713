# mll::mll and the optional components, as other projects get them: no warnings, sanitizers or tuning flags.

# The lowest common ground: headers, C++20, and Thrust with its C++ system as the device, because Thrust's own
# default is CUDA. No header of mll depends on which system is named here.
add_library(mll INTERFACE)
add_library(mll::mll ALIAS mll)
target_compile_features(mll INTERFACE cxx_std_20)
target_include_directories(mll INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<INSTALL_INTERFACE:include>
)
target_include_directories(mll SYSTEM INTERFACE $<BUILD_INTERFACE:${MLL_THRUST_INCLUDE_DIR}>)
target_link_libraries(mll INTERFACE Eigen3::Eigen Boost::headers xtensor Threads::Threads)
target_compile_definitions(mll INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:THRUST_HOST_SYSTEM=THRUST_HOST_SYSTEM_CPP>
  $<$<COMPILE_LANGUAGE:CXX>:THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP>
)

# Components. Each is there if its package is; MLL_COMPONENTS lists those that are.
set(MLL_COMPONENTS mll)

find_package(OpenMP QUIET COMPONENTS CXX)
if(OpenMP_CXX_FOUND)
  add_library(mll_omp INTERFACE)
  add_library(mll::omp ALIAS mll_omp)
  set_target_properties(mll_omp PROPERTIES EXPORT_NAME omp)
  target_link_libraries(mll_omp INTERFACE mll OpenMP::OpenMP_CXX)
  list(APPEND MLL_COMPONENTS mll_omp)
else()
  message(STATUS "mll::omp: skipped, the compiler has no OpenMP (with clang 16: install libomp-16-dev)")
endif()

find_package(TBB QUIET CONFIG)
if(TBB_FOUND)
  add_library(mll_tbb INTERFACE)
  add_library(mll::tbb ALIAS mll_tbb)
  set_target_properties(mll_tbb PROPERTIES EXPORT_NAME tbb)
  target_link_libraries(mll_tbb INTERFACE mll TBB::tbb)
  list(APPEND MLL_COMPONENTS mll_tbb)
else()
  message(STATUS "mll::tbb: skipped, TBB was not found (install libtbb-dev)")
endif()
