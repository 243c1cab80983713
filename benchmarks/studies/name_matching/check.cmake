# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# cmake -D PROGRAM=<name_matching> -D OUT=<prefix of files> -P check.cmake
#
# On a small list of names, joint matching finds every sense, with all senses and with the admissible ones alone; an
# unknown id is refused.
if(NOT EXISTS /usr/share/wordnet/data.noun)
  message(NOTICE "SKIP: no WordNet at /usr/share/wordnet (install wordnet-base)")
  return()
endif()
file(WRITE "${OUT}.tsv" "name\twnid\tcaption
crane\tn02012849\tA wading bird with long legs.
flamingo\tn02007558
goose\tn01855672
mouse\tn03793489\tMoves the cursor on a computer.
banana\tn07753592
wok\tn04596742
")
file(READ "${OUT}.tsv" text)
string(REGEX MATCHALL "n[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]" nodes "${text}")
list(JOIN nodes "\n" nodes)
file(WRITE "${OUT}_nodes.txt" "${nodes}\n")
foreach(variant free admissible)
  set(more "")
  if(variant STREQUAL admissible)
    set(more --admissible "${OUT}_nodes.txt")
  endif()
  execute_process(COMMAND "${PROGRAM}" --names "${OUT}.tsv" --task-size 6 --trials 2 --seed 1 ${more} --json "${OUT}.json"
    COMMAND_ERROR_IS_FATAL ANY
  )
  file(READ "${OUT}.json" json)
  foreach(key first_sense embedding collective collective_near n)
    string(JSON ${variant}_${key} GET "${json}" ${key})
  endforeach()
  if(NOT ${variant}_n EQUAL 12 OR NOT ${variant}_collective EQUAL 1 OR NOT ${variant}_collective_near EQUAL 1)
    message(FATAL_ERROR "expected all of 12 senses found, found ${json}")
  endif()
endforeach()
# The first senses are the machine for crane and the rodent for mouse.
if(free_first_sense GREATER 0.7 OR NOT admissible_first_sense EQUAL 1)
  message(FATAL_ERROR "expected the first sense to be wrong for crane and mouse unless only the right nodes are "
    "admissible; found ${free_first_sense} and ${admissible_first_sense}")
endif()
file(WRITE "${OUT}_bad.tsv" "name\twnid\nwok\tn00000001\n")
execute_process(COMMAND "${PROGRAM}" --names "${OUT}_bad.tsv" RESULT_VARIABLE code ERROR_VARIABLE said)
if(code EQUAL 0 OR NOT said MATCHES "n00000001")
  message(FATAL_ERROR "expected an error that names the unknown id, found '${said}'")
endif()
