// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

namespace mll {

/// The kinds of words that a dictionary keeps apart.
enum class part_of_speech { noun, verb, adjective, adverb };

}  // namespace mll
