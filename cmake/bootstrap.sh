#!/usr/bin/env bash
# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# From a fresh Debian 12 to a running mll.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash cmake/bootstrap.sh <command>

  demo [argument...]   install what the demo needs, build it and run it with these arguments
  test                 install what the tests need, build everything and run all tests
  deps                 install everything, also for the presets dev, asan, clang and tsan; build nothing

What is missing is installed with apt-get (with sudo if you are not root); nothing is installed, and no network
is needed, if all is there. Programs are built into build/release. ONNX Runtime, which Debian 12 lacks, is unpacked into
build/onnxruntime: its library from PyPI, its headers from Debian 13. Python packages that tests compare mll with are
installed into build/python.
TEXT
}

# What each command needs, as Debian packages.
demo_packages=(g++ cmake ninja-build libeigen3-dev libboost1.74-dev libxtensor-dev libxsimd-dev libthrust-dev
  libcub-dev libtbb-dev libcli11-dev wordnet-base)
test_packages=(doctest-dev libbenchmark-dev libopencv-dev libprotozero-dev libsqlite3-dev libxxhash-dev libzip-dev libicu-dev nlohmann-json3-dev clang-format-16 doxygen graphviz gnuplot-nox
  python3-numpy python3-pip pkg-config parallel libopenmpi-dev openmpi-bin)
deps_packages=(clang-16 clang-19 clang-tidy-16 libclang-rt-16-dev ccache chromium debhelper lintian mmdebstrap doxygen-awesome-css)

say() { printf 'bootstrap: %s\n' "$*"; }
fail() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "need root to install packages, and there is no sudo; run as root: $*"
  fi
}

install_packages() {
  command -v dpkg-query >/dev/null || fail "no dpkg here: install the equivalents of these Debian packages yourself: $*"
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if [[ ${#missing[@]} == 0 ]]; then
    say "all ${#} packages are there"
    return
  fi
  say "installing ${missing[*]}"
  # The lists may be stale or, in a container, not there at all. A third party's broken source is not our concern as
  # long as the packages themselves can be had.
  as_root apt-get update -q || say "apt-get update failed; going on with the lists that are there"
  # --no-remove: rather fail than take something away that somebody else uses.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends --no-remove "${missing[@]}" ||
    fail "apt-get could not install: ${missing[*]}"
}

# OpenMP for clang 16. The libomp packages of different clang versions exclude each other: never replace one.
install_libomp() {
  if is_installed libomp-16-dev; then
    return
  fi
  local other
  other="$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' 'libomp-*-dev' 2>/dev/null |
    awk '$2 == "installed" { print $1 }')" || true
  if [[ -n "$other" ]]; then
    say "leaving out libomp-16-dev, because it would remove $other: the preset clang builds without mll::omp"
  else
    install_packages libomp-16-dev
  fi
}

# The sources of this machine's packages for another release: as apt reads them, with the release's name replaced.
sources_of_release() {  # <this release> <other release> <folder>
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [[ -f "$file" ]] || continue
    # A third party's sources have other releases, or none.
    grep -v '^[[:space:]]*#' "$file" | grep -q "\b$1\b" || continue
    sed "s/\b$1\b/$2/g" "$file" > "$3/$(basename "$file")"
  done
}

# ONNX Runtime without root: headers of libonnxruntime-dev of Debian 13, the library of the Python package. Where they
# cannot be had, mll is built without mll::onnxruntime.
fetch_onnxruntime() {
  local place="$root/build/onnxruntime" work
  if [[ -e "$place/include/onnxruntime_c_api.h" && -e "$place/lib/libonnxruntime.so.1" ]]; then
    say "ONNX Runtime is there"
    return
  fi
  work="$(mktemp -d)"
  say "unpacking ONNX Runtime into build/onnxruntime"
  if (set -e
    cd "$work"
    mkdir -p sources lists/partial archives/partial wheel
    sources_of_release "$(. /etc/os-release && echo "$VERSION_CODENAME")" trixie sources
    apt=(-q -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$work/sources" -o "Dir::State::Lists=$work/lists"
      -o "Dir::Cache::Archives=$work/archives" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
      -o APT::Sandbox::User=)
    apt-get "${apt[@]}" update
    apt-get "${apt[@]}" download libonnxruntime-dev
    dpkg -x libonnxruntime-dev_*.deb headers
    python3 -m pip download --quiet --no-deps --only-binary :all: --dest wheel onnxruntime
    python3 -m zipfile -e wheel/onnxruntime-*.whl wheel
    mkdir -p "$place/include" "$place/lib"
    cp -R headers/usr/include/onnxruntime/. "$place/include/"
    cp wheel/onnxruntime/capi/libonnxruntime.so.1.* "$place/lib/libonnxruntime.so.1"
    ln -sf libonnxruntime.so.1 "$place/lib/libonnxruntime.so"
  ) >"$work/log" 2>&1; then
    say "ONNX Runtime is in build/onnxruntime"
  else
    say "leaving out ONNX Runtime: $(tail -n 1 "$work/log")"
  fi
  rm -rf "$work"
}

# Python packages that tests compare mll with, in an environment of their own. What cannot be had, those tests report
# as skipped.
python_packages=(numpy onnx onnxruntime pillow tokenizers scikit-learn skl2onnx lightgbm onnxmltools conan reuse)
fetch_python() {
  local place="$root/build/python" log package missing=()
  log="$(mktemp)"
  if ! [[ -x "$place/bin/python3" ]] && ! /usr/bin/python3 -m venv --without-pip "$place" 2>"$log"; then
    say "leaving out the Python packages: $(tail -n 1 "$log")"
    rm -rf "$place" "$log"
    return
  fi
  for package in "${python_packages[@]}"; do
    compgen -G "$place/lib/python3*/site-packages/${package//-/_}-*.dist-info" >/dev/null || missing+=("$package")
  done
  if [[ ${#missing[@]} == 0 ]]; then
    say "the Python packages are there"
  elif say "installing Python packages into build/python: ${missing[*]}" &&
    ! /usr/bin/python3 -m pip --python "$place/bin/python3" install --quiet --only-binary :all: "${missing[@]}" 2>"$log"; then
    say "some Python packages are missing: $(tail -n 1 "$log")"
    # Without NumPy it is worse than the Python of Debian.
    "$place/bin/python3" -c "import numpy" 2>/dev/null || rm -rf "$place"
  fi
  rm -f "$log"
}

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
command="${1:-}"
case "$command" in
  demo)
    shift
    cd "$root"
    install_packages "${demo_packages[@]}"
    cmake --preset release
    cmake --build --preset release --target quickstart
    exec build/release/examples/quickstart "$@"
    ;;
  test | deps)
    if [[ $# -gt 1 ]]; then
      printf "bootstrap: '%s' takes no arguments, found '%s'\n\n" "$command" "$2" >&2
      usage >&2
      exit 2
    fi
    cd "$root"
    if [[ "$command" == deps ]]; then
      install_packages "${demo_packages[@]}" "${test_packages[@]}" "${deps_packages[@]}"
      install_libomp
      fetch_onnxruntime
      fetch_python
    else
      install_packages "${demo_packages[@]}" "${test_packages[@]}"
      fetch_onnxruntime
      fetch_python
      cmake --preset release
      cmake --build --preset release
      ctest --preset release --parallel "$(nproc)"
    fi
    ;;
  help | -h | --help)
    usage
    ;;
  *)
    printf "bootstrap: expected demo, test or deps, found '%s'\n\n" "$command" >&2
    usage >&2
    exit 2
    ;;
esac
