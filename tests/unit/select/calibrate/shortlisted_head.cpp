// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/shortlisted_head.hpp"

#include <doctest/doctest.h>

TEST_CASE("shortlisted heads compare by head and calibration") {
  const mll::shortlisted_head head{3, {1.5F, -0.25F, 0.4F}};
  CHECK(head == mll::shortlisted_head{3, {1.5F, -0.25F, 0.5F}});  // the loss is not compared
  CHECK_FALSE(head == mll::shortlisted_head{4, {1.5F, -0.25F, 0.4F}});
  CHECK_FALSE(head == mll::shortlisted_head{3, {1.25F, -0.25F, 0.4F}});
  CHECK_FALSE(head == mll::shortlisted_head{3, {1.5F, 0.25F, 0.4F}});
}
