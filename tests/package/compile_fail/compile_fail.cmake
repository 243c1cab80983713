# cmake -D SOURCE=<file> -D TARGET=<target> -D BUILD=<folder> -P compile_fail.cmake
cmake_minimum_required(VERSION 3.25)
file(STRINGS "${SOURCE}" expectations REGEX "^// expect: ")
if(NOT expectations)
  message(FATAL_ERROR "${SOURCE} has no line '// expect: <text>'")
endif()

execute_process(COMMAND ${CMAKE_COMMAND} --build "${BUILD}" --target ${TARGET}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
)
if(result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, and must not")
endif()
foreach(expectation IN LISTS expectations)
  string(REGEX REPLACE "^// expect: " "" expectation "${expectation}")
  string(FIND "${output}" "${expectation}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "${SOURCE} fails to compile, as it must, but without the text '${expectation}':\n${output}")
  endif()
endforeach()
