// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/update_profile.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/detail/profile_bytes.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"

namespace {

using mll::hub_profile;
using mll::model_id;
using mll::model_labels;
using mll::node_id;
using mll::test::planted_head;
using mll::test::planted_model;

/// The host's algebra, which counts the columns that it multiplies with all others.
class column_counter final : public mll::dense_algebra {
 public:
  mll::matrix<float> scatter(mll::exec::backend_ref backend, const mll::matrix<float>& rows,
                             double divisor) const override {
    columns += static_cast<std::size_t>(rows.cols());
    return host_.scatter(backend, rows, divisor);
  }
  mll::matrix<float> cross_scatter(mll::exec::backend_ref backend, const mll::matrix<float>& left,
                                   const mll::matrix<float>& rows, double divisor) const override {
    columns += static_cast<std::size_t>(left.cols());
    return host_.cross_scatter(backend, left, rows, divisor);
  }
  void solve(Eigen::MatrixXd a, Eigen::MatrixXd& b) const override {
    ++equations;
    host_.solve(std::move(a), b);
  }

  mutable std::atomic<std::size_t> columns = 0;
  mutable std::atomic<std::size_t> equations = 0;

 private:
  mll::detail::host_algebra host_;
};

/// The host's algebra as one that was written before there was `cross_scatter`.
class older_algebra final : public mll::dense_algebra {
 public:
  mll::matrix<float> scatter(mll::exec::backend_ref backend, const mll::matrix<float>& rows,
                             double divisor) const override {
    return mll::detail::host_algebra{}.scatter(backend, rows, divisor);
  }
  void solve(Eigen::MatrixXd a, Eigen::MatrixXd& b) const override {
    mll::detail::host_algebra{}.solve(std::move(a), b);
  }
};

/// Nine models of 1 to 70 heads; some heads have no name in the graph.
std::vector<planted_model> updated_models() {
  std::vector<planted_model> out;
  for (const std::size_t width : {3U, 1U, 12U, 2U, 70U, 5U, 33U, 4U, 9U}) {
    planted_model model;
    for (std::size_t h = 0; h < width; ++h) {
      const std::size_t target = (out.size() + 2 * h) % 7;
      model.push_back({target == 6 ? planted_head::nothing : target, 0.5 + 0.1 * static_cast<double>(h)});
    }
    out.push_back(std::move(model));
  }
  return out;
}

struct changing_hub {
  std::vector<planted_model> models = updated_models();
  mll::test::planted_task planted = mll::test::plant({19, 8, 27, 12, 6, 10}, models, 53);
  mll::test::small_dag graph = mll::test::named_graph(6);
  model_labels labels = mll::test::named_labels(planted, models);
  mll::exec::sequential backend;

  [[nodiscard]] model_labels without(std::size_t m) const {
    model_labels out = labels;
    out.erase(model_id{m});
    return out;
  }
  [[nodiscard]] hub_profile fresh(const model_labels& of, const mll::general_model_labels* general = nullptr,
                                  std::shared_ptr<const mll::dense_algebra> algebra = {}) const {
    return mll::profile(backend, of, graph, {.general = general, .algebra = std::move(algebra)});
  }
  [[nodiscard]] mll::profile_update update(const hub_profile& previous, const model_labels& to,
                                           const mll::general_model_labels* general = nullptr,
                                           std::shared_ptr<const mll::dense_algebra> algebra = {}) const {
    return mll::update_profile(backend, previous, to, graph,
                               {.general = general, .algebra = std::move(algebra)});
  }
  [[nodiscard]] mll::general_model_labels general(std::size_t dim, std::uint64_t seed) const {
    mll::general_model_labels out;
    mll::random_engine engine{seed};
    const auto fill = [&](mll::matrix<float>& values, std::size_t rows) {
      values.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(dim));
      for (Eigen::Index i = 0; i < values.size(); ++i)
        values.data()[i] = static_cast<float>(mll::test::uniform(engine, -0.3, 0.3));
    };
    fill(out.embeddings, planted.truth.size());
    fill(out.node_texts, 6);
    return out;
  }
};

/// All that a file of the profile holds.
std::string bits(const hub_profile& profile) {
  return mll::detail::encode_profile(profile);
}

}  // namespace

TEST_CASE("a new model costs its own columns, and the profile is the one made anew") {
  const changing_hub hub;
  const std::string expected = bits(hub.fresh(hub.labels));
  for (std::size_t m = 0; m < hub.models.size(); ++m) {
    CAPTURE(m);
    const auto counter = std::make_shared<const column_counter>();
    const auto found = hub.update(hub.fresh(hub.without(m)), hub.labels, nullptr, counter);
    CHECK(counter->columns == hub.models[m].size());
    CHECK(found.made == 1);
    CHECK(found.kept == 8);
    CHECK(found.dropped == 0);
    CHECK(found.changed);
    CHECK(bits(found.profile) == expected);
    CHECK(found.profile.algebra == counter);
  }
}

TEST_CASE("a removed model drops out without any product") {
  const changing_hub hub;
  const auto all = hub.fresh(hub.labels);
  for (const std::size_t m : {0U, 4U, 8U}) {
    CAPTURE(m);
    const auto counter = std::make_shared<const column_counter>();
    const auto found = hub.update(all, hub.without(m), nullptr, counter);
    CHECK(counter->columns == 0);
    CHECK(found.made == 0);
    CHECK(found.dropped == 1);
    CHECK(found.changed);
    CHECK(bits(found.profile) == bits(hub.fresh(hub.without(m))));
  }
}

TEST_CASE("a model that responds otherwise, or whose heads mean something else, is made anew") {
  const changing_hub hub;
  const auto all = hub.fresh(hub.labels);
  model_labels changed = hub.labels;
  auto label = *changed.find(model_id{2U});
  label.responses(5, 7) = static_cast<std::uint8_t>(label.responses(5, 7) ^ 1U);
  changed.insert(label);
  const auto counter = std::make_shared<const column_counter>();
  const auto answers = hub.update(all, changed, nullptr, counter);
  CHECK(counter->columns == 12);
  CHECK(answers.made == 1);
  CHECK(answers.dropped == 1);
  CHECK(bits(answers.profile) == bits(hub.fresh(changed)));
  CHECK(bits(answers.profile) != bits(all));

  changed = hub.labels;
  label = *changed.find(model_id{2U});
  label.heads[0] = label.heads[0] == "elm" ? "fern" : "elm";
  changed.insert(label);
  const auto names = hub.update(all, changed);
  CHECK(names.made == 1);
  CHECK(bits(names.profile) == bits(hub.fresh(changed)));

  // Both at once, with another that goes.
  changed.erase(model_id{6U});
  const auto both = hub.update(answers.profile, changed);
  CHECK(both.made == 1);
  CHECK(both.dropped == 2);
  CHECK(bits(both.profile) == bits(hub.fresh(changed)));
}

TEST_CASE("names and places of models cost nothing") {
  const changing_hub hub;
  const auto all = hub.fresh(hub.labels);
  const auto counter = std::make_shared<const column_counter>();
  const auto same = hub.update(all, hub.labels, nullptr, counter);
  CHECK_FALSE(same.changed);
  CHECK(same.kept == 9);
  CHECK(bits(same.profile) == bits(all));

  model_labels renamed = hub.labels;
  auto label = *renamed.find(model_id{1U});
  label.name = "another";
  renamed.insert(label);
  const auto name = hub.update(all, renamed, nullptr, counter);
  CHECK_FALSE(name.changed);
  CHECK(bits(name.profile) == bits(hub.fresh(renamed)));

  model_labels moved = renamed;
  moved.erase(model_id{1U});
  label.model = model_id{20U};
  moved.insert(label);
  const auto place = hub.update(all, moved, nullptr, counter);
  CHECK(place.changed);
  CHECK(place.made == 0);
  CHECK(place.dropped == 0);
  CHECK(bits(place.profile) == bits(hub.fresh(moved)));
  CHECK(counter->columns == 0);
}

TEST_CASE("of models that respond alike, each counts") {
  const changing_hub hub;
  model_labels twice = hub.labels;
  auto label = *twice.find(model_id{2U});
  label.model = model_id{30U};
  twice.insert(label);
  const auto found = hub.update(hub.fresh(hub.labels), twice);
  CHECK(found.made == 1);
  CHECK(bits(found.profile) == bits(hub.fresh(twice)));
  const auto back = hub.update(found.profile, hub.labels);
  CHECK(back.made == 0);
  CHECK(back.dropped == 1);
  CHECK(bits(back.profile) == bits(hub.fresh(hub.labels)));
}

TEST_CASE("beside a general model, a new model costs its own columns, too") {
  const changing_hub hub;
  const auto general = hub.general(50, 7);
  const auto before = hub.fresh(hub.without(4), &general);
  auto counter = std::make_shared<const column_counter>();
  const auto found = hub.update(before, hub.labels, &general, counter);
  CHECK(counter->columns == 70);
  CHECK(counter->equations == 0);  // the map from texts to images does not depend on experts
  CHECK(found.profile.general.scale != before.general.scale);
  const auto expected = hub.fresh(hub.labels, &general);
  CHECK(bits(found.profile) == bits(expected));

  auto other = general;
  other.node_texts(0, 0) += 1;
  counter = std::make_shared<const column_counter>();
  const auto texts = hub.update(expected, hub.labels, &other, counter);
  CHECK(counter->columns == 0);
  CHECK(counter->equations == 1);
  CHECK(texts.changed);
  CHECK(bits(texts.profile) == bits(hub.fresh(hub.labels, &other)));

  other = hub.general(20, 8);
  counter = std::make_shared<const column_counter>();
  const auto embeddings = hub.update(expected, hub.labels, &other, counter);
  CHECK(counter->columns == 20);
  CHECK(embeddings.made == 0);
  CHECK(bits(embeddings.profile) == bits(hub.fresh(hub.labels, &other)));

  const auto none = hub.update(expected, hub.labels);
  CHECK(none.changed);
  CHECK(bits(none.profile) == bits(hub.fresh(hub.labels)));
  CHECK(bits(hub.update(none.profile, hub.labels, &general).profile) == bits(expected));
  CHECK_FALSE(hub.update(expected, hub.labels, &general).changed);
}

TEST_CASE(
    "a profile of other samples, another graph or other content, or without fingerprints, is made anew") {
  const changing_hub hub;
  const auto all = hub.fresh(hub.labels);
  const auto is_made_anew = [&](const hub_profile& previous, std::size_t dropped) {
    const auto counter = std::make_shared<const column_counter>();
    const auto found = hub.update(previous, hub.labels, nullptr, counter);
    CHECK(counter->columns == all.head_count());
    CHECK(found.made == 9);
    CHECK(found.kept == 0);
    CHECK(found.dropped == dropped);
    CHECK(bits(found.profile) == bits(all));
  };
  hub_profile earlier = all;  // as read from a file of an earlier version
  earlier.responses.clear();
  earlier.regressors.equations.resize(0, 0);
  is_made_anew(earlier, 9);

  const auto planted = mll::test::plant({20, 7, 27, 12, 6, 10}, hub.models, 53);
  is_made_anew(hub.fresh(mll::test::named_labels(planted, hub.models)), 9);

  const auto graph = mll::test::named_graph(7);
  is_made_anew(mll::profile(hub.backend, hub.without(0), graph), 8);

  const std::vector<double> counts(hub.graph.size(), 3);
  const mll::information_content content{hub.graph, counts};
  is_made_anew(mll::profile(hub.backend, hub.labels, hub.graph, {.matching = {.content = &content}}), 9);
}

TEST_CASE("a factor of the covariance is made anew, and only where something has changed") {
  const changing_hub hub;
  const auto general = hub.general(20, 11);
  const mll::profile_options options{.general = &general, .covariance_rank = 9};
  const auto fresh = [&](const model_labels& of) {
    return mll::profile(hub.backend, of, hub.graph, options);
  };
  const auto update = [&](const hub_profile& previous, const mll::profile_options& to) {
    return mll::update_profile(hub.backend, previous, hub.labels, hub.graph, to);
  };
  const std::string expected = bits(fresh(hub.labels));
  const auto found = update(fresh(hub.without(4)), options);
  CHECK(found.made == 1);
  CHECK(found.kept == 8);
  CHECK(bits(found.profile) == expected);
  const auto same = update(found.profile, options);
  CHECK_FALSE(same.changed);
  CHECK(bits(same.profile) == expected);

  // Another form is a change, and what the whole covariance needs is not there.
  const auto whole = update(found.profile, {.general = &general});
  CHECK(whole.changed);
  CHECK(whole.kept == 9);
  CHECK(bits(whole.profile) == bits(hub.fresh(hub.labels, &general)));
  const auto back = update(whole.profile, options);
  CHECK(back.changed);
  CHECK(back.made == 0);
  CHECK(bits(back.profile) == expected);
  CHECK(update(found.profile, {.general = &general, .covariance_rank = 10}).changed);
}

TEST_CASE("a previous profile whose parts do not fit together is refused by name") {
  const changing_hub hub;
  const auto all = hub.fresh(hub.labels);
  const auto refused = [&](const hub_profile& previous, const std::string& found) {
    const std::string expected = "previous: expected a profile whose parts fit together, found " + found;
    CHECK_THROWS_WITH_AS(static_cast<void>(hub.update(previous, hub.labels)), expected.c_str(),
                         mll::invalid_argument);
  };
  refused({}, "no information content");
  auto damaged = all;
  damaged.covariance.resize(3, 3);
  refused(damaged, "a covariance of another size");
  damaged = all;
  damaged.factor.variances = {1};
  refused(damaged, "a covariance and a factor of it");
  damaged = all;
  damaged.responses.pop_back();
  refused(damaged, "fingerprints or equations of another number of models");
  damaged = all;
  damaged.regressors.equations.resize(2, 2);
  refused(damaged, "fingerprints or equations of another number of models");
  damaged = all;
  damaged.regressors.nodes.pop_back();
  refused(damaged, "values of another number of heads");
}

TEST_CASE("an algebra without cross_scatter gives the same profile") {
  const changing_hub hub;
  const auto algebra = std::make_shared<const older_algebra>();
  const auto found = hub.update(hub.fresh(hub.without(3), nullptr, algebra), hub.labels);
  CHECK(found.profile.algebra == algebra);
  CHECK(bits(found.profile) == bits(hub.fresh(hub.labels)));
}

TEST_CASE_TEMPLATE("update_profile is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const changing_hub hub;
  const auto general = hub.general(10, 9);
  const auto found = mll::update_profile(Backend{}, hub.fresh(hub.without(6), &general), hub.labels,
                                         hub.graph, {.general = &general});
  CHECK(bits(found.profile) == bits(hub.fresh(hub.labels, &general)));
}
