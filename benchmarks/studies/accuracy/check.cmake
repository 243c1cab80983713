# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D JSON=<file> -P check.cmake
#
# On the planted kit, which has no images, estimates on a batch follow a learnt fit; every method has a row, chance is 1/6,
# and CHCO is far above, as are six experts chosen by the truth; an unknown word costs methods without the general model one
# class of five.
file(READ "${JSON}" text)
string(JSON fit GET "${text}" provenance shift)
if(NOT fit MATCHES "^learnt-")
  message(FATAL_ERROR "expected estimates by what the hub taught, found the fit '${fit}'")
endif()
string(JSON count LENGTH "${text}" results)
set(methods_planted "")
set(methods_unknown_word "")
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON task GET "${text}" results ${i} task)
  string(JSON method GET "${text}" results ${i} method)
  string(JSON accuracy GET "${text}" results ${i} accuracy)
  string(JSON row_fit GET "${text}" results ${i} estimate_on_batch_fit)
  if(method MATCHES "^chco-" AND NOT row_fit STREQUAL fit)
    message(FATAL_ERROR "expected the fit '${fit}' for ${method} on ${task}, found '${row_fit}'")
  endif()
  if(method STREQUAL "supervised_lda_experts")
    string(JSON experts_of_oracle GET "${text}" results ${i} experts_run)
  endif()
  list(APPEND methods_${task} "${method}")
  set(${task}_${method} "${accuracy}")
endforeach()
set(expected chance random_heads single_expert uniform_average name_match "top_heads<mean_difference>"
  entropy_weighted_f1 "top_heads<area_under_roc>" "chco<macro_accuracy>" ridge_stacking shrunken_lda general_only
  embedding_lda chco-heads chco-experts chco-experts-adapted chco-all supervised_lda
  supervised_experts supervised_lda_experts
)
foreach(task planted unknown_word)
  if(NOT methods_${task} STREQUAL expected)
    message(FATAL_ERROR "expected the methods ${expected} for ${task}, found ${methods_${task}}")
  endif()
endforeach()
foreach(method chco-heads chco-experts chco-experts-adapted chco-all)
  if(NOT planted_${method} GREATER 0.6)
    message(FATAL_ERROR "expected ${method} above 0.6 on planted experts, found ${planted_${method}}")
  endif()
endforeach()
# The first six experts would reach 0.86, six at random 0.81.
if(NOT planted_supervised_lda_experts GREATER 0.9 OR NOT experts_of_oracle EQUAL 6)
  message(FATAL_ERROR "expected supervised_lda_experts above 0.9 with 6 experts, found ${planted_supervised_lda_experts} with "
    "${experts_of_oracle}")
endif()
if(planted_chance LESS 0.16 OR planted_chance GREATER 0.17)
  message(FATAL_ERROR "expected chance to be 1/6, found ${planted_chance}")
endif()
if(unknown_word_ridge_stacking GREATER 0.8 OR unknown_word_ridge_stacking LESS 0.4)
  message(FATAL_ERROR "expected ridge_stacking between 0.4 and 0.8 with one of five classes never answered, found ${unknown_word_ridge_stacking}")
endif()
