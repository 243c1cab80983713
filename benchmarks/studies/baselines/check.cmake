# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D JSON=<file> -P check.cmake
#
# Every baseline has a row per task of the planted kit (AutoGluon's if it is installed), is far above chance, and runs heads
# exactly if it runs experts.
if(NOT EXISTS "${JSON}")
  message(NOTICE "SKIP: no results in '${JSON}'")
  return()
endif()
file(READ "${JSON}" text)
string(JSON count LENGTH "${text}" results)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  foreach(column task method accuracy experts_run heads_used)
    string(JSON ${column} GET "${text}" results ${i} ${column})
  endforeach()
  list(APPEND methods_${task} "${method}")
  if(NOT accuracy GREATER 0.5)
    message(FATAL_ERROR "expected ${method} above 0.5 on ${task}, found ${accuracy}")
  endif()
  if((experts_run GREATER 0 AND NOT heads_used GREATER 0) OR (experts_run EQUAL 0 AND heads_used GREATER 0))
    message(FATAL_ERROR "expected heads of ${experts_run} experts for ${method} on ${task}, found ${heads_used}")
  endif()
endforeach()
set(expected sklearn_lda sklearn_lda+general sklearn_lda_general sklearn_logistic+general)
foreach(task planted unknown_word)
  list(REMOVE_ITEM methods_${task} autogluon_selection autogluon_selection+all)
  if(NOT methods_${task} STREQUAL expected)
    message(FATAL_ERROR "expected the methods ${expected} for ${task}, found ${methods_${task}}")
  endif()
endforeach()
