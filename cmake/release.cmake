# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D ROOT=<clone> -D VERSION=<version> -D OUT=<folder> -D GIT=<program> [-D REUSE=<program>] [-D TRIAL=ON] -P release.cmake
#
# Writes to OUT:
#   mll-<version>.tar.gz     the files of the commit that is checked out, and LICENSES/BSL-1.0.txt
#   mll-<version>.spdx       their copyrights and licences as an SPDX document (where `reuse` is installed)
#   NOTES.md                 the version's section of CHANGELOG.md
#   SHA256SUMS
# The same commit gives the same bytes. A release has no changes that are not committed and a section in CHANGELOG.md;
# TRIAL does without.
cmake_minimum_required(VERSION 3.25)

function(run_git result)
  execute_process(COMMAND "${GIT}" -c "safe.directory=*" -C "${ROOT}" ${ARGN} OUTPUT_VARIABLE output
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY
  )
  set(${result} "${output}" PARENT_SCOPE)
endfunction()

run_git(changes status --porcelain)
if(changes AND NOT TRIAL)
  message(FATAL_ERROR "release: expected a tree without changes, found\n${changes}")
endif()

# One version everywhere. (CMakeLists.txt is compared with mll/version.hpp by a static_assert.)
foreach(place
    "CITATION.cff|\nversion: ${VERSION}\n"
    "cmake/packaging/debian/changelog|^mll \\(${VERSION}-[0-9]+\\) "
    "cmake/packaging/vcpkg/mll/vcpkg.json|\"version\": \"${VERSION}\""
    "include/mll/version.hpp|\"${VERSION}\""
)
  string(REGEX REPLACE "\\|.*" "" file "${place}")
  string(REGEX REPLACE "^[^|]*\\|" "" pattern "${place}")
  file(READ "${ROOT}/${file}" text)
  if(NOT text MATCHES "${pattern}")
    message(FATAL_ERROR "${file}: expected the version ${VERSION}")
  endif()
endforeach()

# The notes.
file(READ "${ROOT}/CHANGELOG.md" changelog)
set(heading "## [${VERSION}]")
string(FIND "${changelog}" "\n${heading}" from)
if(from EQUAL -1 AND TRIAL)
  set(heading "## [Unreleased]")
  string(FIND "${changelog}" "\n${heading}" from)
endif()
if(from EQUAL -1)
  message(FATAL_ERROR "CHANGELOG.md: expected a section '${heading}'")
endif()
math(EXPR from "${from} + 1")
string(SUBSTRING "${changelog}" ${from} -1 notes)
string(FIND "${notes}" "\n" line)
string(SUBSTRING "${notes}" 0 ${line} title)
string(SUBSTRING "${notes}" ${line} -1 notes)
string(FIND "${notes}" "\n## [" to)
string(SUBSTRING "${notes}" 0 ${to} notes)
string(STRIP "${notes}" notes)
if(NOT TRIAL AND NOT title MATCHES " - [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$")
  message(FATAL_ERROR "CHANGELOG.md: expected '${heading} - <year>-<month>-<day>', found '${title}'")
endif()

# The archive. (The text of the licence once more, where tools look for it.)
file(REMOVE_RECURSE "${OUT}")
file(MAKE_DIRECTORY "${OUT}/work")
set(name "mll-${VERSION}")
run_git(date log -1 --format=%ct)
run_git(_ archive --format=tar "--prefix=${name}/" -o "${OUT}/work/${name}.tar" HEAD)
file(ARCHIVE_EXTRACT INPUT "${OUT}/work/${name}.tar" DESTINATION "${OUT}/work")
file(COPY_FILE "${OUT}/work/${name}/LICENSE" "${OUT}/work/BSL-1.0.txt")
file(MAKE_DIRECTORY "${OUT}/work/${name}/LICENSES")
file(RENAME "${OUT}/work/BSL-1.0.txt" "${OUT}/work/${name}/LICENSES/BSL-1.0.txt")
execute_process(
  COMMAND tar --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w "--mtime=@${date}" -cf - "${name}"
  COMMAND gzip -9n
  WORKING_DIRECTORY "${OUT}/work"
  OUTPUT_FILE "${OUT}/${name}.tar.gz"
  COMMAND_ERROR_IS_FATAL ANY
)
set(files "${name}.tar.gz")
if(REUSE)
  execute_process(COMMAND "${REUSE}" --root "${OUT}/work/${name}" lint --quiet RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    execute_process(COMMAND "${REUSE}" --root "${OUT}/work/${name}" lint)
    message(FATAL_ERROR "release: files without copyright or licence")
  endif()
  execute_process(COMMAND "${REUSE}" --root "${OUT}/work/${name}" spdx -o "${OUT}/${name}.spdx" COMMAND_ERROR_IS_FATAL ANY)
  list(APPEND files "${name}.spdx")
else()
  message(STATUS "release: no ${name}.spdx, because reuse was not found (bash cmake/bootstrap.sh deps brings it)")
endif()
file(REMOVE_RECURSE "${OUT}/work")
file(WRITE "${OUT}/NOTES.md" "# mll ${VERSION}\n\n${notes}\n")

set(sums "")
foreach(file IN LISTS files)
  file(SHA256 "${OUT}/${file}" sum)
  string(APPEND sums "${sum}  ${file}\n")
endforeach()
file(WRITE "${OUT}/SHA256SUMS" "${sums}")
message(STATUS "release: ${OUT}")
