#!/bin/sh
# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Doxygen's input filter: puts what a header of include/mll/<stage>/ declares into the group <stage> (groups.dox),
# without a line more or less.
stage="$(printf '%s' "$1" | sed -n 's|.*/include/mll/\([a-z]*\)/.*|\1|p')"
if [ -z "$stage" ]; then
  exec cat "$1"
fi
exec sed -E -e "s|^(namespace mll(::[a-z_]+)*) \{\$|\1 { /** @stage{$stage} */|" \
  -e 's|^(\}  // namespace mll(::[a-z_]+)*)$|/** @} */ \1|' "$1"
