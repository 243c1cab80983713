# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D PROGRAM=<accuracy> -D KIT=<folder> -D JSON=<file> -P real.cmake
#
# On a slice of the real hub, combined experts are better than the best single one, and estimates on a batch follow the
# default where images are at hand.
if(NOT EXISTS "${KIT}/hub/models.tsv")
  message(NOTICE "SKIP: no hub at '${KIT}'; set MLL_VISION_KIT to its folder")
  return()
endif()
file(GLOB tasks RELATIVE "${KIT}/tasks" "${KIT}/tasks/*")
list(GET tasks 0 task)
execute_process(
  COMMAND "${PROGRAM}" --kit "${KIT}" --tasks "${task}" --hub-size 30 --representation-per-node 10
    --methods single_expert,chco-heads,chco-experts --json "${JSON}"
  COMMAND_ERROR_IS_FATAL ANY
)
file(READ "${JSON}" text)
string(JSON fit GET "${text}" provenance shift)
if(EXISTS "${KIT}/pretest/images.npy" AND NOT fit STREQUAL "agreement-1")
  message(FATAL_ERROR "expected the default fit where images are at hand, found '${fit}'")
endif()
foreach(i RANGE 2)
  string(JSON accuracy_${i} GET "${text}" results ${i} accuracy)
endforeach()
if(NOT accuracy_2 GREATER accuracy_0)
  message(FATAL_ERROR "expected chco-experts above the best single expert (${accuracy_0}), found ${accuracy_2}")
endif()
