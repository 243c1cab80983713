# cmake -D PROGRAM=<accuracy> -D KIT=<folder> -D JSON=<file> -P real.cmake
#
# A slice of the real hub: that the benchmark runs on it, and that experts combined are better than every single one.
if(NOT EXISTS "${KIT}/hub/models.tsv")
  message(NOTICE "SKIP: no hub at '${KIT}'; set MLL_VISION_KIT to the folder of one")
  return()
endif()
file(GLOB tasks RELATIVE "${KIT}/tasks" "${KIT}/tasks/*")
list(GET tasks 0 task)
execute_process(
  COMMAND "${PROGRAM}" --kit "${KIT}" --tasks "${task}" --hub-size 30 --representation-per-node 10
    --methods single,chco-heads,chco-experts --json "${JSON}"
  COMMAND_ERROR_IS_FATAL ANY
)
file(READ "${JSON}" text)
foreach(i RANGE 2)
  string(JSON accuracy_${i} GET "${text}" results ${i} accuracy)
endforeach()
if(NOT accuracy_2 GREATER accuracy_0)
  message(FATAL_ERROR "expected chco-experts above the best single expert (${accuracy_0}), found ${accuracy_2}")
endif()
