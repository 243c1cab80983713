# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Builds the source and the binary package, and uses what libmll-dev holds.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/sources.cmake")
file(REMOVE_RECURSE "${BUILD}")
set(tree "${BUILD}/mll-${VERSION}")
copy_sources("${tree}")
execute_process(COMMAND tar -czf "mll_${VERSION}.orig.tar.gz" "mll-${VERSION}" WORKING_DIRECTORY "${BUILD}"
  COMMAND_ERROR_IS_FATAL ANY
)
file(COPY "${ROOT}/cmake/packaging/debian" DESTINATION "${tree}")
execute_process(COMMAND dpkg-checkbuilddeps WORKING_DIRECTORY "${tree}" RESULT_VARIABLE result ERROR_VARIABLE missing)
if(NOT result EQUAL 0)
  string(STRIP "${missing}" missing)
  message("skipped: ${missing}")
  return()
endif()
execute_process(COMMAND dpkg-buildpackage --no-sign WORKING_DIRECTORY "${tree}" RESULT_VARIABLE result
  OUTPUT_VARIABLE output ERROR_VARIABLE output
)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "dpkg-buildpackage failed:\n${output}")
endif()
file(GLOB changes "${BUILD}/*.changes")
if(LINTIAN)
  execute_process(COMMAND "${LINTIAN}" --allow-root --fail-on error,warning,info "${changes}" RESULT_VARIABLE result
    OUTPUT_VARIABLE output ERROR_VARIABLE output
  )
  message("${output}")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "lintian is not content")
  endif()
else()
  message("lintian was not found (Debian: install lintian): its checks are left out")
endif()
execute_process(COMMAND dpkg-deb --extract "${BUILD}/libmll-dev_${VERSION}-1_all.deb" "${BUILD}/root" COMMAND_ERROR_IS_FATAL ANY)
consume("${BUILD}/root/usr")
