// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A user's program. It has warnings on purpose: mll's own flags must not reach it.
#include <mll/mll.hpp>

int main() {
  int unused;
  const mll::hub<int> hub;
  const int size = hub.size();
  return size;
}
