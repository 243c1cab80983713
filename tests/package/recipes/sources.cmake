# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# copy_sources(<folder>): the tree, without what was built in it.
function(copy_sources folder)
  file(GLOB entries RELATIVE "${ROOT}" "${ROOT}/*")
  list(REMOVE_ITEM entries build .git)
  foreach(entry IN LISTS entries)
    file(COPY "${ROOT}/${entry}" DESTINATION "${folder}")
  endforeach()
endfunction()

# consume(<prefix>): a program built against what is installed in <prefix>.
function(consume prefix)
  execute_process(COMMAND ${CMAKE_COMMAND}
    -D SOURCE=${ROOT}/tests/package/consumer/packaged
    -D BUILD=${BUILD}/consumer
    -D GENERATOR=${GENERATOR}
    -D COMPILER=${COMPILER}
    -D PREFIX=${prefix}
    -P "${ROOT}/tests/package/consumer/consume.cmake"
    COMMAND_ERROR_IS_FATAL ANY
  )
endfunction()
