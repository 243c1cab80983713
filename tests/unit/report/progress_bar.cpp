// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/report/progress_bar.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>

TEST_CASE("the bar shows the stage, grows and ends its line once") {
  std::ostringstream out;
  const mll::progress_observer bar = mll::progress_bar(out, 10);
  bar({"labelling", "model a", 0, 4});
  CHECK(out.str() == "\rlabelling [..........] 0/4");
  bar({"labelling", "model d", 4, 4});
  CHECK(out.str() == "\rlabelling [..........] 0/4\rlabelling [##########] 4/4\n");
}

TEST_CASE("the bar is redrawn at most ten times per second, and always at the end") {
  std::ostringstream out;
  const mll::progress_observer bar = mll::progress_bar(out, 8);
  for (std::size_t done = 1; done <= 10000; ++done) bar({"work", "", done, 10000});
  const std::string drawn = out.str();
  CHECK(std::count(drawn.begin(), drawn.end(), '\r') < 1000);
  CHECK(std::count(drawn.begin(), drawn.end(), '\n') == 1);
  CHECK(drawn.ends_with("\rwork [########] 10000/10000\n"));
  CHECK(drawn.starts_with("\rwork [........] 1/10000"));
}

TEST_CASE("a total of 0 is a finished line") {
  std::ostringstream out;
  mll::progress_bar(out, 4)({"work", "", 0, 0});
  CHECK(out.str() == "\rwork [####] 0/0\n");
}

TEST_CASE("two bars are independent") {
  std::ostringstream first;
  std::ostringstream second;
  const auto one = mll::progress_bar(first, 2);
  const auto two = mll::progress_bar(second, 2);
  one({"a", "", 1, 3});
  two({"b", "", 1, 2});
  CHECK(first.str() == "\ra [..] 1/3");
  CHECK(second.str() == "\rb [#.] 1/2");
}
