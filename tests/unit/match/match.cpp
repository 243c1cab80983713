// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/match.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/embed/words/lsa_embedder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/graph/wordnet.hpp"
#include "support/animals.hpp"
#include "support/backends.hpp"
#include "support/toy_embedder.hpp"
#include "support/wordnet.hpp"

namespace {

using mll::class_id;
using mll::coverage;
using mll::match_kind;
using mll::node_id;
using mll::task;

const mll::test::small_dag& graph() {
  static const mll::test::small_dag animals = mll::test::animals();
  return animals;
}

// Samples at some nodes, three at each.
mll::sample_layout samples_at(std::vector<std::size_t> nodes) {
  std::sort(nodes.begin(), nodes.end());
  std::vector<node_id> ids(nodes.begin(), nodes.end());
  const std::vector<std::size_t> counts(nodes.size(), 3);
  return {std::move(ids), counts};
}

mll::task_match by_words(const task& asked, const std::vector<std::size_t>& sampled = {},
                         const mll::match_options& options = {}) {
  return mll::match(mll::exec::sequential{}, asked, graph(), samples_at(sampled), options);
}

std::size_t node_of(const mll::task_match& match, std::size_t y) {
  return match[class_id{y}].node.index();
}

bool same(const mll::class_match& a, const mll::class_match& b, double tolerance = 0) {
  if (a.node != b.node || a.evidence != b.evidence || a.sample_count != b.sample_count ||
      a.coverage != b.coverage || a.candidates.size() != b.candidates.size())
    return false;
  for (std::size_t i = 0; i < a.candidates.size(); ++i) {
    const auto& x = a.candidates[i];
    const auto& y = b.candidates[i];
    if (x.node != y.node || x.kind != y.kind || x.rank != y.rank || x.similarity != y.similarity ||
        x.sample_count != y.sample_count || !(std::abs(x.probability - y.probability) <= tolerance))
      return false;
  }
  return true;
}

}  // namespace

TEST_CASE("the other classes of a task decide on the sense of a class") {
  const auto birds = by_words(task{{"crane"}, {"heron"}});
  CHECK(node_of(birds, 0) == mll::test::crane_bird);
  CHECK(node_of(birds, 1) == mll::test::heron);
  const auto machines = by_words(task{{"crane"}, {"bulldozer"}});
  CHECK(node_of(machines, 0) == mll::test::crane_machine);
  // Two ambiguous words are resolved jointly.
  CHECK(node_of(by_words(task{{"crane"}, {"mouse"}, {"goose"}}), 0) == mll::test::crane_bird);
  CHECK(node_of(by_words(task{{"crane"}, {"mouse"}, {"goose"}}), 1) == mll::test::mouse_animal);
  CHECK(node_of(by_words(task{{"crane"}, {"mouse"}, {"bulldozer"}, {"bicycle"}}), 1) ==
        mll::test::mouse_device);
}

TEST_CASE("candidates have a probability, the most probable first") {
  const auto found = by_words(task{{"crane"}, {"heron"}}, {mll::test::crane_bird});
  const auto& crane = found[class_id{0}];
  REQUIRE(crane.candidates.size() == 2);
  CHECK(crane.node == crane.candidates[0].node);
  CHECK(crane.candidates[0].probability > crane.candidates[1].probability);
  CHECK(crane.candidates[0].probability + crane.candidates[1].probability == doctest::Approx(1));
  CHECK(crane.candidates[0].rank == 2);
  CHECK(crane.candidates[0].sample_count == 3);
  CHECK(crane.candidates[1].sample_count == 0);
  CHECK(found[class_id{1}].candidates[0].probability == doctest::Approx(1));
}

TEST_CASE("the most common sense is chosen, and senses with samples are preferred") {
  const mll::match_options alone{
      .rank_weight = 1, .domain_preference = {}, .coherence_weight = 0, .domain_weight = 0};
  const task asked{{"driver"}, {"goose"}};
  CHECK(node_of(by_words(asked, {}, alone), 0) == mll::test::driver_person);
  CHECK(node_of(by_words(asked, {mll::test::driver_club}, alone), 0) == mll::test::driver_club);
  CHECK(node_of(by_words(asked, {mll::test::driver_club, mll::test::driver_person}, alone), 0) ==
        mll::test::driver_person);
  // The numbers: log-odds of rank 1 against rank 2, and of a sense with samples against one without.
  const auto ranked = by_words(asked, {}, alone);
  CHECK(ranked[class_id{0}].candidates[0].probability == doctest::Approx(2.0 / 3));
  const mll::match_options indifferent{.rank_weight = 0,
                                       .domain_preference = {},
                                       .sample_weight = 1,
                                       .own_sample_weight = 0,
                                       .coherence_weight = 0,
                                       .domain_weight = 0};
  const auto sampled = by_words(asked, {mll::test::driver_club}, indifferent);
  CHECK(sampled[class_id{0}].candidates[0].probability == doctest::Approx(1 / (1 + std::exp(-1.0))));
}

TEST_CASE("frequent senses, and senses whose first word is the name, are preferred") {
  mll::test::small_graph g(4);
  g[0] = mll::synset{"n0", {{"thing", 1, 0}}, "", 0};
  g[1] = mll::synset{"n1", {{"bullet", 1, 0}, {"slug", 2, 6}}, "", 0};
  g[2] = mll::synset{"n2", {{"slug", 1, 2}}, "", 0};
  g[3] = mll::synset{"n3", {{"slug", 3, 0}}, "", 18};
  for (const std::size_t v : {1U, 2U, 3U}) add_edge(v, 0, g);
  const mll::test::small_dag dag{g};
  const task asked{{"slug"}, {"thing"}};
  const mll::match_options alone{.coherence_weight = 0, .domain_weight = 0};
  const auto found = mll::match(mll::exec::sequential{}, asked, dag, {}, alone);
  const auto& candidates = found[class_id{0}].candidates;
  // exp of: log(1 + count) - 3 log(position) + preference for the field, worked out by hand.
  const double first = 3;
  const double second = 7.0 / 8;
  const double person = std::exp(-2.5);
  CHECK(candidates[0].node == node_id{2});
  CHECK(candidates[0].probability == doctest::Approx(first / (first + second + person)));
  CHECK(candidates[1].node == node_id{1});
  CHECK(candidates[1].probability == doctest::Approx(second / (first + second + person)));
  CHECK(candidates[1].position == 2);
  CHECK(candidates[1].frequency == 6);
}

TEST_CASE("a name without capitals is rarely a proper name") {
  mll::test::small_graph g(4);
  g[0] = mll::synset{"n0", {{"thing", 1, 0}}, "", 0};
  g[1] = mll::synset{"n1", {{"Cardigan", 1, 0}, {"Cardigan Welsh corgi", 1, 0}}, "", 0};
  g[2] = mll::synset{"n2", {{"cardigan", 1, 0}}, "", 0};
  g[3] = mll::synset{"n3", {{"Chihuahua", 1, 0}}, "", 0};
  for (const std::size_t v : {1U, 2U, 3U}) add_edge(v, 0, g);
  const mll::test::small_dag dag{g};
  const mll::match_options alone{.coherence_weight = 0, .domain_weight = 0};
  const auto found = [&](const char* name) {
    return mll::match(mll::exec::sequential{}, task{{name}, {"chihuahua"}}, dag, {}, alone);
  };
  const auto common = found("cardigan");
  CHECK(node_of(common, 0) == 2);
  CHECK(common[class_id{0}].candidates[0].probability == doctest::Approx(1 / (1 + std::exp(-2.0))));
  CHECK(node_of(common, 1) == 3);
  CHECK(node_of(found("cardigans"), 0) == 2);
  CHECK(found("Cardigan")[class_id{0}].candidates[0].probability == doctest::Approx(0.5));
}

TEST_CASE("match maximises its score, by exhaustive search over all senses") {
  const task asked{{"crane"}, {"mouse"}, {"driver"}, {"bird of prey"}};
  const mll::information_content content{graph()};
  for (const double weight : {0.5, 4.0, 16.0, 60.0}) {
    const mll::match_options options{
        .domain_preference = {}, .coherence_weight = weight, .content = &content};
    const auto found = by_words(asked, {}, options);
    std::vector<std::vector<mll::word_sense>> senses;
    for (const auto& [name, caption] : asked.classes()) {
      const auto list = graph().words().senses(name);
      senses.emplace_back(list.begin(), list.end());
    }
    std::vector<node_id> best(4);
    double best_score = -1e300;
    for (const auto& a : senses[0]) {
      for (const auto& b : senses[1]) {
        for (const auto& c : senses[2]) {
          for (const auto& d : senses[3]) {
            const std::vector<mll::word_sense> chosen{a, b, c, d};
            double score = 0;
            for (std::size_t i = 0; i < 4; ++i) {
              score -= options.rank_weight * std::log(static_cast<double>(chosen[i].rank));
              for (std::size_t j = 0; j < i; ++j) {
                score += weight * mll::lin_similarity(content, chosen[i].node, chosen[j].node) / 3;
                if (graph()[chosen[i].node].domain == graph()[chosen[j].node].domain)
                  score += options.domain_weight / 3;
              }
            }
            if (score > best_score) {
              best_score = score;
              best = {a.node, b.node, c.node, d.node};
            }
          }
        }
      }
    }
    CHECK(found.exact);
    for (std::size_t y = 0; y < 4; ++y) CHECK(found.classes[y].node == best[y]);
  }
}

TEST_CASE("two classes rarely mean the same node") {
  mll::test::small_graph g(3);
  g[0] = mll::synset{"n0", {{"thing", 1, 0}}, "", 0};
  g[1] = mll::synset{"n1", {{"bath", 1, 0}, {"tub", 1, 0}}, "", 0};
  g[2] = mll::synset{"n2", {{"tub", 2, 0}, {"vat", 1, 0}}, "", 0};
  add_edge(1, 0, g);
  add_edge(2, 0, g);
  const mll::test::small_dag dag{g};
  const mll::match_options flat{.position_weight = 0};
  CHECK(node_of(mll::match(mll::exec::sequential{}, task{{"bath"}, {"tub"}}, dag, {}, flat), 1) == 2);
  CHECK(node_of(mll::match(mll::exec::sequential{}, task{{"vat"}, {"tub"}}, dag, {}, flat), 1) == 1);
}

TEST_CASE("a caption or brackets decide on a sense without an embedder") {
  const auto meant = [&](const std::string& name, std::string caption) {
    return by_words(task{{name, std::move(caption)}, {"thing of no kind"}})[class_id{0}].node.index();
  };
  CHECK(meant("mouse", "") == mll::test::mouse_animal);
  CHECK(meant("mouse", "It lets you point at things on a screen.") == mll::test::mouse_device);
  CHECK(meant("mouse (pointing device)", "") == mll::test::mouse_device);
  CHECK(meant("driver", "golf") == mll::test::driver_club);
}

TEST_CASE("a name with one wrong letter gets a suggestion and no node") {
  const auto found = by_words(task{{"herom"}, {"goose"}, {"class_3"}});
  CHECK(found[class_id{0}].coverage == coverage::no_node);
  CHECK(found[class_id{0}].suggestions == std::vector<std::string>{"heron"});
  CHECK(found[class_id{1}].suggestions.empty());
  CHECK(found[class_id{2}].coverage == coverage::no_node);
  CHECK(found[class_id{2}].suggestions.empty());
}

TEST_CASE("coverage distinguishes own samples, samples of narrower nodes, no samples and no node") {
  const auto found = by_words(task{{"bulldozer"}, {"bird"}, {"person"}, {"qwzx"}, {"machine"}},
                              {mll::test::bulldozer, mll::test::heron, mll::test::goose}, {.neighbours = 0});
  const auto& own = found[class_id{0}];
  CHECK(own.coverage == coverage::own_samples);
  CHECK(own.evidence == std::vector<mll::weighted_node>{{node_id{mll::test::bulldozer}, 1}});
  CHECK(own.sample_count == 3);

  const auto& below = found[class_id{1}];
  CHECK(below.coverage == coverage::descendant_samples);
  CHECK(below.evidence ==
        std::vector<mll::weighted_node>{{node_id{mll::test::heron}, 0.5}, {node_id{mll::test::goose}, 0.5}});
  CHECK(below.sample_count == 6);

  const auto& bare = found[class_id{2}];
  CHECK(bare.coverage == coverage::no_samples);
  CHECK(bare.node == node_id{mll::test::person});
  CHECK(bare.evidence.empty());
  CHECK(bare.sample_count == 0);

  const auto& unknown = found[class_id{3}];
  CHECK(unknown.coverage == coverage::no_node);
  CHECK(!unknown.node.valid());
  CHECK(unknown.candidates.empty());

  CHECK(found[class_id{4}].coverage == coverage::descendant_samples);
}

TEST_CASE("a sense with samples of its own is preferred to a more common one with samples below it") {
  mll::test::small_graph shapes(4);
  shapes[0] = mll::synset{"n0", {{"thing", 1, 0}}, "", 3};
  shapes[1] = mll::synset{"n1", {{"brass", 1, 0}}, "wind instruments", 3};
  shapes[2] = mll::synset{"n2", {{"tuba", 1, 0}}, "a low one", 3};
  shapes[3] = mll::synset{"n3", {{"brass", 2, 0}}, "a memorial plate", 3};
  add_edge(1, 0, shapes);
  add_edge(2, 1, shapes);
  add_edge(3, 0, shapes);
  const mll::test::small_dag dag{shapes};
  const task asked{{"brass"}, {"thing"}};
  const mll::sample_layout samples{{node_id{2}, node_id{3}}, std::vector<std::size_t>{3, 3}};
  CHECK(node_of(mll::match(mll::exec::sequential{}, asked, dag, samples), 0) == 3);
  CHECK(node_of(mll::match(mll::exec::sequential{}, asked, dag, samples, {.own_sample_weight = 0}), 0) == 1);
}

TEST_CASE("a class without samples borrows those of the most similar nodes") {
  const auto samples = samples_at({mll::test::bulldozer, mll::test::heron, mll::test::goose});
  const auto brute_force = [&](node_id v, std::size_t count) {
    std::vector<std::pair<double, node_id>> by_similarity;
    for (const node_id u : samples.nodes()) {
      const double similarity = mll::wu_palmer_similarity(graph(), v, u);
      if (similarity > 0) by_similarity.emplace_back(-similarity, u);
    }
    std::sort(by_similarity.begin(), by_similarity.end());
    by_similarity.resize(std::min(count, by_similarity.size()));
    std::vector<mll::weighted_node> out;
    for (const auto& [similarity, u] : by_similarity) out.push_back({u, -similarity / 2});  // the discount
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
    return out;
  };
  for (const std::size_t count : {1U, 2U, 3U, 50U}) {
    const auto found = mll::match(mll::exec::sequential{}, task{{"person"}, {"bulldozer"}}, graph(), samples,
                                  {.neighbours = count});
    const auto& bare = found[class_id{0}];
    const auto expected = brute_force(node_id{mll::test::person}, count);
    REQUIRE(!expected.empty());
    CHECK(bare.coverage == coverage::neighbour_samples);
    CHECK(bare.evidence == expected);
    CHECK(bare.sample_count == 3 * expected.size());
    CHECK(found[class_id{1}].coverage == coverage::own_samples);
  }
}

TEST_CASE("the discount of evidence is an option") {
  const auto kept =
      by_words(task{{"animal"}, {"bulldozer"}}, {mll::test::heron}, {.evidence = {.discount = 0.5}});
  CHECK(kept[class_id{0}].evidence == std::vector<mll::weighted_node>{{node_id{mll::test::heron}, 0.25}});
  const auto own_only = by_words(task{{"animal"}, {"bulldozer"}}, {mll::test::heron},
                                 {.neighbours = 0, .evidence = {.discount = 0}});
  CHECK(own_only[class_id{0}].coverage == coverage::no_samples);
}

TEST_CASE("match does not depend on the order of the classes") {
  const std::vector<mll::task_class> classes{{"crane"}, {"geese"},          {"driver"},
                                             {"mice"},  {"racing bicycle"}, {"qwzx"}};
  const auto expected = by_words(task{classes}, {mll::test::goose, mll::test::bicycle});
  for (const std::vector<std::size_t>& order :
       {std::vector<std::size_t>{5, 4, 3, 2, 1, 0}, std::vector<std::size_t>{2, 0, 5, 1, 4, 3}}) {
    std::vector<mll::task_class> permuted;
    for (const std::size_t y : order) permuted.push_back(classes[y]);
    const auto found = by_words(task{permuted}, {mll::test::goose, mll::test::bicycle});
    for (std::size_t y = 0; y < order.size(); ++y)
      CHECK(same(found.classes[y], expected.classes[order[y]], 1e-9));
  }
}

TEST_CASE_TEMPLATE("match is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const task asked{{"crane"}, {"geese"}, {"driver"}, {"mice", "with buttons"}, {"racing bicycle"}, {"qwzx"}};
  const auto samples = samples_at({mll::test::goose, mll::test::mouse_device});
  const auto expected = mll::match(mll::exec::sequential{}, asked, graph(), samples);
  const auto found = mll::match(Backend{}, asked, graph(), samples);
  for (std::size_t y = 0; y < asked.size(); ++y) CHECK(same(found.classes[y], expected.classes[y]));

  const mll::semantic_index index{Backend{}, graph(),
                                  mll::test::toy_embedder{{{"bird"}, {"device", "buttons"}}}};
  const auto by_meaning = mll::match(mll::exec::sequential{}, asked, graph(), index, samples);
  const auto found_by_meaning = mll::match(Backend{}, asked, graph(), index, samples);
  for (std::size_t y = 0; y < asked.size(); ++y)
    CHECK(same(found_by_meaning.classes[y], by_meaning.classes[y]));
}

// Half precision changes a cosine by at most 2^-11 (Cauchy and Schwarz on the rounding of each number).
TEST_CASE("an index in half precision gives the same nodes") {
  const mll::lsa_embedder embedder{graph(), {.dimension = 16, .min_documents = 1}};
  const mll::semantic_index index{mll::exec::sequential{}, graph(), embedder};
  const mll::semantic_index<mll::lsa_embedder, Eigen::half> halves{mll::exec::sequential{}, graph(),
                                                                   embedder};
  const auto samples = samples_at({mll::test::goose, mll::test::mouse_device});
  const task asked{{"crane", "a wading bird"}, {"geese"}, {"mouse", "a pointing device"}, {"driver"},
                   {"long wading legs"},       {"qwzx"}};
  const auto expected = mll::match(mll::exec::sequential{}, asked, graph(), index, samples);
  const auto found = mll::match(mll::exec::sequential{}, asked, graph(), halves, samples);
  bool moved = false;
  for (std::size_t y = 0; y < asked.size(); ++y) {
    const auto& a = expected.classes[y];
    const auto& b = found.classes[y];
    CHECK(a.node == b.node);
    CHECK(a.coverage == b.coverage);
    REQUIRE(a.candidates.size() == b.candidates.size());
    for (std::size_t c = 0; c < a.candidates.size(); ++c) {
      CHECK(a.candidates[c].node == b.candidates[c].node);
      CHECK(std::abs(a.candidates[c].similarity - b.candidates[c].similarity) < 5e-4);
      moved = moved || a.candidates[c].similarity != b.candidates[c].similarity;
    }
  }
  CHECK(moved);  // the other index was used
}

TEST_CASE("a given information content gives the same result") {
  const mll::information_content content{graph()};
  const task asked{{"crane"}, {"heron"}, {"driver"}};
  const auto found = by_words(asked, {mll::test::heron}, {.content = &content});
  const auto expected = by_words(asked, {mll::test::heron});
  for (std::size_t y = 0; y < 3; ++y) CHECK(same(found.classes[y], expected.classes[y]));
}

TEST_CASE("a caption counts through the embedder") {
  const mll::semantic_index index{mll::exec::sequential{}, graph(),
                                  mll::test::toy_embedder{{{"rodent"}, {"pointing", "desk"}, {"person"}}}};
  const auto meaning = [&](std::string caption) {
    const task asked{{"mouse", std::move(caption)}, {"person"}};
    const auto found = mll::match(mll::exec::sequential{}, asked, graph(), index, samples_at({}));
    return found[class_id{0}];
  };
  CHECK(meaning("a tiny rodent").node == node_id{mll::test::mouse_animal});
  CHECK(meaning("lies on every desk").node == node_id{mll::test::mouse_device});
  CHECK(meaning("lies on every desk").candidates[0].similarity == doctest::Approx(1));
  CHECK(meaning("lies on every desk").candidates[1].similarity == doctest::Approx(0));
  CHECK(meaning("").node == node_id{mll::test::mouse_animal});  // the most common sense
}

TEST_CASE("a name that is not a word of the graph is found by its meaning") {
  const mll::semantic_index index{mll::exec::sequential{}, graph(),
                                  mll::test::toy_embedder{{{"wheels", "velocipede"}, {"wading"}, {"golf"}}}};
  const auto samples = samples_at({mll::test::bicycle});
  const task asked{{"velocipede"}, {"qwzx", "with wheels that belongs to golf"}, {"qwzy"}, {"heron"}};
  const auto found = mll::match(mll::exec::sequential{}, asked, graph(), index, samples);

  const auto& velocipede = found[class_id{0}];
  CHECK(velocipede.node == node_id{mll::test::bicycle});
  REQUIRE(velocipede.candidates.size() == 1);  // all other nodes are below min_similarity
  CHECK(velocipede.candidates[0].kind == match_kind::semantic);
  CHECK(velocipede.candidates[0].rank == 1);
  CHECK(velocipede.candidates[0].similarity == doctest::Approx(1));
  CHECK(velocipede.coverage == coverage::own_samples);

  // Similarity 0.71 to the bicycle and to the golf club; one has samples.
  const auto both =
      mll::match(mll::exec::sequential{}, task{asked[class_id{1}], {"heron"}}, graph(), index, samples);
  CHECK(both[class_id{0}].candidates.size() == 2);
  CHECK(both[class_id{0}].node == node_id{mll::test::bicycle});

  CHECK(found[class_id{2}].coverage == coverage::no_node);
  CHECK(found[class_id{3}].candidates[0].kind == match_kind::lemma);

  const auto strict =
      mll::match(mll::exec::sequential{}, asked, graph(), index, samples, {.min_similarity = 0.8});
  CHECK(strict[class_id{1}].coverage == coverage::no_node);
  const auto single =
      mll::match(mll::exec::sequential{}, asked, graph(), index, samples, {.semantic_candidates = 1});
  CHECK(single[class_id{1}].candidates.size() == 1);
}

TEST_CASE("unknown words have no node without an embedder, and do not affect other classes") {
  const auto found = by_words(task{{"crane"}, {"qwzx"}, {"heron"}, {"blorfed wug"}});
  CHECK(found[class_id{1}].coverage == coverage::no_node);
  CHECK(found[class_id{3}].coverage == coverage::no_node);
  CHECK(node_of(found, 0) == mll::test::crane_bird);
  const auto nothing = by_words(task{{"qwzx"}, {"qwzy"}});
  for (const auto& unknown : nothing.classes) CHECK(unknown.coverage == coverage::no_node);
}

TEST_CASE("match on the nouns of WordNet") {
  const std::filesystem::path folder = "/usr/share/wordnet";
  if (!std::filesystem::exists(folder / "data.noun")) {
    MESSAGE("skipped: WordNet is not installed");
    return;
  }
  const auto words = mll::read_wordnet(folder);
  const mll::information_content content{words};
  const mll::sample_layout none;
  const auto domain = [&](const task& asked, std::size_t y, const mll::sample_layout& samples) {
    const auto found = mll::match(mll::exec::sequential{}, asked, words, samples, {.content = &content});
    REQUIRE(found[class_id{y}].node.valid());
    return int{words[found[class_id{y}].node].domain};
  };
  constexpr int animal = 5;
  constexpr int artifact = 6;
  // Crane and Heron are also people; samples at the bird decide for birds, also for the crane.
  std::vector<node_id> bird;
  for (const auto& sense : words.words().senses("heron")) {
    if (words[sense.node].domain == animal) bird.push_back(sense.node);
  }
  REQUIRE(bird.size() == 1);
  const mll::sample_layout at_heron{bird, std::vector<std::size_t>{4}};
  CHECK(domain(task{{"crane"}, {"heron"}}, 0, none) == animal);
  CHECK(domain(task{{"crane"}, {"heron"}}, 1, none) == animal);
  CHECK(domain(task{{"crane"}, {"heron"}}, 0, at_heron) == animal);
  CHECK(domain(task{{"crane"}, {"heron"}}, 1, at_heron) == animal);
  CHECK(domain(task{{"crane"}, {"heron"}, {"stork"}, {"goose"}}, 0, none) == animal);
  CHECK(domain(task{{"crane"}, {"bulldozer"}}, 0, none) == artifact);
  CHECK(domain(task{{"bulldozer"}, {"forklift"}, {"crane"}}, 2, none) == artifact);

  const auto found = mll::match(mll::exec::sequential{}, task{{"tabby cats"}, {"racing bicycle"}, {"qwzx"}},
                                words, none, {.content = &content});
  CHECK(found[class_id{0}].candidates.at(0).kind == match_kind::inflection);
  CHECK(words[found[class_id{0}].node].lemmas.at(0).text.find("tabby") != std::string::npos);
  CHECK(found[class_id{1}].candidates.at(0).kind == match_kind::head_noun);
  CHECK(words[found[class_id{1}].node].lemmas.at(0).text == "bicycle");
  CHECK(found[class_id{2}].coverage == coverage::no_node);

  // Names as people type them.
  const auto first_word = [&](const char* name) {
    const auto typed =
        mll::match(mll::exec::sequential{}, task{{name}, {"qwzx"}}, words, none, {.content = &content});
    const node_id node = typed[class_id{0}].node;
    return node.valid() ? words[node].lemmas.at(0).text : "nothing";
  };
  CHECK(first_word("Sports_Car") == "sports car");
  CHECK(first_word("SportsCar") == "sports car");
  CHECK(first_word("wild cat") == "wildcat");
  CHECK(first_word("aquarium_fish") == "fish");
  CHECK(first_word("maple_tree") == "maple");
  CHECK(first_word("Dugong dugon") == "dugong");
  CHECK(first_word("potters wheel") == "potter's wheel");
  CHECK(first_word("banana") == "banana");
  CHECK(first_word("crane (machine)") == "crane");
  CHECK(first_word("n02084071") == "dog");
  CHECK(first_word("n02084071-dogs of my friends") == "dog");
  CHECK(first_word("n02084071_x") == "dog");
  CHECK(first_word("n02084072-gitar") == "nothing");  // there is no such node
  CHECK(first_word("tench, Tinca tinca") == "tench");
  CHECK(first_word("great white shark, white shark, man-eater, man-eating shark, Carcharodon carcharias") ==
        "great white shark");
  CHECK(first_word("class_3") == "nothing");
  CHECK(first_word("gitar") == "nothing");
  // The crocodile if it has samples and heads have none.
  const auto crocodile = words.words().senses("crocodile").front().node;
  const mll::sample_layout at_crocodile{{crocodile}, std::vector<std::size_t>{4}};
  const task parts{{"crocodile_head"}, {"emu"}};
  CHECK(mll::match(mll::exec::sequential{}, parts, words, at_crocodile, {.content = &content})[class_id{0}]
            .node == crocodile);
  CHECK(mll::match(mll::exec::sequential{}, parts, words, none, {.content = &content})[class_id{0}].node !=
        crocodile);
}

TEST_CASE("ImageNet's long names and synset ids have the nodes that ImageNet means") {
  const mll::semantic_dag<>* const words = mll_test::wordnet_nouns();
  if (words == nullptr) return;
  const std::vector<std::pair<std::string, std::string>> imagenet{
      {"n01440764", "tench, Tinca tinca"},
      {"n01443537", "goldfish, Carassius auratus"},
      {"n01484850", "great white shark, white shark, man-eater, man-eating shark, Carcharodon carcharias"},
      {"n01491361", "tiger shark, Galeocerdo cuvieri"},
      {"n01494475", "hammerhead, hammerhead shark"},
      {"n01498041", "stingray"},
      {"n01518878", "ostrich, Struthio camelus"},
      {"n01530575", "brambling, Fringilla montifringilla"},
      {"n01531178", "goldfinch, Carduelis carduelis"},
      {"n01532829", "house finch, linnet, Carpodacus mexicanus"},
      {"n01534433", "junco, snowbird"},
      {"n01558993", "robin, American robin, Turdus migratorius"},
      {"n01560419", "bulbul"},
      {"n01580077", "jay"},
      {"n01582220", "magpie"},
      {"n01592084", "chickadee"},
      {"n01601694", "water ouzel, dipper"},
      {"n01608432", "kite"},
      {"n01614925", "bald eagle, American eagle, Haliaeetus leucocephalus"},
      {"n01616318", "vulture"},
      {"n01622779", "great grey owl, great gray owl, Strix nebulosa"},
      {"n01641577", "bullfrog, Rana catesbeiana"},
      {"n01644900", "tailed frog, bell toad, ribbed toad, tailed toad, Ascaphus trui"},
      {"n01664065", "loggerhead, loggerhead turtle, Caretta caretta"},
      {"n01682714", "American chameleon, anole, Anolis carolinensis"},
      {"n01698640", "American alligator, Alligator mississipiensis"},
      {"n01729977", "green snake, grass snake"},
      {"n01770393", "scorpion"},
      {"n01773157", "black and gold garden spider, Argiope aurantia"},
      {"n02012849", "crane"},
      {"n02085620", "Chihuahua"},
      {"n02099601", "golden retriever"},
      {"n02106662", "German shepherd, German shepherd dog, German police dog, alsatian"},
      {"n02123045", "tabby, tabby cat"},
      {"n02129165", "lion, king of beasts, Panthera leo"},
      {"n02504013", "Indian elephant, Elephas maximus"},
      {"n02510455", "giant panda, panda, panda bear, coon bear, Ailuropoda melanoleuca"},
      {"n02676566", "acoustic guitar"},
      {"n02690373", "airliner"},
      {"n02782093", "balloon"},
      {"n02787622", "banjo"},
      {"n02799071", "baseball"},
      {"n02930766", "cab, hack, taxi, taxicab"},
      {"n03100240", "convertible"},
      {"n03109150", "corkscrew, bottle screw"},
      {"n03272010", "electric guitar"},
      {"n03355925", "flagpole, flagstaff"},
      {"n03498962", "hatchet"},
      {"n04487081", "trolleybus, trolley coach, trackless trolley"},
      {"n07753592", "banana"}};
  const mll::information_content content{*words};
  const auto rightly_matched = [&](const auto& name_of) {
    std::vector<std::string> names;
    for (const auto& one : imagenet) names.push_back(name_of(one));
    const auto found = mll::match(mll::exec::sequential{}, task::of_names(names), *words,
                                  mll::sample_layout{}, {.content = &content});
    std::size_t right = 0;
    for (std::size_t y = 0; y < imagenet.size(); ++y) {
      const node_id node = found[class_id{y}].node;
      const bool is_right = node.valid() && (*words)[node].id == imagenet[y].first;
      CAPTURE(imagenet[y].second);
      WARN(is_right);
      right += is_right ? 1 : 0;
    }
    return right;
  };
  CHECK(rightly_matched([](const auto& one) { return one.second; }) == imagenet.size());
  CHECK(rightly_matched([](const auto& one) { return one.first; }) == imagenet.size());
}

TEST_CASE("classes that share a node say so") {
  const auto match =
      by_words({{"heron"}, {"bicycle"}, {"not a heron"}, {"pushbike"}, {"goose"}, {"my heron"}},
               {mll::test::heron, mll::test::bicycle, mll::test::goose});
  using ids = std::vector<class_id>;
  CHECK(match[class_id{0}].same_node_as == ids{class_id{2}, class_id{5}});
  CHECK(match[class_id{1}].same_node_as == ids{class_id{3}});
  CHECK(match[class_id{2}].same_node_as == ids{class_id{0}, class_id{5}});
  CHECK(match[class_id{4}].same_node_as.empty());
  const auto unknown = by_words({{"xyzzy"}, {"plugh"}});
  CHECK(unknown[class_id{0}].same_node_as.empty());
}

TEST_CASE("an embedder that returns what is not finite is refused, with the class") {
  struct faulty_embedder : mll::test::toy_embedder {
    [[nodiscard]] mll::matrix<float> embed(std::span<const std::string_view> texts) const {
      mll::matrix<float> out = mll::test::toy_embedder::embed(texts);
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].starts_with("gander")) out(static_cast<Eigen::Index>(i), 0) = std::nanf("");
      }
      return out;
    }
  };
  const mll::semantic_index index{mll::exec::sequential{}, graph(), faulty_embedder{{{{"bird"}}}}};
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::match(mll::exec::sequential{}, task{{"heron"}, {"gander"}},
                                                    graph(), index, samples_at({mll::test::heron}))),
                       "model 'text embedder': returned NaN for class 'gander'; expected finite numbers",
                       mll::model_error);
}

#if MLL_UNICODE
TEST_CASE("names in capitals and other scripts are found") {
  std::istringstream nodes{
      "1\t\xC3\x84rztin|Doktorin\n2\tHund|K\xC3\xB6ter\n3\t\xD0\x9A\xD0\xBE\xD1\x82\n4\tdog\xE2\x80\x99s "
      "ear\n5\tStra\xC3\x9F\x65\n"};
  std::istringstream edges{"1\t9\n2\t9\n3\t9\n4\t9\n5\t9\n"};
  const auto words = mll::read_edge_list(edges, nodes);
  const mll::sample_layout samples{{words.at("1")}, std::vector<std::size_t>{1}};
  const task asked{
      {"\xC3\xA4rztin"}, {"K\xC3\x96TER"}, {"\xD0\xBA\xD0\xBE\xD1\x82"}, {"Dog's ear"}, {"STRASSE"}};
  const auto match = mll::match(mll::exec::sequential{}, asked, words, samples);
  for (std::size_t y = 0; y < 5; ++y) {
    CHECK(match[class_id{y}].node == words.at(std::to_string(y + 1)));
    CHECK(match[class_id{y}].candidates.front().kind == match_kind::lemma);
  }
}
#endif

TEST_CASE("samples, an index or a content of another graph are refused") {
  const task asked{{"heron"}, {"goose"}};
  const mll::exec::sequential backend;
  const auto other = mll::test::make_dag(20, {});
  const mll::sample_layout samples{
      {node_id{mll::test::heron}}, std::vector<std::size_t>{3}, other.fingerprint()};
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::match(backend, asked, graph(), samples)),
      "samples: expected nodes of this graph, found nodes of another graph (its fingerprint differs)",
      mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(mll::match(backend, asked, graph(), samples_at({17}))),
                  mll::invalid_argument);
  const mll::information_content content{other};
  CHECK_THROWS_WITH_AS(static_cast<void>(by_words(asked, {}, {.content = &content})),
                       "options.content: expected the content of this graph, found that of another graph",
                       mll::invalid_argument);
  const mll::semantic_index index{backend, other, mll::test::toy_embedder{{{"bird"}}}};
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::match(backend, asked, graph(), index, samples_at({4}))),
                       "index: expected an index of this graph, found one of another graph",
                       mll::invalid_argument);
  CHECK(by_words(asked).graph == graph().fingerprint());
}
