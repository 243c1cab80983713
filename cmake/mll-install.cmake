# Installation, and the package that find_package(mll) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(MLL_CMAKE_DIR "${CMAKE_INSTALL_DATADIR}/cmake/mll")

install(DIRECTORY include/mll DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS mll EXPORT mll-targets)
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
