#!/usr/bin/env bash
# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# The tests while other programs keep every core busy: what waits for time, and not for what it needs, fails.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash cmake/busy.sh [--preset NAME] [--times N] [arguments of ctest]

Runs `ctest --preset NAME` (release) N times (3) in a row beside one busy loop per core. Build the preset before.
Exit status: that of the first run that fails, else 0.
TEXT
}

preset=release
times=3
while (($# > 0)); do
  case "$1" in
    --preset) preset="$2"; shift 2 ;;
    --times) times="$2"; shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) break ;;
  esac
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."

loops=()
trap 'kill "${loops[@]}" 2> /dev/null || true' EXIT
for ((core = 0; core < $(nproc); ++core)); do
  setsid yes > /dev/null &  # in a session of its own: Linux shares the cores between sessions
  loops+=("$!")
done
for ((run = 1; run <= times; ++run)); do
  printf 'busy: run %s of %s\n' "$run" "$times"
  ctest --preset "$preset" "$@"
done
