# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D ROOT=<repository> -D BUILD=<build folder, release> [-D KIT=<folder>] [-D SHIFTED=<folder>] [-D STRONG=<folder>]
#       [-D PYTHON=<python3>] -P results.cmake
#
# Writes docs/results.md: the output of the programs of this repository, with the commands. With a KIT (a real hub, see
# benchmarks/studies/accuracy), also the figures in docs/figures; with SHIFTED (tasks of other pictures for the same hub) and
# STRONG (another kit), also their tables; with a PYTHON that has scikit-learn, also baselines of other software. The target
# "results" runs it.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND git -C "${ROOT}" describe --always --dirty OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND sh -c "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1" OUTPUT_VARIABLE processor
  OUTPUT_STRIP_TRAILING_WHITESPACE
)
execute_process(COMMAND nproc OUTPUT_VARIABLE cores OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND g++ -dumpfullversion OUTPUT_VARIABLE compiler OUTPUT_STRIP_TRAILING_WHITESPACE)

set(page "# Results

Written by `cmake --build --preset release --target results`: commit ${commit}, g++ ${compiler}, ${cores} cores,
${processor}. Times vary between runs and machines; compare only figures of one block. On a CUDA device:
[results_cuda.md](results_cuda.md).
")
function(record title command)
  separate_arguments(arguments UNIX_COMMAND "${command}")
  message(STATUS "${command}")
  execute_process(COMMAND ${arguments} WORKING_DIRECTORY "${BUILD}" OUTPUT_VARIABLE output ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(RELATIVE_PATH build "${ROOT}" "${BUILD}")
  set(page "${page}\n## ${title}\n\n`${build}/${command}`\n\n```text\n${output}```\n" PARENT_SCOPE)
endfunction()

record("From WordNet to a zero-shot classifier" "examples/quickstart")

if(EXISTS "${KIT}/pretest/nodes.tsv")
  # Names and ids of the nodes with samples.
  file(STRINGS "${KIT}/pretest/nodes.tsv" lines)
  set(names "name\twnid\n")
  foreach(line IN LISTS lines)
    if(line MATCHES "^[0-9]+\t([^\t]+)\t([^\t]+)")
      string(APPEND names "${CMAKE_MATCH_2}\t${CMAKE_MATCH_1}\n")
    endif()
  endforeach()
  file(WRITE "${BUILD}/node_names.tsv" "${names}")
  record("Senses of class names" "benchmarks/name_matching --names node_names.tsv --task-size 20 --trials 300")
endif()

# Puts a table of other software on the tasks of a folder behind the first in a variable; leaves it alone if Python lacks
# scikit-learn.
function(add_other_software variable kit tasks name)
  if(NOT PYTHON)
    return()
  endif()
  set(exported "${BUILD}/${name}_exported")
  set(results "${BUILD}/${name}_chance.json")
  set(others "${BUILD}/${name}_others")
  file(REMOVE_RECURSE "${exported}")
  execute_process(COMMAND "${BUILD}/benchmarks/accuracy" --kit "${kit}" --tasks-dir "${tasks}" --methods chance
    --json "${results}" --export "${exported}" OUTPUT_QUIET ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY
  )
  execute_process(COMMAND "${PYTHON}" "${ROOT}/benchmarks/studies/baselines/task_baselines.py" "${exported}" "${results}"
    "${others}.json" OUTPUT_VARIABLE said ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY
  )
  if(said MATCHES "^skipped: No module")
    message(STATUS "no table of other software: ${said}")
    return()
  endif()
  execute_process(COMMAND "${BUILD}/benchmarks/plots" --tables "${others}.md" "${others}.json" COMMAND_ERROR_IS_FATAL ANY)
  file(READ "${others}.md" table)
  string(FIND "${table}" "\n| method" from)
  string(SUBSTRING "${table}" ${from} -1 table)
  string(FIND "${table}" "\n### " to)
  string(SUBSTRING "${table}" 0 ${to} table)
  execute_process(COMMAND "${PYTHON}" -c "import sklearn; print(sklearn.__version__)" OUTPUT_VARIABLE version
    OUTPUT_STRIP_TRAILING_WHITESPACE
  )
  set(autogluon "AutoGluon was not installed.")
  if(NOT said MATCHES "^skipped: autogluon")
    execute_process(COMMAND "${PYTHON}" -c "from importlib import metadata; print(metadata.version('autogluon.core'))"
      OUTPUT_VARIABLE autogluon OUTPUT_STRIP_TRAILING_WHITESPACE
    )
    set(autogluon "`autogluon_selection`: the ensemble selection of AutoGluon ${autogluon} over a pool of one discriminant per
expert, one over the embedding, and the zero-shot answers of the general model, by out-of-fold log-loss; `+all`: with the three
methods over all heads in the pool, too. All get the samples that mll matched to the classes, wrong senses included.")
  endif()
  file(RELATIVE_PATH build "${ROOT}" "${BUILD}")
  set(section "
### Other software on these tasks

scikit-learn ${version} on the responses of all heads (`sklearn_lda`: automatic shrinkage), with the embedding of the general model
(`+general`), or on the embedding alone (`_general`).
${autogluon}

```bash
${build}/benchmarks/accuracy --kit KIT --tasks-dir TASKS --methods chance --json whole.json --export exported
python3 benchmarks/studies/baselines/task_baselines.py exported whole.json others.json
${build}/benchmarks/plots --tables tables.md others.json
```
${table}")
  string(REPLACE "\n### Estimated and measured accuracy" "${section}\n### Estimated and measured accuracy" with "${${variable}}")
  set(${variable} "${with}" PARENT_SCOPE)
endfunction()

set(part "${BUILD}/accuracy_tables.md")
if(EXISTS "${KIT}/hub/models.tsv")
  set(folder "${BUILD}/accuracy_results")
  execute_process(COMMAND "${CMAKE_COMMAND}" -D "PROGRAM=${BUILD}/benchmarks/accuracy" -D "KIT=${KIT}" -D "OUT=${folder}"
    -P "${ROOT}/benchmarks/studies/accuracy/sweep.cmake" COMMAND_ERROR_IS_FATAL ANY
  )
  file(GLOB results "${folder}/*.json")
  execute_process(COMMAND "${BUILD}/benchmarks/plots" --out "${ROOT}/docs/figures" --tables "${part}" ${results}
    COMMAND_ERROR_IS_FATAL ANY
  )
  file(READ "${part}" tables)
  add_other_software(tables "${KIT}" "${KIT}/tasks" domain)
  file(RELATIVE_PATH build "${ROOT}" "${BUILD}")
  set(page "${page}
## A hub of 120 image experts

Four tasks (10, 20, 20 and 39 classes) on a hub of 120 small ONNX networks with 1207 heads, pre-tested on 11051 images of 285
nodes, and a weak general model; all scores were computed once and are read from files. Accuracy is micro accuracy unless
marked macro; results of several seeds are averaged. `chco-*` use the general model, which is not counted as an expert.
Constants of the weighing of sources were chosen with these tasks in sight ([method.md](method.md)), which flatters `chco-*`.

```bash
cmake -D PROGRAM=${build}/benchmarks/accuracy -D KIT=\"$MLL_VISION_KIT\" -D OUT=accuracy_results -P benchmarks/studies/accuracy/sweep.cmake
${build}/benchmarks/plots --out docs/figures --tables tables.md accuracy_results/*.json
```

![Accuracy by the number of experts in the hub](figures/hub_size.svg)
![Accuracy by the number of experts run](figures/experts_run.svg)
![Accuracy by the number of representation samples](figures/representation.svg)
![Risk by coverage](figures/risk_coverage.svg)
![Estimated and measured accuracy](figures/estimate.svg)
${tables}")
else()
  message(STATUS "no hub at '${KIT}' (set MLL_VISION_KIT): no figures")
endif()

# Tables of all methods on the tasks of a folder.
function(record_tasks title kit tasks name)
  set(tables "${BUILD}/${name}_tables.md")
  execute_process(COMMAND "${BUILD}/benchmarks/accuracy" --kit "${kit}" --tasks-dir "${tasks}" --json "${BUILD}/${name}.json"
    OUTPUT_QUIET ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY
  )
  execute_process(COMMAND "${BUILD}/benchmarks/plots" --tables "${tables}" "${BUILD}/${name}.json" COMMAND_ERROR_IS_FATAL ANY)
  file(READ "${tables}" content)
  add_other_software(content "${kit}" "${tasks}" ${name})
  file(RELATIVE_PATH build "${ROOT}" "${BUILD}")
  set(page "${page}
## ${title}

Constants of the weighing of sources and of adapting were chosen with these tasks in sight ([method.md](method.md)), which
flatters the figures. `chco-experts-adapted` has seen the samples of the task once, without labels. `supervised_*` are oracles,
which use the truth: a discriminant over all heads in 5 folds (`_lda`), the experts of `chco-experts` chosen by the labels of the
task (`_experts`), and 20 experts chosen one by one for the accuracy of a discriminant over their heads in the same 5 folds
(`_lda_experts`; what chooses also judges, which flatters it). Outsiders are samples of the other tasks, but for classes that are,
contain or lie in one of the task's.

```bash
${build}/benchmarks/accuracy --kit KIT --tasks-dir TASKS --json ${name}.json
${build}/benchmarks/plots --tables tables.md ${name}.json
```
${content}" PARENT_SCOPE)
endfunction()
if(EXISTS "${SHIFTED}/tasks")
  record_tasks("The same hub: pictures from elsewhere" "${KIT}" "${SHIFTED}/tasks" shifted)
endif()
if(EXISTS "${STRONG}/tasks")
  record_tasks("A hub of strong experts" "${STRONG}" "${STRONG}/tasks" strong)
endif()

file(GLOB programs RELATIVE "${BUILD}" "${BUILD}/benchmarks/*_*")
list(FILTER programs EXCLUDE REGEX "\\.(txt|cmake|md|json|tsv)$|(make_kit|name_matching|selection_cuda|compile_time)$")
record("Cost to compile" "benchmarks/compile_time --libraries")
record("Selection from wide hubs: small" "benchmarks/selection --size small --backend omp")
record("Selection from wide hubs: medium" "benchmarks/selection --size medium --backend omp --repeat 3")
foreach(program IN LISTS programs)
  if(NOT IS_DIRECTORY "${BUILD}/${program}")
    record("${program}" "${program}")
  endif()
endforeach()
file(WRITE "${ROOT}/docs/results.md" "${page}")
