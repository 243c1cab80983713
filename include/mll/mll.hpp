// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The whole library, in the order in which data flows through it. Left out, to be included by those who want
// them: what needs a package of its own (the backends mll/exec/omp.hpp and mll/exec/tbb.hpp; images and ONNX
// files through OpenCV, mll/model/onnx/onnx_opencv.hpp, mll/model/onnx/onnx_general_model.hpp,
// mll/model/description/read_expert_description.hpp and
// mll/label/representation/image_folder.hpp; word pieces through ICU and sentence transformers through
// OpenVINO, mll/embed/sentences/wordpiece_tokenizer.hpp and mll/embed/sentences/onnx_sentence_embedder.hpp;
// hubs in files through SQLite, mll/store/), what only some programs want to compile (mll/label/io/npy.hpp;
// embedders that are fitted or read from files, mll/embed/words/lsa_embedder.hpp, mll/embed/words/read_*.hpp
// and mll/embed/tables/) and the conformance suites for user models (mll/testing/).
#pragma once

// Core: ids, matrices, errors, seeded random numbers.
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/progress.hpp"
#include "mll/core/random.hpp"
#include "mll/core/sample_type.hpp"

// Exec: where a stage runs.
#include "mll/exec/backend.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/index_function_ref.hpp"
#include "mll/exec/sequential.hpp"

// Graph: synsets, how they nest, how similar they are.
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/graph/hierarchy.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/node_graph.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/graph/synset.hpp"
#include "mll/graph/wordnet.hpp"

// Embed: texts as vectors.
#include "mll/embed/semantic_index.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/embed/top_k.hpp"
#include "mll/embed/words/hashed_ngrams.hpp"

// Model: the experts and their hub.
#include "mll/model/activation.hpp"
#include "mll/model/activation_decision.hpp"
#include "mll/model/any_classifier.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/description/expert_description.hpp"
#include "mll/model/description/expert_files.hpp"
#include "mll/model/feature_map.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/head_names.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/linear_classifier.hpp"
#include "mll/model/mlp_classifier.hpp"
#include "mll/model/onnx/image_preparation.hpp"
#include "mll/model/onnx/onnx_description.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/precomputed_scores.hpp"

// Label: what each expert answers on the samples of each node; made once per hub.
#include "mll/label/evidence.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/label.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/representation/lazy_representation.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/label/responses/log_odds_half.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/label/weighted_node.hpp"

// Match: from the class names of a task to nodes of the graph.
#include "mll/match/match.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/task/read_captions.hpp"
#include "mll/match/task/split_class_names.hpp"
#include "mll/match/task/task.hpp"
#include "mll/match/task/task_match.hpp"

// Profile: how the heads of a hub answer together; made once per hub.
#include "mll/profile/covariance_factor.hpp"
#include "mll/profile/dense_algebra.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/profile/match_heads.hpp"
#include "mll/profile/profile.hpp"
#include "mll/profile/update_profile.hpp"

// Find: which heads know a concept.
#include "mll/find/find.hpp"
#include "mll/find/find_like.hpp"
#include "mll/find/find_nodes.hpp"
#include "mll/find/found_heads.hpp"
#include "mll/find/node_aucs.hpp"

// Select: which heads solve the task, how they are combined, and how well.
#include "mll/select/baselines/embedding_lda.hpp"
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
#include "mll/select/calibrate/calibration.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"
#include "mll/select/calibrate/response_histogram.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/combine/exhaustive_search.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/combine/head_search.hpp"
#include "mll/select/combine/logit_pool.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/ensemble/membership.hpp"
#include "mll/select/ensemble/vote.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/estimate/cross_validation.hpp"
#include "mll/select/estimate/shift_fit.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/evidence/evidence_of.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/evidence/example.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/experts/discriminant.hpp"
#include "mll/select/experts/expert_cover.hpp"
#include "mll/select/experts/fit_experts.hpp"
#include "mll/select/experts/fit_heads.hpp"
#include "mll/select/experts/fit_membership.hpp"
#include "mll/select/experts/head_relevance.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/methods/funnel_stages.hpp"
#include "mll/select/methods/head_funnel.hpp"
#include "mll/select/methods/selection_budget.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/select/screen/screening.hpp"
#include "mll/select/screen/sparse_screening.hpp"
#include "mll/select/select.hpp"
#include "mll/select/selection.hpp"

// Reuse: the chosen heads as one classifier.
#include "mll/reuse/adapt.hpp"
#include "mll/reuse/batch_responses.hpp"
#include "mll/reuse/estimate_on_batch.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/reuse/unknown_models.hpp"
#include "mll/reuse/zero_shot_classifier.hpp"

// Report: what was chosen, and why.
#include "mll/report/explain.hpp"
#include "mll/report/graphviz.hpp"
#include "mll/report/html_batch_report.hpp"
#include "mll/report/html_hub_report.hpp"
#include "mll/report/html_selection_report.hpp"
#include "mll/report/model_facts.hpp"
#include "mll/report/progress_bar.hpp"

// Version.
#include "mll/version.hpp"
