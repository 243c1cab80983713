# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# A trial of the release: twice the same archive, whose checksum holds, and which can be configured.
cmake_minimum_required(VERSION 3.25)
foreach(round 1 2)
  execute_process(COMMAND ${CMAKE_COMMAND} -D ROOT=${ROOT} -D VERSION=${VERSION} -D GIT=${GIT} -D REUSE=${REUSE} -D TRIAL=ON
    -D OUT=${OUT}/${round} -P "${SCRIPT}" COMMAND_ERROR_IS_FATAL ANY
  )
  file(SHA256 "${OUT}/${round}/mll-${VERSION}.tar.gz" sum_${round})
endforeach()
if(NOT sum_1 STREQUAL sum_2)
  message(FATAL_ERROR "two archives of one commit differ")
endif()
file(STRINGS "${OUT}/1/SHA256SUMS" sums)
if(NOT "${sum_1}  mll-${VERSION}.tar.gz" IN_LIST sums)
  message(FATAL_ERROR "SHA256SUMS: expected ${sum_1}, found ${sums}")
endif()
file(READ "${OUT}/1/NOTES.md" notes)
if(NOT notes MATCHES "\n### (Added|Changed|Fixed)\n")
  message(FATAL_ERROR "NOTES.md: expected the sections of CHANGELOG.md, found\n${notes}")
endif()
file(ARCHIVE_EXTRACT INPUT "${OUT}/1/mll-${VERSION}.tar.gz" DESTINATION "${OUT}/unpacked")
foreach(file CMakeLists.txt LICENSE LICENSES/BSL-1.0.txt include/mll/version.hpp cmake/packaging/conan/conanfile.py)
  if(NOT EXISTS "${OUT}/unpacked/mll-${VERSION}/${file}")
    message(FATAL_ERROR "the archive has no ${file}")
  endif()
endforeach()
file(REMOVE_RECURSE "${OUT}/build")  # of an earlier version
execute_process(COMMAND ${CMAKE_COMMAND} -S "${OUT}/unpacked/mll-${VERSION}" -B "${OUT}/build" -D MLL_DEVELOPMENT=OFF
  -D MLL_COMPILED=OFF COMMAND_ERROR_IS_FATAL ANY
)
