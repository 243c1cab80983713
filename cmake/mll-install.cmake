# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Installation, and the packages that find_package(mll) and pkg-config find.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(MLL_CMAKE_DIR "${CMAKE_INSTALL_DATADIR}/cmake/mll")

install(TARGETS mll EXPORT mll-targets
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILE_SET mll_other_headers DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
)
install(EXPORT mll-targets NAMESPACE mll:: DESTINATION "${MLL_CMAKE_DIR}")
if(TARGET mll_compiled)
  install(TARGETS mll_compiled EXPORT mll-compiled-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT mll-compiled-targets NAMESPACE mll:: DESTINATION "${MLL_CMAKE_DIR}")
endif()
configure_package_config_file(cmake/mll-config.cmake.in "${PROJECT_BINARY_DIR}/mll-config.cmake"
  INSTALL_DESTINATION "${MLL_CMAKE_DIR}"
)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/mll-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT
)
install(FILES
  "${PROJECT_BINARY_DIR}/mll-config.cmake"
  "${PROJECT_BINARY_DIR}/mll-config-version.cmake"
  cmake/mll-dependencies.cmake
  cmake/mll-components.cmake
  DESTINATION "${MLL_CMAKE_DIR}"
)

# pkg-config: mll, and mll-compiled where it is built. Unlike find_package, they stand for what was there when mll was
# installed: folders of Boost and Thrust, which have no file for pkg-config, and ICU, on which all units of a program
# must agree.
set(MLL_PC_REQUIRES "eigen3 xtensor")
set(MLL_PC_CFLAGS -DTHRUST_HOST_SYSTEM=THRUST_HOST_SYSTEM_CPP -DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP)
if(TARGET ICU::uc)
  string(APPEND MLL_PC_REQUIRES ", icu-uc")
  list(APPEND MLL_PC_CFLAGS -DMLL_UNICODE=1)
endif()
get_target_property(folders Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
get_target_property(folder mll::thrust INTERFACE_INCLUDE_DIRECTORIES)
list(APPEND folders ${folder})
list(REMOVE_DUPLICATES folders)
foreach(folder IN LISTS folders)
  cmake_path(NORMAL_PATH folder)
  if(folder AND NOT folder IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    list(APPEND MLL_PC_CFLAGS "-I${folder}")
  endif()
endforeach()
list(JOIN MLL_PC_CFLAGS " " MLL_PC_CFLAGS)
set(pc_folder "${CMAKE_INSTALL_DATADIR}/pkgconfig")
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}/${pc_folder}" OUTPUT_VARIABLE MLL_PC_PREFIX)
configure_file(cmake/mll.pc.in mll.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/mll.pc" DESTINATION "${pc_folder}")
if(TARGET mll_compiled)
  set(pc_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}/${pc_folder}" OUTPUT_VARIABLE MLL_PC_COMPILED_PREFIX)
  configure_file(cmake/mll-compiled.pc.in mll-compiled.pc @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/mll-compiled.pc" DESTINATION "${pc_folder}")
endif()
