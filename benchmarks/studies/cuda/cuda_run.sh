#!/usr/bin/env bash
# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Builds the CUDA tests and benchmarks of mll if there is a CUDA toolkit, and runs them if there is a device.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash benchmarks/studies/cuda/cuda_run.sh [--build-only | --no-build] [FOLDER] [SIZE...]

  --build-only  compile into FOLDER; needs nvcc and its host compiler, and no device
  --no-build    run what is in FOLDER; needs a device and its driver, and no compiler
  FOLDER        folder for programs and results (default: build/cuda)
  SIZE          small, medium, dense, large (default: all of them)

Without an option, builds and runs. To measure on another machine, build here, copy the working tree with FOLDER, and
run there with --no-build: the programs need glibc 2.34, libstdc++ of GCC 12 and the driver; dense algebra also cuBLAS and
cuSOLVER. Code is generated for the H100 and H200;
MLL_CUDA_ARCH chooses another device (nvcc's -arch).

The run tests first, without and with compute-sanitizer (memcheck, racecheck; at most 90 s each), then measures. A step
that fails does not stop the others; the exit status is 1 if any failed, or if there is no device. Every step writes
FOLDER/<step>.txt, and measurements FOLDER/<size>.json. If Python has PyTorch or CuPy, the same screening is measured
with them (PYTHON chooses the interpreter).
TEXT
}
say() { printf 'cuda_run: %s\n' "$*"; }
is_to_build=1
is_to_run=1
case "${1:-}" in
  help | -h | --help) usage; exit ;;
  --build-only) is_to_run=0; shift ;;
  --no-build) is_to_build=0; shift ;;
  -*) usage >&2; exit 2 ;;
esac
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
out="${1:-$root/build/cuda}"
sizes=("${@:2}")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(small medium dense large)
cd "$root"
mkdir -p "$out"

nvcc="$(command -v nvcc || true)"
[[ -n "$nvcc" || ! -x /usr/local/cuda/bin/nvcc ]] || nvcc=/usr/local/cuda/bin/nvcc

build() {
  if [[ -z "$nvcc" ]]; then
    say "nvcc was not found: install the CUDA toolkit and put its bin folder on PATH"
    return 1
  fi
  local toolkit
  toolkit="$(cd "$(dirname "$(readlink -f "$nvcc")")/.." && pwd)"
  mkdir -p "$out/objects"
  local common=(-std=c++20 -O3 -I "$root/include" -I "$root/tests")
  local device=("$nvcc" "${common[@]}" "-arch=${MLL_CUDA_ARCH:-sm_90}" -lineinfo -c)
  # The oracles on the host use the toolkit's Thrust, without a device.
  local host=("${CXX:-g++}" "${common[@]}" -isystem "$toolkit/include/cccl" -isystem "$toolkit/include"
    -DTHRUST_HOST_SYSTEM=THRUST_HOST_SYSTEM_CPP -DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP -c)
  say "compiling with $("$nvcc" --version | grep -o 'release [^,]*')"
  local objects=() tests=() source object has_algebra=0
  local eigen="${EIGEN_INCLUDE_DIR:-/usr/include/eigen3}"
  compile() {  # object, command...
    local object="$out/objects/$1"
    shift
    objects+=("$object")
    rm -f "$object"
    while (($(jobs -rp | wc -l) >= $(nproc))); do sleep 0.2; done
    "$@" -o "$object" &
  }
  while IFS= read -r source; do
    object="$(printf '%s' "$source" | tr / _).o"
    tests+=("$out/objects/$object")
    compile "$object" "${device[@]}" "$source"
  done < <(find tests -name '*.cu' -not -path 'tests/package/consumer/*' -not -name device_hub.cu \
    -not -name device_algebra.cu | sort)
  # What selects end to end needs the libraries of the host's part.
  if printf '#include <Eigen/Core>\n#include <boost/graph/adjacency_list.hpp>\n' |
    "${CXX:-g++}" -std=c++20 -isystem "$eigen" -fsyntax-only -x c++ - 2>/dev/null; then
    source=tests/unit/select/device_hub.cu
    tests+=("$out/objects/device_hub.o")
    local with_eigen=("${device[@]}" -isystem "$eigen" -DEIGEN_NO_CUDA -diag-suppress "1675,20012")
    compile device_hub.o "${with_eigen[@]}" "$source"
    if printf '#include <cublas_v2.h>\n#include <cusolverDn.h>\n' |
      "${CXX:-g++}" -isystem "$toolkit/include" -fsyntax-only -x c++ - 2>/dev/null; then
      has_algebra=1
      compile device_algebra.o "${with_eigen[@]}" tests/unit/profile/device_algebra.cu
      compile algebra_cuda.o "${with_eigen[@]}" benchmarks/studies/cuda/algebra_cuda.cu
    else
      say "SKIP tests/unit/profile/device_algebra.cu: cuBLAS or cuSOLVER was not found beside nvcc"
    fi
  else
    say "SKIP what selects end to end: Eigen or Boost was not found (EIGEN_INCLUDE_DIR names Eigen's folder)"
  fi
  compile oracles.o "${host[@]}" tests/support/device_oracles.cpp
  compile selection_cuda.o "${device[@]}" benchmarks/studies/cuda/selection_cuda.cu
  wait
  for object in "${objects[@]}"; do
    [[ -f "$object" ]] || { say "cannot compile $(basename "$object" .o)"; return 1; }
  done
  # CUDA's runtime is linked in: where the programs run, it need not be. (A static libstdc++ asks for glibc 2.36.)
  local link=("$nvcc" -cudart static -Xlinker --strip-all)
  "${link[@]}" -o "$out/test_cuda" "${tests[@]}" "$out/objects/oracles.o"
  "${link[@]}" -o "$out/selection_cuda" "$out/objects/selection_cuda.o" "$out/objects/oracles.o"
  local built=("$out/test_cuda" "$out/selection_cuda")
  rm -f "$out/test_cuda_algebra" "$out/algebra_cuda"
  if ((has_algebra)); then
    link+=(-lcublas -lcusolver)
    local main="$out/objects/tests_support_device_main.cu.o"
    "${link[@]}" -o "$out/test_cuda_algebra" "$out/objects/device_algebra.o" "$main"
    "${link[@]}" -o "$out/algebra_cuda" "$out/objects/algebra_cuda.o"
    built+=("$out/test_cuda_algebra" "$out/algebra_cuda")
  fi
  say "built $(basename -a "${built[@]}" | xargs) in $out ($(du -ch "${built[@]}" | tail -1 | cut -f1))"
}

failed=()
step() {  # name, command...: prints and keeps its output
  local name="$1"
  shift
  say "$name"
  local status=0
  "$@" >"$out/$name.txt" 2>&1 || status=$?
  cat "$out/$name.txt"
  [[ $status -eq 0 ]] || { say "FAILED: $name (status $status)"; failed+=("$name"); }
}
# Fails where a test program has found no device and therefore nothing to test.
on_device() { "$@" | tee /dev/stderr | { ! grep -q '^SKIP: no CUDA device'; }; }

run() {
  local program
  for program in test_cuda selection_cuda; do
    [[ -x "$out/$program" ]] || { say "$out/$program is missing: run with --build-only where nvcc is"; return 1; }
  done
  step test on_device timeout 120 "$out/test_cuda"
  local sanitizer
  sanitizer="$(command -v compute-sanitizer || true)"
  [[ -n "$sanitizer" || -z "$nvcc" ]] || sanitizer="$(dirname "$(readlink -f "$nvcc")")/compute-sanitizer"
  if [[ -x "$sanitizer" ]]; then
    # The tests provoke errors of the API; those are not what memcheck is for.
    step memcheck timeout 90 "$sanitizer" --tool memcheck --report-api-errors no --error-exitcode 1 "$out/test_cuda"
    # Races are looked for in our kernels; whole selections and Thrust's kernels would take minutes.
    step racecheck timeout 90 "$sanitizer" --tool racecheck --error-exitcode 1 "$out/test_cuda" select Thrust
  else
    say "SKIP memcheck and racecheck: compute-sanitizer was not found (it is part of the CUDA toolkit)"
  fi
  # Linked dynamically: both libraries have hundreds of megabytes.
  if [[ ! -x "$out/test_cuda_algebra" ]]; then
    say "SKIP dense algebra: $out/test_cuda_algebra was not built"
  elif ldd "$out/test_cuda_algebra" | grep -q 'not found'; then
    say "SKIP dense algebra: the libraries of cuBLAS and cuSOLVER are not on the library path (LD_LIBRARY_PATH)"
  else
    step test_algebra on_device timeout 60 "$out/test_cuda_algebra"
    step algebra timeout 90 "$out/algebra_cuda" "$out/algebra.json"
  fi
  local size python="${PYTHON:-python3}"
  for size in "${sizes[@]}"; do
    local export_to=()
    # Inputs of large are too much for the baselines; those of dense are not exported.
    [[ "$size" == large || "$size" == dense ]] || export_to=(--export "$out/$size")
    step "$size" timeout 120 "$out/selection_cuda" --size "$size" --json "$out/$size.json" "${export_to[@]}"
    [[ -f "$out/$size/screening_rows.npy" ]] || continue
    if command -v "$python" >/dev/null; then
      step "baseline_$size" timeout 90 "$python" benchmarks/studies/baselines/screening_on_device.py "$out/$size"
    else
      say "SKIP the baseline: $python was not found"
    fi
  done
  say "results are in $out"
  [[ ${#failed[@]} -eq 0 ]] || { say "FAILED: ${failed[*]}"; return 1; }
}

[[ $is_to_build -eq 0 ]] || build
[[ $is_to_run -eq 0 ]] || run
