#!/usr/bin/env bash
# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# mll with the compilers and libraries of other releases of Debian, without root rights and without touching the system.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash cmake/newest.sh headers <release> <folder>
       bash cmake/newest.sh build <release> <folder>
       bash cmake/newest.sh package <release> <libmll-dev.deb>

  headers   unpacks the header packages of a release (bookworm, trixie, sid) below <folder>: what mll needs, for the
            compiler of this machine
  build     makes a system of that release with mmdebstrap, builds and runs mll in it by each of its compilers, and
            writes what happened to <folder>/<release>.md, one line of a table per compiler
  package   installs the package into a fresh system of that release, with what it depends on, and builds and runs
            examples/first_task.cpp there

Exit status: 0 passed, 1 failed, 77 not possible here, with the reason.
TEXT
}

say() { printf 'newest: %s\n' "$*"; }
skip() { printf 'skipped: %s\n' "$*"; exit 77; }

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# This machine's sources of packages, for another release.
sources_of() {  # <release> <folder>
  local here file
  here="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  [[ -n "$here" ]] || skip "not a release of Debian"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [[ -f "$file" ]] || continue
    # A third party's sources have other releases, or none.
    grep -v '^[[:space:]]*#' "$file" | grep -q "\b$here\b" || continue
    if [[ "$1" == sid ]]; then  # has neither updates nor security updates
      if [[ "$file" == *.list ]]; then
        sed -E "/\b$here-(updates|security|backports)\b/d; s/\b$here\b/sid/g" "$file"
      else
        awk -v RS= -v ORS='\n\n' '!/-security/' "$file" | sed -E "s/^Suites:.*/Suites: sid/"
      fi
    else
      sed "s/\b$here\b/$1/g" "$file"
    fi > "$2/$(basename "$file")"
  done
}

unpack_headers() {  # <release> <folder>
  command -v apt-get >/dev/null || skip "apt-get was not found"
  local apt packages
  work="$(mktemp -d)"
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work"/{sources,lists/partial,archives/partial,debs} "$2"
  sources_of "$1" "$work/sources"
  apt=(-q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/sources" -o "Dir::State::Lists=$work/lists"
    -o "Dir::Cache::Archives=$work/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o Acquire::Check-Valid-Until=false -o Acquire::http::Timeout=20 -o APT::Sandbox::User=)
  timeout 60 apt-get "${apt[@]}" update >"$work/log" 2>&1 || true
  # Of all that these packages depend on, those with headers that mll includes.
  mapfile -t packages < <(apt-cache "${apt[@]}" depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances libeigen3-dev libboost-dev libxtensor-dev libthrust-dev 2>>"$work/log" |
    grep -E '^(libeigen3|libboost[0-9.]+|libxtensor|xtl|libthrust|libcub|libcu\+\+|nlohmann-json3)-dev$' | sort -u)
  [[ ${#packages[@]} -ge 4 ]] || skip "the packages of $1 cannot be had: $(tail -n 1 "$work/log")"
  (cd "$work/debs" && timeout 120 apt-get "${apt[@]}" download "${packages[@]}" >>"$work/log" 2>&1) ||
    skip "the packages of $1 cannot be downloaded: $(tail -n 1 "$work/log")"
  local deb
  for deb in "$work"/debs/*.deb; do
    dpkg-deb --extract "$deb" "$2"
    say "$(dpkg-deb --show --showformat='${Package} ${Version}' "$deb")"
  done
}

# What a release's system consists of.
packages_of() {  # <release>
  local common="cmake,ninja-build,doctest-dev,libeigen3-dev,libboost-dev,libxtensor-dev,libthrust-dev,libcub-dev,wordnet-base"
  case "$1" in
    bookworm) echo "$common,g++,clang-16,clang-19" ;;
    trixie) echo "$common,g++,clang" ;;
    sid) echo "$common,g++,clang,libc++-dev,libc++abi-dev" ;;
    *) usage >&2; exit 2 ;;
  esac
}

build_in_system() {  # <release> <folder>
  command -v mmdebstrap >/dev/null || skip "mmdebstrap was not found (Debian: install mmdebstrap)"
  local packages
  packages="$(packages_of "$1")"
  work="$(mktemp -d)"
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work/sources" "$work/cccl" "$2"
  sources_of "$1" "$work/sources"
  tar -C "$root" --exclude=./build --exclude=./.git --transform='s,^\.,mll,' -cf "$work/mll.tar" .
  # CUDA's newest CCCL, which Debian does not have.
  if [[ "$1" == sid ]]; then
    python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work/cccl" nvidia-cuda-cccl >/dev/null 2>&1 &&
      (cd "$work/cccl" && python3 -m zipfile -e ./*.whl .) || say "no nvidia-cuda-cccl from PyPI: its line is left out"
  fi
  tar -C "$work" -cf "$work/cccl.tar" cccl
  chmod -R a+rX "$work"
  say "making a system of $1: a few minutes"
  mmdebstrap --quiet --format=null --variant=essential --include="$packages" \
    --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
    --customize-hook="tar-in $work/mll.tar /" --customize-hook="tar-in $work/cccl.tar /" \
    --customize-hook="chroot \"\$1\" bash /mll/cmake/newest.sh inside $1 $(nproc)" \
    --customize-hook="download /table.md $work/table.md" \
    "$1" /dev/null "$work"/sources/* || { say "failed in $1"; exit 1; }
  cp "$work/table.md" "$2/$1.md"
  cat "$2/$1.md"
}

install_in_system() {  # <release> <deb>
  command -v mmdebstrap >/dev/null || skip "mmdebstrap was not found (Debian: install mmdebstrap)"
  [[ -f "$2" ]] || skip "there is no $2 (the test recipe_debian makes it)"
  work="$(mktemp -d)"
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work/sources"
  sources_of "$1" "$work/sources"
  cp "$2" "$work/libmll-dev.deb"
  cp "$root/examples/first_task.cpp" "$work/"
  chmod -R a+rX "$work"
  say "making a system of $1: a few minutes"
  mmdebstrap --quiet --format=null --variant=apt --include=g++,pkg-config,wordnet-base \
    --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
    --customize-hook="upload $work/libmll-dev.deb /libmll-dev.deb" \
    --customize-hook="upload $work/first_task.cpp /first_task.cpp" \
    --customize-hook='chroot "$1" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /libmll-dev.deb' \
    --customize-hook='chroot "$1" sh -c "g++ -std=c++20 /first_task.cpp \$(pkg-config --cflags --libs mll) -o /first_task && /first_task"' \
    "$1" /dev/null "$work"/sources/* || { say "failed in $1"; exit 1; }
  say "installed and used in $1"
}

# Within that system.
version_of() { dpkg-query --show --showformat='${Version}' "$1" | sed -E 's/^[0-9]+://; s/[-+].*//'; }

row() {  # <compiler> <flags> <Thrust: version> <option of CMake...>
  local compiler="$1" flags="$2" thrust="$3" library="libstdc++" started=$SECONDS build=/build result
  shift 3
  [[ "$flags" != *-stdlib=libc++* ]] || library="libc++"
  rm -rf "$build"
  if cmake -S /mll -B "$build" -G Ninja -D CMAKE_BUILD_TYPE=Release -D CMAKE_CXX_COMPILER="$compiler" \
      -D CMAKE_CXX_FLAGS="$flags" -D MLL_UNITY=ON -D MLL_PCH=OFF -D MLL_COMPILED=OFF "$@" &&
    cmake --build "$build" --parallel "$jobs" --target test_headers first_task unit_tests &&
    ctest --test-dir "$build" --output-on-failure --no-tests=error -L '^unit$' &&
    ctest --test-dir "$build" --output-on-failure --no-tests=error \
      -R '^(headers|example_first_task|consumer_install|consumer_find_package)$'; then
    result="passed"
  else
    result="FAILED"
    failed=1
  fi
  printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s in %s s |\n' "$release" \
    "$(basename "$compiler" | sed 's/-[0-9]*$//') $("$compiler" -dumpfullversion -dumpversion)" "$library" "$(version_of cmake)" \
    "$(version_of libeigen3-dev)" "$(version_of libboost-dev)" "$(version_of libxtensor-dev)" "$thrust" "$result" \
    "$((SECONDS - started))" | tee -a /table.md
}

inside() {
  release="$1" jobs="$2" failed=0
  local thrust wheel
  : > /table.md
  thrust="$(version_of libthrust-dev)"
  row g++ "" "$thrust"
  # (libc++ from 20 on: earlier ones have no std::from_chars of floating-point numbers. Clang 19 complains about
  # libstdc++ 12's own use of what C++17 deprecates.)
  case "$release" in
    bookworm)
      row clang++-16 "" "$thrust"
      row clang++-19 "-Wno-deprecated-declarations" "$thrust"
      ;;
    trixie)
      row clang++ "" "$thrust"
      ;;
    *)
      row clang++ "" "$thrust"
      row clang++ "-stdlib=libc++" "$thrust"
      ;;
  esac
  for wheel in /cccl/*.whl; do
    [[ -e "$wheel" ]] || continue
    row g++ "" "CCCL $(basename "$wheel" | cut -d- -f2)" -D MLL_THRUST_INCLUDE_DIR="$(dirname "$(dirname "$(find /cccl -path '*/thrust/version.h')")")"
  done
  return "$failed"
}

case "${1:-}" in
  headers | build)
    [[ $# == 3 ]] || { usage >&2; exit 2; }
    packages_of "$2" >/dev/null
    if [[ "$1" == headers ]]; then unpack_headers "$2" "$3"; else build_in_system "$2" "$3"; fi
    ;;
  package)
    [[ $# == 3 ]] || { usage >&2; exit 2; }
    install_in_system "$2" "$3"
    ;;
  inside) inside "$2" "$3" ;;
  *) usage >&2; exit 2 ;;
esac
