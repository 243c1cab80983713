# cmake -D ROOT=<repository> -D BUILD=<build folder, release> -P results.cmake
#
# Writes docs/results.md: what the programs of this repository print, with the commands. The target "results" runs it.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND git -C "${ROOT}" describe --always --dirty OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND sh -c "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1" OUTPUT_VARIABLE processor
  OUTPUT_STRIP_TRAILING_WHITESPACE
)
execute_process(COMMAND nproc OUTPUT_VARIABLE cores OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND g++ -dumpfullversion OUTPUT_VARIABLE compiler OUTPUT_STRIP_TRAILING_WHITESPACE)

set(page "# Results

Written by `cmake --build --preset release --target results`: commit ${commit}, g++ ${compiler}, ${cores} cores,
${processor}. Times vary from run to run and machine to machine; compare what stands in one block.
")
function(record title command)
  separate_arguments(arguments UNIX_COMMAND "${command}")
  message(STATUS "${command}")
  execute_process(COMMAND ${arguments} WORKING_DIRECTORY "${BUILD}" OUTPUT_VARIABLE output ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(RELATIVE_PATH build "${ROOT}" "${BUILD}")
  set(page "${page}\n## ${title}\n\n`${build}/${command}`\n\n```text\n${output}```\n" PARENT_SCOPE)
endfunction()

record("From WordNet to a zero-shot classifier" "examples/quickstart")
file(GLOB programs RELATIVE "${BUILD}" "${BUILD}/benchmarks/*_*")
list(FILTER programs EXCLUDE REGEX "\\.(txt|cmake)$")
foreach(program IN LISTS programs)
  if(NOT IS_DIRECTORY "${BUILD}/${program}")
    record("${program}" "${program}")
  endif()
endforeach()
file(WRITE "${ROOT}/docs/results.md" "${page}")
