// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A small graph of real words with ambiguous ones among them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mll/graph/lexicon.hpp"
#include "support/small_graph.hpp"

namespace mll::test {

/// Nodes of `animals()`, by number.
enum animal : std::size_t {
  entity,
  animal_node,
  bird,
  crane_bird,
  heron,
  goose,
  machine,
  crane_machine,
  bulldozer,
  bicycle,
  prey_bird,
  person,
  driver_person,
  driver_club,
  mouse_animal,
  mouse_device,
};

inline small_dag animals(const irregular_forms& irregular = {{"geese", {"goose"}}, {"mice", {"mouse"}}}) {
  small_graph graph(16);
  const auto describe = [&](std::size_t v, std::string id, std::vector<lemma> words, std::string gloss,
                            std::uint8_t domain) {
    graph[v] = synset{std::move(id), std::move(words), std::move(gloss), domain};
  };
  describe(entity, "n0", {{"entity", 1, 0}}, "that which exists", 3);
  describe(animal_node, "n1", {{"animal", 1, 0}, {"beast", 1, 0}}, "a living thing that moves", 5);
  describe(bird, "n2", {{"bird", 1, 0}}, "an animal with feathers", 5);
  describe(crane_bird, "n3", {{"crane", 2, 0}}, "a tall wading bird", 5);
  describe(heron, "n4", {{"heron", 1, 0}}, "a grey wading bird", 5);
  describe(goose, "n5", {{"goose", 1, 0}}, "a loud web-footed bird", 5);
  describe(machine, "n6", {{"machine", 1, 0}}, "a device with moving parts", 6);
  describe(crane_machine, "n7", {{"crane", 1, 0}}, "a machine that lifts \"heavy\" things", 6);
  describe(bulldozer, "n8", {{"bulldozer", 1, 0}, {"dozer", 1, 0}}, "a machine that pushes earth", 6);
  describe(bicycle, "n9", {{"bicycle", 1, 0}, {"pushbike", 1, 0}}, "a machine with two wheels", 6);
  describe(prey_bird, "n10", {{"bird of prey", 1, 0}, {"raptor", 1, 0}}, "a bird that hunts", 5);
  describe(person, "n11", {{"person", 1, 0}}, "a human being", 18);
  describe(driver_person, "n12", {{"driver", 1, 0}}, "somebody who drives", 18);
  describe(driver_club, "n13", {{"driver", 2, 0}}, "a golf club", 6);
  describe(mouse_animal, "n14", {{"mouse", 1, 0}}, "a small rodent", 5);
  describe(mouse_device, "n15", {{"mouse", 4, 0}}, "a pointing device", 6);
  for (const auto& [child, parent] :
       std::vector<std::pair<std::size_t, std::size_t>>{{animal_node, entity},
                                                        {bird, animal_node},
                                                        {crane_bird, bird},
                                                        {heron, bird},
                                                        {goose, bird},
                                                        {machine, entity},
                                                        {crane_machine, machine},
                                                        {bulldozer, machine},
                                                        {bicycle, machine},
                                                        {prey_bird, bird},
                                                        {person, entity},
                                                        {driver_person, person},
                                                        {driver_club, machine},
                                                        {mouse_animal, animal_node},
                                                        {mouse_device, machine}}) {
    add_edge(child, parent, graph);
  }
  return small_dag{std::move(graph), irregular};
}

}  // namespace mll::test
