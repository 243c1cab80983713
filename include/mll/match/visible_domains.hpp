// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <vector>

namespace mll {

/// How much likelier a sense of a coarse subject field is meant, in units of log-probability, where classes
/// are things that can be seen: by the numbers of WordNet's lexicographer files, artifact = 0.
///
/// Of two fields that share their words, what is on the table comes before what grows ("banana": fruit before
/// plant); people, messages, deeds and other things that are not seen as such come last. A weight of 3 is
/// worth a count of 20 in a tagged corpus; a task whose other classes are of such a field outweighs it.
///
/// @return preference by `synset::domain`; for `match_options::domain_preference`
[[nodiscard]] inline std::vector<double> visible_domains() {
  constexpr double hidden = -3;
  std::vector<double> out(29, hidden);
  constexpr std::size_t animal = 5, artifact = 6, body = 8, communication = 10, food = 13, object = 17,
                        person = 18, plant = 20;
  out[0] = 0;  // graphs that know no fields
  out[animal] = 0.5;
  out[artifact] = 0;
  out[body] = -1.5;
  out[communication] = -2;
  out[food] = 0.5;
  out[object] = -0.5;
  out[person] = -2.5;
  out[plant] = -2;
  return out;
}

}  // namespace mll
