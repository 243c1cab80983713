// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/label.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/label/representation/lazy_representation.hpp"
#include "mll/label/responses/log_odds_half.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/model/detail/batch_memo.hpp"
#include "mll/model/linear_classifier.hpp"
#include "support/backends.hpp"
#include "support/label_fixture.hpp"
#include "support/small_graph.hpp"

using mll::node_id;
using mll::test::hash_model;
using mll::test::make_dag;
using mll::test::make_hub;
using mll::test::make_samples;
using mll::test::small_dag;

namespace {

const mll::exec::sequential sequential;

/// Compares labels: responses bit for bit, means to rounding.
template <class Codec>
void check_same(const mll::basic_model_labels<Codec>& a, const mll::basic_model_labels<Codec>& b) {
  REQUIRE(a.samples() == b.samples());
  REQUIRE(a.models().size() == b.models().size());
  for (std::size_t m = 0; m < a.models().size(); ++m) {
    const auto& x = a.models()[m];
    const auto& y = b.models()[m];
    CHECK(x.model == y.model);
    CHECK(x.name == y.name);
    CHECK(x.heads == y.heads);
    CHECK(x.responses == y.responses);
    CHECK((x.mean - y.mean).cwiseAbs().maxCoeff() <= 1e-6F);
  }
}

/// Compares labels with their definition, computed sample by sample in double.
template <class Codec, class R>
void check_against_definition(const mll::basic_model_labels<Codec>& labels, const mll::hub<int>& models,
                              const R& samples) {
  REQUIRE(labels.models().size() == models.size());
  for (const auto& label : labels.models()) {
    REQUIRE(models.contains(label.model));
    CHECK(label.name == models.name(label.model));
    const auto& model = *models.model(label.model).template get_if<hash_model>();
    REQUIRE(label.heads.size() == model.heads);
    Eigen::Index row = 0;
    Eigen::Index position = 0;
    for (const node_id v : samples.nodes()) {
      const std::size_t count = samples.sample_count(v);
      for (std::size_t h = 0; h < model.heads; ++h) {
        const auto column = static_cast<Eigen::Index>(h);
        CHECK(label.heads[h] == model.head_name(h));
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const int x = samples.sample(v, i);
          const float p = model.score(x, h);
          CHECK(label.responses(row + static_cast<Eigen::Index>(i), column) == Codec::encode(p));
          sum += double{p};
        }
        const auto n = static_cast<double>(count);
        CHECK(label.mean(position, column) == doctest::Approx(sum / n).epsilon(1e-6));
      }
      row += static_cast<Eigen::Index>(count);
      ++position;
    }
    CHECK(row == label.responses.rows());
  }
}

/// A hash_model with an invalid score for one sample.
struct faulty_model : hash_model {
  int bad_sample = 0;
  float answer = 0;
  bool throws = false;

  void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
    hash_model::predict(batch, scores);
    for (std::size_t r = 0; r < batch.size(); ++r) {
      if (batch[r] != bad_sample) continue;
      if (throws) throw std::runtime_error{"out of cheese"};
      scores(static_cast<Eigen::Index>(r), 1) = answer;
    }
  }
};

/// A hash_model of the squares of its samples, which it makes as all its like do.
struct squaring_model : hash_model {
  std::atomic<int>* made = nullptr;

  void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
    for (std::size_t first = 0; first < batch.size(); first += 3) {
      const auto part = batch.subspan(first, std::min<std::size_t>(3, batch.size() - first));
      const auto squares = mll::detail::batch_memo::values<int>(
          std::string{"squares"}, part,
          [&](std::size_t i) {
            ++*made;
            return part[i] * part[i];
          },
          [](int, std::size_t) { return sizeof(int); });
      hash_model::predict(squares, scores.middleRows(static_cast<Eigen::Index>(first),
                                                     static_cast<Eigen::Index>(part.size())));
    }
  }
};

/// A model whose only head returns the sample as its score.
struct raw_model {
  using sample_type = float;
  static std::size_t head_count() { return 1; }
  static std::string head_name(std::size_t) { return "raw"; }
  static void predict(std::span<const float> batch, mll::matrix_ref<float> scores) {
    for (std::size_t r = 0; r < batch.size(); ++r) scores(static_cast<Eigen::Index>(r), 0) = batch[r];
  }
};

/// Data whose nodes do not increase.
struct unordered {
  using sample_type = int;
  std::vector<node_id> ids{node_id{1}, node_id{0}};
  [[nodiscard]] std::span<const node_id> nodes() const { return ids; }
  static std::size_t sample_count(node_id) { return 1; }
  static int sample(node_id, std::size_t) { return 0; }
};

/// Data with empty nodes, whose list of nodes is a temporary.
struct sparse {
  using sample_type = int;
  static std::vector<node_id> nodes() { return {node_id{0}, node_id{1}, node_id{2}}; }
  static std::size_t sample_count(node_id v) { return v == node_id{1} ? 2 : 0; }
  static int sample(node_id v, std::size_t i) { return mll::test::make_sample(v, i); }
};

/// Data that may be read from several threads, and who read them. The first two readers wait for each other.
struct concurrent {
  using sample_type = int;
  static constexpr bool concurrent_samples = true;

  mll::representation_table<int> table;
  std::mutex* guard;
  std::map<std::pair<node_id, std::size_t>, int>* reads;
  std::barrier<>* meeting = nullptr;
  std::atomic<int>* readers = nullptr;

  [[nodiscard]] auto nodes() const { return table.nodes(); }
  [[nodiscard]] std::size_t sample_count(node_id v) const { return table.sample_count(v); }
  [[nodiscard]] int sample(node_id v, std::size_t i) const {
    if (meeting != nullptr && ++*readers <= 2) meeting->arrive_and_wait();
    const std::scoped_lock lock{*guard};
    ++(*reads)[{v, i}];
    return table.sample(v, i);
  }
};

/// Runs the two halves of the calls on a thread each.
struct two_threads {
  template <class F>
  void for_each(std::size_t count, const F& f) const {
    std::jthread other{[&] {
      for (std::size_t i = 0; i < count / 2; ++i) f(i);
    }};
    for (std::size_t i = count / 2; i < count; ++i) f(i);
  }
};

std::string failure_of(faulty_model model, const mll::label_options& options = {.batch_size = 2}) {
  auto models = make_hub(2);
  model.seed = 9;
  const auto id = models.add("bad one", model);
  models.add("last", hash_model{77});
  const auto samples = make_samples({{0, 3}, {2, 2}});
  const auto labels = mll::label(sequential, models, samples, make_dag(4, {}), options);
  REQUIRE(labels.failures().size() == 1);
  CHECK(labels.failures()[0].model == id);
  CHECK(labels.failures()[0].name == "bad one");
  CHECK(labels.find(id) == nullptr);
  // The labels of the others do not depend on it.
  models.remove(id);
  check_against_definition(labels, models, samples);
  return labels.failures()[0].message;
}

}  // namespace

TEST_CASE_TEMPLATE("labels agree with their definition, for every batch size", Backend, MLL_TEST_BACKENDS) {
  const auto models = make_hub(5);
  const auto samples = make_samples({{1, 4}, {3, 1}, {4, 7}});
  const small_dag graph = make_dag(6, {});
  for (const std::size_t batch_size : {1U, 2U, 3U, 5U, 12U, 256U}) {
    const auto labels = mll::label(Backend{}, models, samples, graph, {.batch_size = batch_size});
    CHECK(labels.failures().empty());
    CHECK(labels.samples().row_count() == 12);
    check_against_definition(labels, models, samples);
  }
}

TEST_CASE_TEMPLATE("backends and threads agree bit for bit", Backend, MLL_TEST_BACKENDS) {
  const auto models = make_hub(9);
  const auto samples = make_samples({{0, 5}, {1, 9}, {2, 3}});
  const small_dag graph = make_dag(3, {});
  const auto expected = mll::label(sequential, models, samples, graph, {.batch_size = 4});
  const auto compare = [&](const auto& backend) {
    const auto labels = mll::label(backend, models, samples, graph, {.batch_size = 4});
    check_same(labels, expected);
    for (std::size_t m = 0; m < labels.models().size(); ++m) {
      CHECK(labels.models()[m].mean == expected.models()[m].mean);
    }
  };
  compare(Backend{});
  if constexpr (std::constructible_from<Backend, std::size_t>) {
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) compare(Backend{threads});
  }
}

TEST_CASE("means do not depend on the batch size") {
  const auto models = make_hub(3);
  const auto samples = make_samples({{0, 50}, {1, 33}});
  const small_dag graph = make_dag(2, {});
  const auto whole = mll::label(sequential, models, samples, graph);
  const auto pieces = mll::label(sequential, models, samples, graph, {.batch_size = 7});
  for (std::size_t m = 0; m < 3; ++m) {
    CHECK(whole.models()[m].mean == pieces.models()[m].mean);
  }
}

TEST_CASE("a model's label depends neither on other models nor on their order") {
  const auto samples = make_samples({{0, 5}, {1, 2}});
  const small_dag graph = make_dag(2, {});
  mll::hub<int> forward;
  mll::hub<int> backward;
  for (std::size_t m = 0; m < 6; ++m) forward.add(std::to_string(m), hash_model{m, 2});
  for (std::size_t m = 6; m-- > 0;) backward.add(std::to_string(m), hash_model{m, 2});
  const auto a = mll::label(sequential, forward, samples, graph);
  const auto b = mll::label(sequential, backward, samples, graph);
  for (std::size_t m = 0; m < 6; ++m) {
    const std::string name = std::to_string(m);
    const auto& x = *a.find(*forward.find(name));
    const auto& y = *b.find(*backward.find(name));
    CHECK(x.responses == y.responses);
    CHECK(x.mean == y.mean);
    mll::hub<int> alone;
    alone.add(name, hash_model{m, 2});
    CHECK(mll::label(sequential, alone, samples, graph).models()[0].responses == x.responses);
  }
}

TEST_CASE("the label on a node depends neither on other nodes nor on their order") {
  const auto models = make_hub(2);
  const small_dag graph = make_dag(5, {});
  const auto a = mll::label(sequential, models, make_samples({{4, 2}, {0, 3}, {2, 4}}), graph);
  const auto b = mll::label(sequential, models, make_samples({{2, 4}, {4, 2}, {0, 3}}), graph);
  check_same(a, b);
  const auto only = mll::label(sequential, models, make_samples({{2, 4}}), graph);
  for (std::size_t m = 0; m < 2; ++m) {
    const auto rows = a.samples().rows(node_id{2});
    CHECK(a.models()[m].responses.middleRows(static_cast<Eigen::Index>(rows.first), 4) ==
          only.models()[m].responses);
    CHECK(a.models()[m].mean.row(1) == only.models()[m].mean.row(0));
  }
}

TEST_CASE("every codec stores its encoding of the scores") {
  const auto models = make_hub(2);
  const auto samples = make_samples({{0, 6}});
  const small_dag graph = make_dag(1, {});
  check_against_definition(mll::label<mll::log_odds_half>(sequential, models, samples, graph), models,
                           samples);
  check_against_definition(mll::label<mll::log_odds_float>(sequential, models, samples, graph), models,
                           samples);
}

TEST_CASE("every sample is read exactly once, in batches, on the calling thread") {
  std::map<std::pair<node_id, std::size_t>, int> reads;
  const auto caller = std::this_thread::get_id();
  const mll::lazy_representation samples{{{node_id{1}, std::size_t{5}}, {node_id{0}, std::size_t{4}}},
                                         [&](node_id v, std::size_t i) {
                                           CHECK(std::this_thread::get_id() == caller);
                                           ++reads[{v, i}];
                                           return mll::test::make_sample(v, i);
                                         }};
  auto models = make_hub(4);
  const small_dag graph = make_dag(3, {});
  auto labels = mll::label(sequential, models, samples, graph, {.batch_size = 4});
  CHECK(reads.size() == 9);
  for (const auto& [where, count] : reads) CHECK(count == 1);

  // Up to date: nothing is read again.
  mll::update_labels(sequential, labels, models, samples, graph);
  for (const auto& [where, count] : reads) CHECK(count == 1);

  // One more model: everything once more.
  models.add("new", hash_model{99});
  mll::update_labels(sequential, labels, models, samples, graph, {.batch_size = 2});
  for (const auto& [where, count] : reads) CHECK(count == 2);
  check_against_definition(labels, models, samples);
}

TEST_CASE_TEMPLATE("samples that may be read from several threads are read once each, on the backend",
                   Backend, MLL_TEST_BACKENDS, two_threads) {
  std::mutex guard;
  std::map<std::pair<node_id, std::size_t>, int> reads;
  concurrent samples{make_samples({{0, 40}, {1, 7}, {2, 23}}), &guard, &reads};
  std::barrier meeting{2};
  std::atomic<int> readers = 0;
  if constexpr (std::is_same_v<Backend, two_threads>) {  // a single reader would wait for ever
    samples.meeting = &meeting;
    samples.readers = &readers;
  }
  const auto models = make_hub(4);
  const small_dag graph = make_dag(3, {});
  const auto labels = mll::label(Backend{}, models, samples, graph, {.batch_size = 16});
  CHECK(reads.size() == 70);
  for (const auto& [where, count] : reads) CHECK(count == 1);
  check_same(labels, mll::label(sequential, models, samples.table, graph));
}

TEST_CASE_TEMPLATE("what models make of a batch alike is made once, within half the bytes of a batch",
                   Backend, MLL_TEST_BACKENDS) {
  const auto samples = make_samples({{0, 40}, {1, 7}, {2, 23}});
  const auto graph = make_dag(3, {});
  std::atomic<int> made = 0;
  const auto hub_of = [&](std::size_t count) {
    mll::hub<int> out;
    for (std::size_t m = 0; m < count; ++m) out.add(std::to_string(m), squaring_model{{m, 2}, &made});
    return out;
  };
  const auto alone = mll::label(sequential, hub_of(1), samples, graph, {.batch_size = 16});
  CHECK(made == 70);
  const auto made_by = [&](std::size_t models, const mll::label_options& options) {
    made = 0;
    const auto labels = mll::label(Backend{}, hub_of(models), samples, graph, options);
    CHECK(labels.models()[0].responses == alone.models()[0].responses);
    return made.load();
  };
  const int together = made_by(5, {.batch_size = 16});
  CHECK(together >= 70);
  CHECK(together <= 5 * 70);
  if (Backend{}.concurrency() != 1) return;
  CHECK(together == 70);
  // Four batches of 16 and one of 6, of which half are kept.
  CHECK(made_by(5, {.batch_size = 16, .batch_bytes = 2 * 8 * sizeof(int)}) == 70 + 4 * 4 * 8);
}

TEST_CASE_TEMPLATE("an update returns the same labels as labelling from scratch", Backend,
                   MLL_TEST_BACKENDS) {
  // Random changes of a hub and its data, compared with a fresh labelling at every step.
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    mll::random_engine engine{seed};
    const auto draw = [&](std::size_t below) {
      return boost::random::uniform_int_distribution<std::size_t>{0, below - 1}(engine);
    };
    constexpr std::size_t nodes = 5;
    const small_dag graph = make_dag(nodes, {});
    std::vector<std::pair<std::size_t, std::size_t>> counts{{draw(nodes), 2}};
    auto models = make_hub(2, seed);
    mll::model_labels labels;
    for (int step = 0; step < 8; ++step) {
      switch (draw(5)) {
        case 0:
          models.add("new" + std::to_string(step), hash_model{1000 + static_cast<std::uint64_t>(step)});
          break;
        case 1:
          if (models.size() > 1) models.remove(models.ids()[draw(models.size())]);
          break;
        case 2:
          models.rename(models.ids()[draw(models.size())], "renamed" + std::to_string(step));
          break;
        default:
          break;
      }
      const std::size_t v = draw(nodes);
      const auto found =
          std::find_if(counts.begin(), counts.end(), [&](const auto& each) { return each.first == v; });
      if (found == counts.end()) {
        counts.emplace_back(v, 1 + draw(4));
      } else if (draw(3) > 0) {
        found->second += draw(4);
      } else if (draw(2) == 0) {
        found->second = 1 + draw(found->second);  // may lose samples
      } else if (counts.size() > 1) {
        counts.erase(found);
      }
      const auto samples = make_samples(counts);
      mll::update_labels(Backend{}, labels, models, samples, graph, {.batch_size = 1 + draw(5)});
      check_same(labels, mll::label(sequential, models, samples, graph));
    }
    check_against_definition(labels, models, make_samples(counts));
  }
}

TEST_CASE("an update runs only what is new") {
  struct counting_model : hash_model {
    std::shared_ptr<std::vector<int>> seen = std::make_shared<std::vector<int>>();
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      hash_model::predict(batch, scores);
      seen->insert(seen->end(), batch.begin(), batch.end());
    }
  };
  const counting_model old;
  const counting_model added{{.seed = 5}};
  mll::hub<int> models;
  models.add("old", old);
  const small_dag graph = make_dag(4, {});
  auto labels = mll::label(sequential, models, make_samples({{1, 2}, {2, 1}}), graph);
  CHECK(*old.seen == std::vector{1000, 1001, 2000});

  old.seen->clear();
  models.add("added", added);
  mll::update_labels(sequential, labels, models, make_samples({{0, 1}, {1, 4}, {2, 1}}), graph);
  CHECK(*old.seen == std::vector{0, 1002, 1003});
  CHECK(*added.seen == std::vector{1000, 1001, 2000, 0, 1002, 1003});

  // A node that lost samples is labelled again, the others are not.
  old.seen->clear();
  mll::update_labels(sequential, labels, models, make_samples({{0, 1}, {1, 3}, {2, 1}}), graph);
  CHECK(*old.seen == std::vector{1000, 1001, 1002});
}

TEST_CASE("a model whose heads were renamed is labelled again") {
  mll::hub<int> before;
  before.add("m", hash_model{1, 2});
  mll::hub<int> after;  // another hub, the same id
  after.add("m", hash_model{2, 2});
  const auto samples = make_samples({{0, 3}});
  const small_dag graph = make_dag(1, {});
  auto labels = mll::label(sequential, before, samples, graph);
  mll::update_labels(sequential, labels, after, samples, graph);
  check_against_definition(labels, after, samples);
}

TEST_CASE("a model with another fingerprint is labelled again; labels keep the fingerprint") {
  const auto samples = make_samples({{0, 3}});
  const small_dag graph = make_dag(1, {});
  const auto hub_of = [](const auto& model, const std::string& fingerprint) {
    mll::hub<int> out;
    const auto id = out.add("m", model, fingerprint);
    CHECK(out.fingerprint(id) == fingerprint);
    return out;
  };
  struct counting_model : hash_model {
    std::shared_ptr<std::size_t> count = std::make_shared<std::size_t>(0);
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      *count += batch.size();
      hash_model::predict(batch, scores);
    }
  };
  const counting_model watched;
  auto labels = mll::label(sequential, hub_of(watched, "1f"), samples, graph);
  CHECK(labels.models()[0].fingerprint == "1f");
  const auto runs = [&](const std::string& fingerprint) {
    *watched.count = 0;
    mll::update_labels(sequential, labels, hub_of(watched, fingerprint), samples, graph);
    return *watched.count;
  };
  CHECK(runs("1f") == 0);
  CHECK(runs("") == 0);  // unknown: as before
  CHECK(labels.models()[0].fingerprint == "1f");
  CHECK(runs("2e") == 3);
  CHECK(labels.models()[0].fingerprint == "2e");
  // Kept when samples are added.
  mll::update_labels(sequential, labels, hub_of(watched, "2e"), make_samples({{0, 5}}), graph);
  CHECK(*watched.count == 5);
  CHECK(labels.models()[0].fingerprint == "2e");
}

TEST_CASE("a failing model is named with batch, sample and head; the others are labelled") {
  using limits = std::numeric_limits<float>;
  faulty_model model;
  model.bad_sample = 2000;
  model.answer = limits::quiet_NaN();
  CHECK(failure_of(model) ==
        "model 'bad one': batch 2, sample 0 of node 's2', head 1 ('m9h1'): expected a score in [0, 1], found "
        "NaN");
  model.answer = limits::infinity();
  CHECK(failure_of(model).ends_with("found infinity"));
  model.answer = -limits::infinity();
  CHECK(failure_of(model).ends_with("found -infinity"));
  model.answer = 1.5F;
  CHECK(failure_of(model).ends_with("found 1.5"));
  model.answer = -0.25F;
  CHECK(failure_of(model).ends_with("found -0.25"));
  model.throws = true;
  CHECK(failure_of(model) ==
        "model 'bad one': batch 2, sample 2 of node 's0' to sample 0 of node 's2': out of cheese");
  CHECK(failure_of(model, {.batch_size = 100}) ==
        "model 'bad one': batch 1, sample 0 of node 's0' to sample 1 of node 's2': out of cheese");
}

TEST_CASE("scores outside [0, 1] by rounding are clamped; others are refused") {
  mll::hub<float> models;
  models.add("raw", raw_model{});
  const small_dag graph = make_dag(1, {});
  mll::representation_table<float> samples;
  samples.add(node_id{0}, {-0.00009F, 1.00009F});
  const auto labels = mll::label<mll::log_odds_float>(sequential, models, samples, graph);
  REQUIRE(labels.models().size() == 1);
  CHECK(labels.models()[0].responses(0, 0) == -12);
  CHECK(labels.models()[0].responses(1, 0) == 12);
  CHECK(labels.models()[0].mean(0, 0) == 0.5F);

  for (const float bad : {-0.00011F, 1.00011F}) {
    mll::representation_table<float> others;
    others.add(node_id{0}, {bad});
    CHECK(mll::label(sequential, models, others, graph).failures().size() == 1);
  }
}

TEST_CASE("a model that writes too few scores, changes its number of heads or throws a non-exception fails") {
  struct lazy_model : hash_model {
    static void predict(std::span<const int>, mll::matrix_ref<float>) {}
  };
  struct growing_model : hash_model {
    std::shared_ptr<std::size_t> width = std::make_shared<std::size_t>(2);
    [[nodiscard]] std::size_t head_count() const { return *width; }
    void predict(std::span<const int>, mll::matrix_ref<float> scores) const {
      scores.setConstant(0.5F);
      ++*width;
    }
  };
  struct odd_model : hash_model {
    static void predict(std::span<const int>, mll::matrix_ref<float>) { throw 42; }
  };
  struct nameless_model : hash_model {
    static std::string head_name(std::size_t) { throw std::runtime_error{"no names today"}; }
  };
  struct headless_model : hash_model {
    std::shared_ptr<std::size_t> width = std::make_shared<std::size_t>(1);
    [[nodiscard]] std::size_t head_count() const { return *width; }
  };
  const headless_model headless;
  mll::hub<int> models;
  models.add("lazy", lazy_model{});
  models.add("growing", growing_model{});
  models.add("odd", odd_model{});
  models.add("nameless", nameless_model{});
  models.add("headless", headless);
  *headless.width = 0;
  const auto good = models.add("good", hash_model{});
  const auto labels =
      mll::label(sequential, models, make_samples({{0, 3}}), make_dag(1, {}), {.batch_size = 2});
  REQUIRE(labels.models().size() == 1);
  CHECK(labels.models()[0].model == good);
  std::vector<std::string> messages;
  for (const auto& failure : labels.failures()) messages.push_back(failure.message);
  CHECK(messages ==
        std::vector<std::string>{
            "model 'lazy': batch 1, sample 0 of node 's0', head 0 ('m0h0'): expected a score in [0, 1], "
            "found NaN",
            "model 'growing': batch 2, expected 2 heads as before, found 3",
            "model 'odd': batch 1, sample 0 of node 's0' to sample 1 of node 's0': an exception "
            "that is not a std::exception",
            "model 'nameless': asking for its heads: no names today",
            "model 'headless': expected at least one head, found none"});
}

TEST_CASE("the next update runs a failed model again") {
  auto models = make_hub(1);
  struct moody_model : hash_model {
    std::shared_ptr<bool> fails = std::make_shared<bool>(true);
    void predict(std::span<const int> batch, mll::matrix_ref<float> scores) const {
      hash_model::predict(batch, scores);
      if (*fails) throw std::runtime_error{"not now"};
    }
  };
  const moody_model moody{{.seed = 3}};
  models.add("moody", moody);
  const auto samples = make_samples({{0, 3}, {1, 1}});
  const small_dag graph = make_dag(2, {});
  auto labels = mll::label(sequential, models, samples, graph);
  CHECK(labels.failures().size() == 1);
  CHECK(labels.models().size() == 1);
  *moody.fails = false;
  mll::update_labels(sequential, labels, models, samples, graph);
  CHECK(labels.failures().empty());
  check_same(labels, mll::label(sequential, models, samples, graph));
}

TEST_CASE("label_failure_policy::stop ends the run at the first failure and keeps what was finished") {
  auto models = make_hub(1);
  faulty_model bad;
  bad.bad_sample = 1000;
  bad.throws = true;
  models.add("bad", bad);
  const auto samples = make_samples({{0, 4}, {1, 2}});
  const small_dag graph = make_dag(2, {});
  mll::model_labels labels;
  const mll::label_options options{.batch_size = 2, .on_failure = mll::label_failure_policy::stop};
  CHECK_THROWS_WITH_AS(mll::update_labels(sequential, labels, models, samples, graph, options),
                       "model 'bad': batch 3, sample 0 of node 's1' to sample 1 of node 's1': out of cheese",
                       mll::model_error);
  REQUIRE(labels.models().size() == 1);
  CHECK(labels.failures().size() == 1);
  models.remove(*models.find("bad"));
  check_against_definition(labels, models, make_samples({{0, 4}}));

  struct nameless_model : hash_model {
    static std::string head_name(std::size_t) { throw std::runtime_error{"no names"}; }
  };
  models.add("nameless", nameless_model{});
  CHECK_THROWS_WITH_AS(mll::update_labels(sequential, labels, models, samples, graph, options),
                       "model 'nameless': asking for its heads: no names", mll::model_error);
  CHECK(labels.models().size() == 1);
}

TEST_CASE("invalid arguments are named and leave the labels unchanged") {
  const auto models = make_hub(1);
  const auto samples = make_samples({{0, 2}});
  const small_dag graph = make_dag(2, {});
  auto labels = mll::label(sequential, models, samples, graph);
  const auto message = [&](const auto& hub, const auto& data, std::size_t batch_size = 256) -> std::string {
    try {
      mll::update_labels(sequential, labels, hub, data, graph, {.batch_size = batch_size});
    } catch (const mll::invalid_argument& thrown) {
      check_against_definition(labels, models, samples);
      return thrown.what();
    }
    return "nothing was thrown";
  };
  CHECK(message(mll::hub<int>{}, samples) == "hub: expected at least one model, found none");
  CHECK(message(models, samples, 0) == "batch_size: expected at least 1, found 0");
  CHECK(message(models, mll::representation_table<int>{}) ==
        "samples: expected at least one sample, found none");
  CHECK(message(models, make_samples({{0, 1}, {2, 1}})) ==
        "samples: expected nodes of the graph, below 2, found node 2");

  CHECK(message(models, unordered{}) == "nodes: expected increasing ids, found 0 after 1");
}

TEST_CASE("nodes without samples are left out") {
  const auto models = make_hub(1);
  const auto labels = mll::label(sequential, models, sparse{}, make_dag(3, {}));
  check_against_definition(labels, models, make_samples({{1, 2}}));
}

TEST_CASE_TEMPLATE("progress counts every batch of every model, one call at a time", Backend,
                   MLL_TEST_BACKENDS) {
  const auto models = make_hub(7);
  const auto samples = make_samples({{0, 5}, {1, 6}});
  std::atomic<int> inside = 0;
  std::vector<std::size_t> done;
  std::map<std::string, int> calls;
  const auto labels = mll::label(Backend{}, models, samples, make_dag(2, {}),
                                 {.batch_size = 4, .observer = [&](const mll::progress& p) {
                                    CHECK(++inside == 1);
                                    CHECK(p.stage == "labelling");
                                    CHECK(p.total == 21);
                                    done.push_back(p.done);
                                    ++calls[std::string{p.detail}];
                                    --inside;
                                  }});
  REQUIRE(done.size() == 21);
  for (std::size_t i = 0; i < done.size(); ++i) CHECK(done[i] == i + 1);
  CHECK(calls.size() == 7);
  for (const auto& [name, count] : calls) CHECK(count == 3);
}

TEST_CASE_TEMPLATE("an interrupted run keeps what is finished and continues from there", Backend,
                   MLL_TEST_BACKENDS) {
  const auto models = make_hub(3);
  const auto samples = make_samples({{0, 5}, {1, 6}, {3, 4}});
  const small_dag graph = make_dag(4, {});
  const auto expected = mll::label(sequential, models, samples, graph);
  for (std::size_t stop_after = 1; stop_after < 12; ++stop_after) {
    std::stop_source source;
    mll::model_labels labels;
    const mll::label_options options{.batch_size = 4,
                                     .observer =
                                         [&](const mll::progress& p) {
                                           if (p.done == stop_after) source.request_stop();
                                         },
                                     .stop = source.get_token()};
    bool stopped = false;
    try {
      mll::update_labels(Backend{}, labels, models, samples, graph, options);
    } catch (const mll::cancelled&) {
      stopped = true;
    }
    // In the last batch, threads may have started all remaining models when the stop is requested.
    CHECK((stopped || (stop_after > 9 && Backend{}.concurrency() > 1)));
    // Complete batches only, each with all models.
    const std::size_t rows = labels.samples().row_count();
    CHECK((stopped ? rows % 4 == 0 : rows == 15));
    CHECK(rows <= stop_after / 3 * 4 + 4);
    CHECK(labels.models().size() == 3);
    CHECK(labels.failures().empty());
    for (const auto& label : labels.models()) {
      const auto& full = *expected.find(label.model);
      CHECK(label.responses == full.responses.topRows(static_cast<Eigen::Index>(rows)));
    }
    // The next run reads only what is missing.
    std::size_t reads = 0;
    const mll::lazy_representation counted{
        {{node_id{0}, std::size_t{5}}, {node_id{1}, std::size_t{6}}, {node_id{3}, std::size_t{4}}},
        [&](node_id v, std::size_t i) {
          ++reads;
          return mll::test::make_sample(v, i);
        }};
    mll::update_labels(Backend{}, labels, models, counted, graph, {.batch_size = 3});
    CHECK(reads == 15 - rows);
    check_same(labels, expected);
  }
}

TEST_CASE("an interrupted update keeps the earlier labels") {
  auto models = make_hub(2);
  const auto before = make_samples({{0, 4}});
  const auto after = make_samples({{0, 4}, {1, 4}});
  const small_dag graph = make_dag(2, {});
  auto labels = mll::label(sequential, models, before, graph);
  models.add("new", hash_model{50});
  // The new model needs two batches for the known samples; then all three run on two more.
  for (const std::size_t stop_after : {1U, 2U}) {
    std::stop_source source;
    CHECK_THROWS_WITH_AS(mll::update_labels(sequential, labels, models, after, graph,
                                            {.batch_size = 2,
                                             .observer =
                                                 [&](const mll::progress& p) {
                                                   CHECK(p.total == 8);
                                                   if (p.done == stop_after) source.request_stop();
                                                 },
                                             .stop = source.get_token()}),
                         ("labelling: stopped after " + std::to_string(stop_after) + " of 8 steps").c_str(),
                         mll::cancelled);
    CHECK(labels.samples().row_count() == 4);
    CHECK(labels.models().size() == (stop_after == 1 ? 2 : 3));
  }
  mll::update_labels(sequential, labels, models, after, graph);
  check_same(labels, mll::label(sequential, models, after, graph));
}

TEST_CASE("a run that is stopped before it begins does nothing") {
  std::stop_source source;
  source.request_stop();
  const auto models = make_hub(1);
  const mll::lazy_representation samples{{{node_id{0}, std::size_t{1}}}, [](node_id, std::size_t) -> int {
                                           throw std::logic_error{"nobody should ask"};
                                         }};
  CHECK_THROWS_AS(static_cast<void>(
                      mll::label(sequential, models, samples, make_dag(1, {}), {.stop = source.get_token()})),
                  mll::cancelled);
}

TEST_CASE("exceptions of samples and of the observer are passed on; what was finished stays") {
  const auto models = make_hub(2);
  const small_dag graph = make_dag(1, {});
  const mll::lazy_representation broken{{{node_id{0}, std::size_t{5}}}, [](node_id v, std::size_t i) {
                                          if (i == 3) throw std::runtime_error{"cannot decode"};
                                          return mll::test::make_sample(v, i);
                                        }};
  mll::model_labels labels;
  CHECK_THROWS_WITH_AS(mll::update_labels(sequential, labels, models, broken, graph, {.batch_size = 2}),
                       "cannot decode", std::runtime_error);
  check_against_definition(labels, models, make_samples({{0, 2}}));

  const auto samples = make_samples({{0, 5}});
  CHECK_THROWS_WITH_AS(
      mll::update_labels(
          sequential, labels, models, samples, graph,
          {.batch_size = 2, .observer = [](const mll::progress&) { throw std::runtime_error{"no window"}; }}),
      "no window", std::runtime_error);
  check_against_definition(labels, models, make_samples({{0, 2}}));
}

TEST_CASE("a sample that is not finite is named with model, sample and head") {
  mll::hub<Eigen::VectorXf> models;
  mll::matrix<float> weights(2, 2);
  weights << 1, 0, 1, 0.5F;
  models.add("linear", mll::linear_classifier<>{{"cat", "dog"}, weights, Eigen::VectorXf::Zero(2)});
  models.add("constant", mll::callable_classifier{{"any"}, [](std::span<const Eigen::VectorXf> batch) {
                                                    return mll::matrix<float>{mll::matrix<float>::Constant(
                                                        static_cast<Eigen::Index>(batch.size()), 1, 0.5F)};
                                                  }});
  for (const float bad :
       {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    mll::representation_table<Eigen::VectorXf> samples;
    samples.add(node_id{0}, {Eigen::Vector2f{1, 2}, Eigen::Vector2f{1, bad}});
    const auto labels = mll::label(sequential, models, samples, make_dag(1, {}));
    REQUIRE(labels.failures().size() == 1);
    CHECK(labels.failures()[0].message ==
          "model 'linear': batch 1, sample 1 of node 's0', head 0 ('cat'): expected a score in [0, 1], found "
          "NaN");
    CHECK(labels.models().size() == 1);
  }
}

TEST_CASE("labels of another graph are refused and stay") {
  const small_dag graph = make_dag(3, {{0, 2}});
  const small_dag other = make_dag(3, {{1, 2}});
  const auto models = make_hub(2);
  auto labels = mll::label(sequential, models, make_samples({{0, 3}, {1, 2}}), graph);
  CHECK(labels.samples().graph() == graph.fingerprint());
  CHECK_THROWS_WITH_AS(
      mll::update_labels(sequential, labels, models, make_samples({{0, 4}}), other),
      "labels: expected nodes of this graph, found nodes of another graph (its fingerprint differs)",
      mll::invalid_argument);
  CHECK(labels.models().size() == 2);
  mll::update_labels(sequential, labels, models, make_samples({{0, 4}}), graph);
  CHECK(labels.samples().graph() == graph.fingerprint());
}

TEST_CASE("samples of another graph are refused") {
  const small_dag graph = make_dag(3, {{0, 2}});
  const small_dag other = make_dag(3, {{1, 2}});
  mll::representation_table<int> samples;
  samples.add(graph, "s0", {1, 2});
  CHECK(samples.graph() == graph.fingerprint());
  CHECK_THROWS_WITH_AS(samples.add(other, "s1", {3}),
                       "graph: expected the graph of the samples added before, found another graph",
                       mll::invalid_argument);
  CHECK(mll::label(sequential, make_hub(1), samples, graph).models().size() == 1);
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::label(sequential, make_hub(1), samples, other)),
                       "samples: expected samples of nodes of this graph, found samples of another graph",
                       mll::invalid_argument);
}
