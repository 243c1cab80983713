// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/report/html_batch_report.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/complaints.hpp"
#include "support/html_document.hpp"

namespace {

using mll::class_id;
using mll::test::contains;

mll::selection selection_of_the_batch() {
  mll::selection out{.match = {.task = mll::task{{"cat <x>"}, {"dog"}}, .classes = {}}};
  out.estimate = mll::accuracy_estimate{.accuracy = 0.8125, .low = 0.7, .high = 0.9};
  return out;
}

const std::string jpeg = "\xFF\xD8\xFF and more";

std::string nothing() {
  return {};
}

}  // namespace

TEST_CASE("the report on a batch counts answers, risk and confidence") {
  mll::batch_record record{selection_of_the_batch(), 0.75F, 2};
  const std::vector<std::vector<float>> rows{{0.9F, 0.1F}, {0.8F, 0.2F}, {0.6F, 0.4F}, {0.3F, 0.7F}};
  const std::vector<std::size_t> truth{0, 1, 0, 0};
  for (std::size_t i = 0; i < rows.size(); ++i)
    record.add("sample <" + std::to_string(i) + ">", rows[i], class_id{truth[i]}, [] { return jpeg; });
  const std::string page = mll::html_batch_report("my <batch>", record);
  CHECK(mll::test::html_fault(page) == "");
  CHECK(contains(page, "<title>my &lt;batch&gt;</title>"));
  CHECK(contains(page, "<h3>cat &lt;x&gt;</h3>"));
  CHECK(contains(page, "sample &lt;0&gt;"));
  CHECK(contains(page, "<dt>answered</dt><dd>0.500</dd>"));             // two of four reach 0.75
  CHECK(contains(page, "<dt>accuracy of answers</dt><dd>0.500</dd>"));  // of these, one is right
  CHECK(contains(page, "<dt>mean confidence</dt><dd>0.750</dd>"));
  CHECK(contains(page, "<dt>expected accuracy</dt><dd>0.81"));
  CHECK(contains(page, "3 samples, 0.667 answered, mean confidence 0.767, <strong>0.500</strong> correct"));
  // The surest half is one right and one wrong; expected are doubts of .1 and .2, of all also .4 and .3.
  CHECK(contains(page, "0.4</th><td class=\"n\">0.100</td><td class=\"n\">0.000</td>"));
  CHECK(contains(page, "0.6</th><td class=\"n\">0.150</td><td class=\"n\">0.500</td>"));
  CHECK(contains(page, "1.0</th><td class=\"n\">0.250</td><td class=\"n\">0.500</td>"));
  CHECK(contains(page, "0.60–0.65</th><td class=\"n\">1</td><td class=\"n\">0</td>"));
  CHECK(contains(page, "src=\"data:image/jpeg;base64,/9j/IGFuZCBtb3Jl\""));
  CHECK(contains(page, "0.600; dog 0.400"));
  CHECK(contains(page, "is dog"));
}

TEST_CASE("examples are the surest and the least sure samples of each class") {
  mll::batch_record record{selection_of_the_batch(), 0, 2};
  for (std::size_t i = 0; i < 9; ++i) {
    const float p = 0.55F + 0.05F * static_cast<float>(i * 4 % 9);
    record.add(std::to_string(i), std::vector{p, 1 - p}, {}, nothing);
  }
  const auto& picture = record.picture();
  REQUIRE(picture.sure[0].size() == 2);
  CHECK(picture.sure[0][0].probability == doctest::Approx(0.95));
  CHECK(picture.sure[0][1].probability == doctest::Approx(0.90));
  REQUIRE(picture.unsure[0].size() == 2);
  CHECK(picture.unsure[0][0].probability == doctest::Approx(0.55));
  CHECK(picture.unsure[0][1].probability == doctest::Approx(0.60));
  CHECK(picture.unsure[0][0].runner_up == 1);
  CHECK(picture.sure[1].empty());
  const std::string page = mll::html_batch_report("x", record);
  CHECK(mll::test::html_fault(page) == "");
  CHECK(!contains(page, "accuracy of answers"));
  CHECK(!contains(page, "<img"));
}

TEST_CASE("pictures are made of samples that are shown, and of equals the first and the last are shown") {
  mll::batch_record record{selection_of_the_batch(), 0, 1};
  std::size_t made = 0;
  const auto add = [&](const std::string& name, float p) {
    record.add(name, std::vector{1 - p, p}, {}, [&] {
      ++made;
      return jpeg;
    });
  };
  add("first", 0.9F);
  add("second", 0.9F);
  CHECK(made == 2);
  add("surer", 0.95F);
  add("between", 0.92F);
  CHECK(made == 3);
  CHECK(record.picture().sure[1][0].name == "surer");
  CHECK(record.picture().unsure[1][0].name == "second");
}

TEST_CASE("a batch without samples has a page") {
  const std::string page = mll::html_batch_report("none", mll::batch_record{selection_of_the_batch(), 0.5F});
  CHECK(mll::test::html_fault(page) == "");
  CHECK(contains(page, "<dd>0</dd>"));
}
