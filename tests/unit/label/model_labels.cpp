// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/model_labels.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using mll::model_id;
using mll::node_id;

namespace {

mll::sample_layout small_layout() {
  const std::vector<std::size_t> counts{2, 3};
  return {{node_id{4}, node_id{7}}, counts};
}

mll::model_labels::label_type make_label(int id, std::vector<std::string> heads) {
  const auto width = static_cast<Eigen::Index>(heads.size());
  mll::model_labels::label_type out{model_id{id}, "m" + std::to_string(id), std::move(heads), {}, {}};
  out.responses.setConstant(5, width, static_cast<std::uint8_t>(id));
  out.mean.setZero(2, width);
  return out;
}

}  // namespace

TEST_CASE("labels are ordered by model id") {
  mll::model_labels labels{small_layout()};
  CHECK(labels.empty());
  for (const int id : {5, 1, 3}) labels.insert(make_label(id, {"x", "y"}));
  std::vector<model_id> order;
  for (const auto& label : labels.models()) order.push_back(label.model);
  CHECK(order == std::vector{model_id{1}, model_id{3}, model_id{5}});
  CHECK(labels.head_count() == 6);
  REQUIRE(labels.find(model_id{3}) != nullptr);
  CHECK(labels.find(model_id{3})->name == "m3");
  CHECK(labels.find(model_id{2}) == nullptr);
  CHECK(labels.find(model_id{9}) == nullptr);

  labels.insert(make_label(3, {"z"}));  // replaces
  CHECK(labels.models().size() == 3);
  CHECK(labels.head_count() == 5);
  labels.erase(model_id{1});
  labels.erase(model_id{8});
  CHECK(labels.models().size() == 2);
  CHECK(labels.find(model_id{1}) == nullptr);
}

TEST_CASE("labels can be moved out") {
  mll::model_labels labels{small_layout()};
  labels.insert(make_label(1, {"x"}));
  const auto taken = labels.release();
  CHECK(taken.size() == 1);
  CHECK(labels.empty());
  CHECK(labels.samples() == small_layout());
}

TEST_CASE("failures are returned as they were set") {
  mll::model_labels labels;
  CHECK(labels.failures().empty());
  labels.set_failures({{model_id{2}, "bad", "why"}});
  REQUIRE(labels.failures().size() == 1);
  CHECK(labels.failures()[0].message == "why");
}

TEST_CASE("labels of the wrong shape are refused") {
  mll::model_labels labels{small_layout()};
  const auto refused = [&](auto&& change) -> std::string {
    auto label = make_label(0, {"x", "y"});
    change(label);
    try {
      labels.insert(std::move(label));
    } catch (const mll::invalid_argument& thrown) {
      CHECK(labels.empty());
      return thrown.what();
    }
    return "nothing was thrown";
  };
  CHECK(refused([](auto& l) { l.responses.resize(4, 2); }) ==
        "label: expected responses of shape [5, 2], found [4, 2] in the label of 'm0'");
  CHECK(refused([](auto& l) { l.mean.resize(2, 3); }) ==
        "label: expected mean of shape [2, 2], found [2, 3] in the label of 'm0'");
  CHECK(refused([](auto& l) { l.mean.resize(0, 0); }) ==
        "label: expected mean of shape [2, 2], found [0, 0] in the label of 'm0'");
  CHECK(refused([](auto& l) { l = make_label(0, {}); }).starts_with("label: expected a valid model id"));
  CHECK(refused([](auto& l) { l.model = {}; }).starts_with("label: expected a valid model id"));
}
