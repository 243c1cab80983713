# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Runs cmake/packaging/conan as a user would, with a cache and a profile of its own and without any remote.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${BUILD}")
set(ENV{CONAN_HOME} "${BUILD}/home")
set(ENV{CXX} "${COMPILER}")
execute_process(COMMAND "${CONAN}" profile detect RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "conan profile detect failed; Conan 2 is expected\n${output}")
endif()
# (Thrust's version is not known to CMake where its headers are all there is.)
file(APPEND "${BUILD}/home/profiles/default" "
[conf]
tools.cmake.cmaketoolchain:generator=${GENERATOR}
tools.build:compiler_executables={\"cpp\": \"${COMPILER}\"}
[platform_requires]
eigen/${EIGEN}
boost/${BOOST}
xtensor/${XTENSOR}
thrust/1.17
")
# The recipe's own folder stays as it is: test_package builds beside its sources.
file(COPY "${ROOT}/cmake" "${ROOT}/include" "${ROOT}/CMakeLists.txt" "${ROOT}/LICENSE" DESTINATION "${BUILD}/mll")
execute_process(COMMAND "${CONAN}" create "${BUILD}/mll/cmake/packaging/conan" --no-remote -s compiler.cppstd=20
  COMMAND_ERROR_IS_FATAL ANY
)
