# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D JSON=<file> -P check.cmake
#
# On the planted kit, the first head found is right for nine of ten concepts, by responses alone and by names too.
cmake_minimum_required(VERSION 3.25)
file(READ "${JSON}" text)
string(JSON count LENGTH "${text}" results)
math(EXPR last "${count} - 1")
set(rows "")
foreach(i RANGE ${last})
  foreach(key names method top1)
    string(JSON ${key} GET "${text}" results ${i} ${key})
  endforeach()
  list(APPEND rows ${names}_${method})
  set(top1_${names}_${method} ${top1})
endforeach()
foreach(row OFF_find OFF_auc OFF_z_score OFF_mean_response OFF_probelog_samples OFF_probelog_text ON_find ON_name_match)
  if(NOT row IN_LIST rows)
    message(FATAL_ERROR "expected a row for '${row}', found ${rows}")
  endif()
endforeach()
if(NOT top1_OFF_find GREATER 0.9 OR NOT top1_ON_find GREATER 0.9)
  message(FATAL_ERROR "expected the first head to be right for nine of ten concepts, found ${text}")
endif()
