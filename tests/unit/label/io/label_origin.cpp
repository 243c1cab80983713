#include "mll/label/io/label_origin.hpp"

#include <doctest/doctest.h>

#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/io/npy.hpp"
#include "mll/label/label.hpp"
#include "support/equal_labels.hpp"
#include "support/files.hpp"
#include "support/label_fixture.hpp"
#include "support/small_graph.hpp"
#if MLL_TEST_ZIP
#include "mll/label/io/npz.hpp"
#endif

namespace {

const mll::label_origin some_origin{
    .graph = "g", .nodes = {{"n0", "1"}, {"tab\there", "2"}}, .models = {{"m\n", "3"}, {"", "4"}}};

}  // namespace

TEST_CASE("an export carries the origin of its labels, if it is known") {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(1, {});
  const auto labels =
      mll::label(mll::exec::sequential{}, mll::test::make_hub(2), mll::test::make_samples({{0, 3}}), graph);
  const auto folder = scratch.path() / "labels";
  mll::export_labels(labels, graph, folder, some_origin);
  CHECK(mll::read_label_origin(folder) == some_origin);
  CHECK(mll::test::equal_labels(mll::import_labels(graph, folder), labels));
  mll::export_labels(labels, graph, folder);
  CHECK(mll::read_label_origin(folder) == std::nullopt);
#if MLL_TEST_ZIP
  const auto file = scratch.path() / "labels.npz";
  mll::export_labels_npz(labels, graph, file, some_origin);
  CHECK(mll::read_label_origin_npz(file) == some_origin);
  CHECK(mll::test::equal_labels(mll::import_labels_npz(graph, file), labels));
  mll::export_labels_npz(labels, graph, file);
  CHECK(mll::read_label_origin_npz(file) == std::nullopt);
#endif
}

TEST_CASE("a malformed origin is refused with its line") {
  const mll::detail::temporary_folder scratch;
  for (const auto& [text, line] : {std::pair{"graph\t\tg\nnode\ta\t1\nnode\ta\t2\n", ":3: "},
                                   {"graph\t\tg\nmodel\ta\t1\nmodel\ta\t1\n", ":3: "},
                                   {"graph\t\tg\ngraph\t\tg\n", ":2: "},
                                   {"graph\tx\tg\n", ":1: "},
                                   {"head\ta\tb\n", ":1: "},
                                   {"graph\t\n", ":1: "},
                                   {"graph\t\t\xff\n", ":1: "}}) {
    mll::test::write_file(scratch.path() / "origin.tsv", text);
    CHECK_THROWS_WITH_AS(static_cast<void>(mll::read_label_origin(scratch.path())),
                         doctest::Contains(("origin.tsv" + std::string{line}).c_str()), mll::parse_error);
  }
}
