# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D PROGRAM=<accuracy> -D KIT=<folder> -D OUT=<folder> [-D SIZES=15,30,60] [-D SEEDS=0,1,2] [-D PER_NODE=5,10,20]
#       [-D BUDGETS=2,5,10,40,80] [-D OPTIONS=<further options of accuracy>] -P sweep.cmake
#
# Writes the results behind the figures and tables of docs/results.md to OUT/*.json: all methods on the whole hub, on
# smaller hubs drawn with several seeds, with fewer representation samples per node, and with other budgets of experts.
cmake_minimum_required(VERSION 3.25)
set(default_SIZES 15,30,60)
set(default_SEEDS 0,1,2)
set(default_PER_NODE 5,10,20)
set(default_BUDGETS 2,5,10,40,80)
foreach(list SIZES SEEDS PER_NODE BUDGETS)
  if(NOT DEFINED ${list})
    set(${list} "${default_${list}}")
  endif()
  string(REPLACE "," ";" ${list} "${${list}}")
endforeach()
separate_arguments(OPTIONS UNIX_COMMAND "${OPTIONS}")

if(NOT EXISTS "${KIT}/hub/models.tsv")
  message(NOTICE "SKIP: no hub at '${KIT}'; set MLL_VISION_KIT to its folder")
  return()
endif()
file(REMOVE_RECURSE "${OUT}")
file(MAKE_DIRECTORY "${OUT}")
function(measure name)
  message(STATUS "${name}")
  execute_process(COMMAND "${PROGRAM}" --kit "${KIT}" --json "${OUT}/${name}.json" ${OPTIONS} ${ARGN}
    OUTPUT_QUIET ERROR_VARIABLE progress RESULT_VARIABLE status
  )
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${name}: ${progress}")
  endif()
endfunction()

measure(whole)
foreach(size IN LISTS SIZES)
  foreach(seed IN LISTS SEEDS)
    measure(hub_${size}_${seed} --hub-size ${size} --seed ${seed})
  endforeach()
endforeach()
foreach(count IN LISTS PER_NODE)
  measure(samples_${count} --representation-per-node ${count})
endforeach()
foreach(budget IN LISTS BUDGETS)
  measure(experts_${budget} --experts ${budget} --methods chco-experts)
endforeach()
