# cmake -D JSON=<file> -P check.cmake
#
# What must hold on the planted kit: every method has its row, chance is where it belongs, and a good method is far above.
file(READ "${JSON}" text)
string(JSON count LENGTH "${text}" results)
set(methods "")
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON method GET "${text}" results ${i} method)
  string(JSON accuracy GET "${text}" results ${i} accuracy)
  list(APPEND methods "${method}")
  set(accuracy_${method} "${accuracy}")
endforeach()
set(expected chance random single uniform name top-diff top-f1 top-auc greedy-accuracy stacking lda general
  chco-heads chco-experts chco-all
)
if(NOT methods STREQUAL expected)
  message(FATAL_ERROR "expected the methods ${expected}, found ${methods}")
endif()
foreach(method chco-heads chco-experts chco-all)
  if(NOT accuracy_${method} GREATER 0.6)
    message(FATAL_ERROR "expected ${method} above 0.6 on planted experts, found ${accuracy_${method}}")
  endif()
endforeach()
if(accuracy_chance LESS 0.16 OR accuracy_chance GREATER 0.17)
  message(FATAL_ERROR "expected chance to be 1/6, found ${accuracy_chance}")
endif()
