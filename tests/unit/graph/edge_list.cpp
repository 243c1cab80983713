// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/edge_list.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "support/random_dag.hpp"

namespace {

mll::semantic_dag<> read(const std::string& edges, const mll::edge_list_options& options = {}) {
  std::istringstream stream{edges};
  return mll::read_edge_list(stream, options);
}

mll::semantic_dag<> read(const std::string& edges, const std::string& nodes,
                         const mll::edge_list_options& options = {}) {
  std::istringstream edge_stream{edges};
  std::istringstream node_stream{nodes};
  return mll::read_edge_list(edge_stream, node_stream, options);
}

template <class... Arguments>
std::string complaint(const Arguments&... arguments) {
  try {
    static_cast<void>(read(arguments...));
  } catch (const mll::parse_error& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("without a node table ids are words, and nodes are numbered by their first edge") {
  const auto dag = read("# animals\ngoose\tbird\n\n  \t \nbird\tanimal\r\n  goose \t animal\ngoose\tbird");
  REQUIRE(dag.size() == 3);
  CHECK(dag.edge_count() == 3);
  CHECK(dag[mll::node_id{0}] == mll::synset{.id = "goose", .lemmas = {{.text = "goose"}}, .gloss = {}});
  CHECK(dag[mll::node_id{1}].id == "bird");
  CHECK(dag[mll::node_id{2}].id == "animal");
  CHECK(dag.parents(mll::node_id{0}).size() == 2);
  CHECK(dag.words().senses("Goose")[0].node == mll::node_id{0});
}

TEST_CASE("a node table gives words and glosses, and ranks senses by its order") {
  const auto dag =
      read("2,1\n3,1\n4,1\n",
           "# id,words,gloss\n1,thing\n2, crane | wading bird , tall, grey\n3,crane,lifts\n5,alone\n",
           {.delimiter = ','});
  REQUIRE(dag.size() == 5);
  CHECK(dag[dag.at("2")].gloss == "tall, grey");
  CHECK(dag[dag.at("2")].lemmas == std::vector<mll::lemma>{{.text = "crane"}, {.text = "wading bird"}});
  const auto crane = dag.words().senses("crane");
  REQUIRE(crane.size() == 2);
  CHECK(crane[0].node == dag.at("2"));
  CHECK(crane[1].node == dag.at("3"));
  CHECK(crane[1].rank == 2);
  CHECK(dag.at("5") == mll::node_id{3});  // nodes of the table come first
  CHECK(dag[dag.at("4")].lemmas[0].text == "4");
  CHECK(dag.roots().size() == 2);
  CHECK(read("", "1\tone\n").size() == 1);
}

TEST_CASE("read_edge_list reads files, with the node table as an option") {
  const mll::detail::temporary_folder folder;
  const auto edges = folder.path() / "edges.tsv";
  const auto nodes = folder.path() / "nodes.tsv";
  std::ofstream{edges} << "a\tb\n";
  std::ofstream{nodes} << "b\tbeta\tthe second\n";
  const auto dag = mll::read_edge_list(edges, {.node_table = nodes});
  CHECK(dag[dag.at("b")].gloss == "the second");
  CHECK(mll::read_edge_list(edges).at("a") == mll::node_id{0});
  CHECK_THROWS_WITH_AS((void)mll::read_edge_list("/nowhere/edges.tsv"),
                       "/nowhere/edges.tsv: expected a readable file, found No such file or directory",
                       mll::parse_error);
  CHECK_THROWS_AS((void)mll::read_edge_list(edges, {.node_table = "/nowhere/nodes.tsv"}), mll::parse_error);
  CHECK_THROWS_AS((void)mll::read_edge_list(folder.path()), mll::parse_error);
}

TEST_CASE("read_edge_list reports malformed lines with file and line") {
  CHECK(complaint("a\tb\nc\n") == "<edges>:2: expected child<tab>parent, found the end of the line");
  CHECK(complaint("a\tb\n\tc\n") == "<edges>:2: expected child<tab>parent, found an empty field");
  CHECK(complaint("a\t \n") == "<edges>:1: expected child<tab>parent, found an empty field");
  CHECK(complaint("a\tb\tc\n") == "<edges>:1: expected child<tab>parent, found a third field 'c'");
  CHECK(complaint("a,b\n") == "<edges>:1: expected child<tab>parent, found the end of the line");
  CHECK(complaint("#\na\tb\xC0\x80\n") == "<edges>:2: expected UTF-8, found the bytes 'a\\tb\\xC0\\x80'");
  CHECK(complaint("") == "<edges>: expected at least one edge, found none");
  CHECK(complaint("# nothing\n") == "<edges>: expected at least one edge, found none");
  using text = std::string;
  CHECK(complaint(text{"a\tb\n"}, text{"a\tx\na\ty\n"}) ==
        "<nodes>:2: expected every node once, found 'a' again");
  CHECK(complaint(text{"a\tb\n"}, text{"a\n"}) ==
        "<nodes>:1: expected the words of a node after its id, found the end of the line");
  CHECK(complaint(text{"a\tb\n"}, text{"a\t\xFF\n"}) ==
        "<nodes>:1: expected UTF-8, found the bytes 'a\\t\\xFF'");
}

TEST_CASE("read_edge_list reports a cycle with the line that closes it") {
  CHECK(complaint("b\tc\nx\tb\na\tb\nc\ta\nd\ta\n") ==
        "<edges>:4: expected no cycle, found the cycle b -> c -> a -> b");
  CHECK(complaint("a\tb\nb\tb\n") == "<edges>:2: expected no cycle, found the cycle b -> b");
}

TEST_CASE("a cycle of 100,000 nodes is reported in a short message") {
  constexpr std::size_t count = 100'000;
  std::string edges;
  for (std::size_t i = 0; i < count; ++i) {
    edges += std::to_string(i) + "\t" + std::to_string((i + 1) % count) + "\n";
  }
  CHECK(
      complaint(edges) ==
      "<edges>:100000: expected no cycle, found the cycle 0 -> 1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> 8 -> 9 -> "
      "(99981 more) -> 99991 -> 99992 -> 99993 -> 99994 -> 99995 -> 99996 -> 99997 -> 99998 -> 99999 -> 0");
}

TEST_CASE("read_edge_list reads a chain of 100,000 nodes") {
  constexpr std::size_t count = 100'000;
  std::string edges;
  for (std::size_t i = 0; i + 1 < count; ++i)
    edges += std::to_string(i) + "\t" + std::to_string(i + 1) + "\n";
  const auto dag = read(edges);
  CHECK(dag.size() == count);
  CHECK(dag.max_depth() == count - 1);
}

TEST_CASE("read_edge_list reads back random graphs, and cut files without a crash") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto plain = mll_test::random_dag(25, 0.2, seed);
    std::string nodes;
    std::string edges;
    for (const auto& node : plain.nodes) nodes += node.id + ";" + node.lemmas[0].text + "\n";
    for (const auto& [child, parent] : plain.edges) {
      edges += plain.nodes[child.index()].id + ";" + plain.nodes[parent.index()].id + "\n";
    }
    const auto dag = read(edges, nodes, {.delimiter = ';'});
    REQUIRE(dag.size() == 25);
    std::size_t found = 0;
    for (const auto& [child, parent] : plain.edges) {
      const auto parents = dag.parents(child);
      found += std::ranges::count(parents, parent) == 1 ? 1U : 0U;
    }
    CHECK(found == plain.edges.size());
    for (std::size_t length = 0; length < edges.size(); length += 7)
      static_cast<void>(complaint(edges.substr(0, length)));
  }
}

TEST_CASE("a byte order mark, CR, blank lines and blank words are skipped, and counted") {
  mll::skipped_text skipped;
  const auto dag = read(
      "\xEF\xBB\xBF"
      "cat\tanimal\r\n\r\n\xC2\xA0\r\ndog\tanimal\r\n",
      "\xEF\xBB\xBF"
      "cat\tcat||\xE2\x80\x8B| kitty|\ta pet\r\n\r\nanimal\tanimal\r\n",
      {.skipped = &skipped});
  REQUIRE(dag.size() == 3);
  CHECK(dag[dag.at("cat")].lemmas == std::vector<mll::lemma>{{.text = "cat"}, {.text = "kitty"}});
  CHECK(dag[dag.at("cat")].gloss == "a pet");
  CHECK(dag.words().senses("kitty").size() == 1);
  CHECK(skipped.blank_lines == 3);
  CHECK(skipped.blank_words == 2);
}

TEST_CASE("a node without words in the table is called by its id") {
  const auto dag = read("cat\tanimal\n", std::string{"cat\t\tthe pet\nanimal\t | \n"});
  CHECK(dag.words().senses("cat")[0].node == dag.at("cat"));
  CHECK(dag[dag.at("cat")].gloss == "the pet");
  CHECK(dag.words().senses("animal")[0].node == dag.at("animal"));
}
