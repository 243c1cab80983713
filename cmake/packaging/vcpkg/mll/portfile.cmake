# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Overlay port of this very tree: vcpkg install mll --overlay-ports=<repository>/cmake/packaging/vcpkg
set(VCPKG_BUILD_TYPE release)  # header-only

cmake_path(ABSOLUTE_PATH CMAKE_CURRENT_LIST_DIR NORMALIZE OUTPUT_VARIABLE SOURCE_PATH)
foreach(level RANGE 1 4)
  cmake_path(GET SOURCE_PATH PARENT_PATH SOURCE_PATH)
endforeach()

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DMLL_DEVELOPMENT=OFF
    -DMLL_COMPILED=OFF
    # Decided by those who use mll: its CMake files look again.
    -DMLL_OMP=OFF
    -DMLL_TBB=OFF
    -DMLL_CUDA=OFF
    -DMLL_OPENCV=OFF
    -DMLL_SQLITE=OFF
    -DMLL_ZIP=OFF
    -DMLL_ICU=OFF
    -DMLL_OPENVINO=OFF
    -DMLL_ONNXRUNTIME=OFF
    -DMLL_MPI=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/mll)
vcpkg_fixup_pkgconfig()

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
