// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
//
// The whole library, in the order in which data flows through it. Left out, to be included by those who want
// them: what needs a package of its own (the backends mll/exec/omp.hpp and mll/exec/tbb.hpp; images and ONNX
// files through OpenCV, mll/model/onnx_opencv.hpp, mll/model/onnx_scorer.hpp and mll/label/image_folder.hpp;
// word pieces through ICU and sentence transformers through OpenVINO, mll/embed/wordpiece_tokenizer.hpp and
// mll/embed/onnx_sentence_embedder.hpp; hubs in files through SQLite, mll/store/), what only some programs
// want to compile (mll/label/npy.hpp; word vectors and embedding tables, their readers and
// writers, mll/embed/read_*.hpp and write_*.hpp; selection from hubs that fit no memory,
// mll/select/wide_funnel.hpp) and the conformance suites for user models (mll/testing/).
#pragma once

// Vocabulary: ids, matrices, errors, seeded random numbers.
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/progress.hpp"
#include "mll/core/random.hpp"
#include "mll/core/utf8.hpp"
#include "mll/core/xtensor.hpp"

// Where a stage runs.
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"

// Graph: meanings, how they nest, and how close they are.
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/graph/hierarchy.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/part_of_speech.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/graph/synset.hpp"
#include "mll/graph/wordnet.hpp"

// Embed: texts as vectors.
#include "mll/embed/hashed_ngrams.hpp"
#include "mll/embed/lsa_embedder.hpp"
#include "mll/embed/text_embedder.hpp"

// Model: the experts and their hub.
#include "mll/label/label_source.hpp"
#include "mll/label/response_source.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/any_classifier.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/feature_map.hpp"
#include "mll/model/head_names.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/linear_classifier.hpp"
#include "mll/model/mlp_classifier.hpp"
#include "mll/model/onnx_options.hpp"
#include "mll/model/precomputed_scores.hpp"
#include "mll/model/zero_shot_scorer.hpp"

// Label: what every expert answers on samples of every node, once and for all.
#include "mll/label/evidence.hpp"
#include "mll/label/label.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/lazy_representation.hpp"
#include "mll/label/log_odds_half.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/node_statistics.hpp"
#include "mll/label/pooled_statistics.hpp"
#include "mll/label/representation.hpp"
#include "mll/label/representation_table.hpp"
#include "mll/label/response_codec.hpp"
#include "mll/label/response_statistics.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/scorer_label.hpp"

// Match: from the words of a task to nodes of the graph.
#include "mll/match/match.hpp"
#include "mll/match/match_heads.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/semantic_index.hpp"
#include "mll/match/task.hpp"
#include "mll/match/task_match.hpp"
#include "mll/match/top_k.hpp"
#include "mll/match/visible_domains.hpp"

// Select: which heads of the hub solve the task, and how well.
#include "mll/select/baselines/entropy_weighted_f1.hpp"
#include "mll/select/baselines/general_only.hpp"
#include "mll/select/baselines/head_criterion.hpp"
#include "mll/select/baselines/name_match.hpp"
#include "mll/select/baselines/random_heads.hpp"
#include "mll/select/baselines/ridge_stacking.hpp"
#include "mll/select/baselines/shrunken_lda.hpp"
#include "mll/select/baselines/single_expert.hpp"
#include "mll/select/baselines/top_heads.hpp"
#include "mll/select/baselines/uniform_average.hpp"
#include "mll/select/calibration.hpp"
#include "mll/select/chco.hpp"
#include "mll/select/class_source.hpp"
#include "mll/select/class_sources.hpp"
#include "mll/select/coded_head_pool.hpp"
#include "mll/select/combination.hpp"
#include "mll/select/coverage_share.hpp"
#include "mll/select/cross_validation.hpp"
#include "mll/select/discriminant.hpp"
#include "mll/select/effective_samples.hpp"
#include "mll/select/evidence_row.hpp"
#include "mll/select/exhaustive_search.hpp"
#include "mll/select/expert_combination.hpp"
#include "mll/select/expert_cover.hpp"
#include "mll/select/greedy_search.hpp"
#include "mll/select/head_combination.hpp"
#include "mll/select/head_funnel.hpp"
#include "mll/select/head_pick.hpp"
#include "mll/select/head_search.hpp"
#include "mll/select/head_worth.hpp"
#include "mll/select/hub_profile.hpp"
#include "mll/select/logistic_fit.hpp"
#include "mll/select/objective.hpp"
#include "mll/select/patch.hpp"
#include "mll/select/profile.hpp"
#include "mll/select/response_histogram.hpp"
#include "mll/select/screening.hpp"
#include "mll/select/select.hpp"
#include "mll/select/selection.hpp"
#include "mll/select/selection_budget.hpp"
#include "mll/select/selection_method.hpp"
#include "mll/select/shortlisted_head.hpp"
#include "mll/select/task_evidence.hpp"

// Reuse: the chosen heads as one classifier.
#include "mll/reuse/estimate_on_batch.hpp"
#include "mll/reuse/zero_shot_classifier.hpp"

// Report: what was chosen, and why.
#include "mll/report/explain.hpp"
#include "mll/report/graphviz.hpp"
#include "mll/report/progress_bar.hpp"
