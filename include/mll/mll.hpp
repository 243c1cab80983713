// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
//
// The whole library, in the order in which data flows through it. Left out, to be included by those who want
// them: the backends that need a package of their own (mll/exec/omp.hpp, mll/exec/tbb.hpp), headers that are
// expensive to compile (mll/label/npy.hpp) and the conformance suites for user models (mll/testing/).
#pragma once

// Vocabulary: ids, matrices, errors, seeded random numbers.
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/progress.hpp"
#include "mll/core/random.hpp"

// Where a stage runs.
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"

// Graph: meanings and how they nest.
#include "mll/graph/lexicon.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/synset.hpp"

// Model: the experts and their hub.
#include "mll/model/any_classifier.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/hub.hpp"

// Label: what every expert answers on samples of every node, once and for all.
#include "mll/label/model_labels.hpp"
#include "mll/label/representation.hpp"
#include "mll/label/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
