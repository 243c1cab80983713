#include "mll/label/pooled_statistics.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "mll/label/label.hpp"
#include "support/backends.hpp"
#include "support/label_fixture.hpp"
#include "support/small_graph.hpp"

using mll::node_id;
using mll::weighted_node;

TEST_CASE("pooled statistics are those of the weighted samples") {
  const std::vector<std::pair<std::size_t, std::size_t>> counts{{0, 4}, {2, 7}, {3, 1}, {5, 3}};
  const auto models = mll::test::make_hub(3, 4);
  const auto samples = mll::test::make_samples(counts);
  const auto labels = mll::label(mll::exec::sequential{}, models, samples, mll::test::make_dag(6, {}));
  const std::vector<weighted_node> nodes{
      {node_id{0}, 0.7}, {node_id{1}, 0.9}, {node_id{3}, 0.49}, {node_id{5}, 1}};
  for (const auto& label : labels.models()) {
    const auto& model = *models.model(label.model).get_if<mll::test::hash_model>();
    for (std::size_t h = 0; h < label.heads.size(); ++h) {
      double weight = 0;
      double sum = 0;
      double squares = 0;
      double hits = 0;
      for (const auto& [v, w] : nodes) {
        for (std::size_t i = 0; i < samples.sample_count(v); ++i) {
          const int x = samples.sample(v, i);
          const double p = model.score(x, h);
          bool beaten = false;
          for (std::size_t other = 0; other < model.heads; ++other) {
            beaten |= model.score(x, other) > model.score(x, h);
          }
          weight += w;
          sum += w * p;
          squares += w * p * p;
          hits += beaten ? 0 : w;
        }
      }
      const auto found = mll::pooled_statistics(label, labels.samples(), h, nodes);
      const double mean = sum / weight;
      CHECK(found.weight == doctest::Approx(weight));
      CHECK(found.mean == doctest::Approx(mean).epsilon(1e-5));
      CHECK(found.variance == doctest::Approx(squares / weight - mean * mean).epsilon(1e-4));
      CHECK(found.hit_rate == doctest::Approx(hits / weight).epsilon(1e-5));
    }
  }
}

TEST_CASE("no samples, no knowledge") {
  const auto labels = mll::label(mll::exec::sequential{}, mll::test::make_hub(1),
                                 mll::test::make_samples({{0, 2}}), mll::test::make_dag(2, {}));
  const auto& label = labels.models()[0];
  for (const auto& nodes : {std::vector<weighted_node>{}, std::vector<weighted_node>{{node_id{1}, 1}},
                            std::vector<weighted_node>{{node_id{0}, 0}}}) {
    const auto found = mll::pooled_statistics(label, labels.samples(), 0, nodes);
    CHECK(found.weight == 0);
    CHECK(found.mean == 0);
    CHECK(found.variance == 0);
    CHECK(found.hit_rate == 0);
  }
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::pooled_statistics(label, labels.samples(), label.heads.size(), {})),
      "head: expected a head of 'a', below 2, found 2", mll::invalid_argument);
}
