# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D JSON=<file> -P oracle.cmake
#
# With a budget of all experts, supervised_lda_experts, which chooses one after the other and brings its discriminant up to date,
# is supervised_lda, which solves for all heads at once.
file(READ "${JSON}" text)
string(JSON count LENGTH "${text}" results)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  foreach(column task method accuracy macro_accuracy calibration_error experts_run heads_used)
    string(JSON ${column} GET "${text}" results ${i} ${column})
  endforeach()
  string(SUBSTRING "${calibration_error}" 0 6 calibration_error)
  set(${task}_${method} "${accuracy} ${macro_accuracy} ${calibration_error} ${experts_run} ${heads_used}")
endforeach()
foreach(task planted unknown_word)
  if(NOT ${task}_supervised_lda MATCHES " 13 39$" OR NOT ${task}_supervised_lda_experts STREQUAL ${task}_supervised_lda)
    message(FATAL_ERROR "expected the same of both with 13 experts and 39 heads on ${task}, found "
      "'${${task}_supervised_lda}' and '${${task}_supervised_lda_experts}'")
  endif()
endforeach()
