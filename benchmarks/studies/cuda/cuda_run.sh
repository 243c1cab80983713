#!/usr/bin/env bash
# Builds and runs the CUDA tests and benchmarks of mll on a machine that has only a CUDA toolkit.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash benchmarks/studies/cuda/cuda_run.sh [FOLDER] [SIZE...]

  FOLDER  folder for programs and results (default: build/cuda)
  SIZE    small, medium, large (default: all three)

Needs nvcc and its host compiler. Prints tables and writes FOLDER/<size>.json. Code is generated for the H100 and H200;
MLL_CUDA_ARCH chooses another device (nvcc's -arch). If Python has PyTorch or CuPy, measures the same screening with them
(PYTHON chooses the interpreter). MLL_CUDA_SANITIZE=1 repeats the tests under each tool of compute-sanitizer; do that
first on a new kind of device.
TEXT
}
if [[ "${1:-}" == help || "${1:-}" == -h || "${1:-}" == --help ]]; then
  usage
  exit
fi
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
out="${1:-$root/build/cuda}"
sizes=("${@:2}")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(small medium large)
say() { printf 'cuda_run: %s\n' "$*"; }

nvcc="$(command -v nvcc || true)"
[[ -n "$nvcc" || ! -x /usr/local/cuda/bin/nvcc ]] || nvcc=/usr/local/cuda/bin/nvcc
if [[ -z "$nvcc" ]]; then
  say "SKIP: nvcc was not found (install the CUDA toolkit and put its bin folder on PATH)"
  exit
fi
toolkit="$(cd "$(dirname "$(readlink -f "$nvcc")")/.." && pwd)"
mkdir -p "$out/objects"

common=(-std=c++20 -O3 -I "$root/include" -I "$root/tests")
device=("$nvcc" "${common[@]}" "-arch=${MLL_CUDA_ARCH:-sm_90}" -lineinfo -c)
# The oracles on the host use the toolkit's Thrust, without a device.
host=("${CXX:-g++}" "${common[@]}" -isystem "$toolkit/include/cccl" -isystem "$toolkit/include"
  -DTHRUST_HOST_SYSTEM=THRUST_HOST_SYSTEM_CPP -DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP -c)

say "compiling with $("$nvcc" --version | grep -o 'release [^,]*')"
cd "$root"
jobs="$(nproc)"
objects=()
compile() {  # object, command...
  local object="$out/objects/$1"
  shift
  objects+=("$object")
  rm -f "$object"
  while (($(jobs -rp | wc -l) >= jobs)); do sleep 0.2; done
  "$@" -o "$object" &
}
tests=()
while IFS= read -r source; do
  object="$(printf '%s' "$source" | tr / _).o"
  tests+=("$out/objects/$object")
  compile "$object" "${device[@]}" "$source"
done < <(find tests -name '*.cu' -not -path 'tests/package/consumer/*' | sort)
compile oracles.o "${host[@]}" tests/support/device_oracles.cpp
compile selection_cuda.o "${device[@]}" benchmarks/studies/cuda/selection_cuda.cu
wait
for object in "${objects[@]}"; do
  [[ -f "$object" ]] || { say "cannot compile $(basename "$object" .o)"; exit 1; }
done
"$nvcc" -o "$out/test_cuda" "${tests[@]}" "$out/objects/oracles.o"
"$nvcc" -o "$out/selection_cuda" "$out/objects/selection_cuda.o" "$out/objects/oracles.o"

say "testing"
"$out/test_cuda"
if [[ -n "${MLL_CUDA_SANITIZE:-}" ]]; then
  for tool in memcheck racecheck initcheck synccheck; do
    "$toolkit/bin/compute-sanitizer" --tool "$tool" --error-exitcode 1 "$out/test_cuda"
  done
fi
for size in "${sizes[@]}"; do
  say "measuring: $size"
  # 10 GB of inputs are too much for the baselines.
  export_to=()
  [[ "$size" == large ]] || export_to=(--export "$out/$size")
  "$out/selection_cuda" --size "$size" --json "$out/$size.json" "${export_to[@]}"
  if [[ -f "$out/$size/screening_rows.npy" ]]; then
    python="${PYTHON:-python3}"
    if command -v "$python" >/dev/null; then
      "$python" benchmarks/studies/baselines/screening_on_device.py "$out/$size"
    else
      say "SKIP the baseline: $python was not found"
    fi
  fi
done
say "results are in $out"
