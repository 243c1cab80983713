// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/progress.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("an observer is any callable, and may be empty") {
  mll::progress_observer observer;
  CHECK_FALSE(observer);
  std::string seen;
  observer = [&](const mll::progress& p) {
    seen = std::string{p.stage} + " " + std::string{p.detail} + " " + std::to_string(p.done) + "/" +
           std::to_string(p.total);
  };
  observer({"labelling", "dogs", 3, 8});
  CHECK(seen == "labelling dogs 3/8");
}
