// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What the examples of the docblocks start from: a hub with its labels, a task, a selection. Nothing here is
// defined, because examples are compiled and not linked.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <fstream>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mll/dist/alone.hpp"
#include "mll/dist/select.hpp"
#include "mll/embed/tables/read_embedding_table.hpp"
#include "mll/mll.hpp"
#include "mll/reuse/io/read_selection.hpp"
#if MLL_TEST_OPENCV
#include <opencv2/core.hpp>

#include "mll/model/onnx/onnx_classifier.hpp"
#include "mll/reuse/shift/image_distortions.hpp"
#endif
#if MLL_TEST_MPI
#include "mll/dist/mpi_session.hpp"
#endif
#if MLL_TEST_SQLITE
#include "mll/store/hub_store.hpp"
#endif

namespace given {

// The stages, over texts.
extern const mll::exec::sequential backend;
extern const mll::semantic_dag<> graph, dag;
extern mll::hub<std::string> hub;
extern const mll::representation_table<std::string> samples;
extern mll::model_labels labels;
extern const mll::task task;
extern const mll::task_match match;
extern const mll::hub_profile profile;
extern const mll::selection chosen;
extern const std::vector<std::string> texts;
extern const mll::zero_shot_classifier<std::string> classifier;

// What stages are made of.
extern const mll::node_id v;
extern const mll::head_id head;
extern const mll::task_evidence evidence;
extern const std::vector<std::uint32_t> positions;
extern const std::vector<std::vector<mll::shortlisted_head>> lists;
extern mll::head_pool pool;
extern const mll::shift_fit fit;
extern const std::vector<float> probabilities;

// Models of texts.
struct text_model {
  using sample_type = std::string;
  std::size_t head_count() const;
  std::string head_name(std::size_t) const;
  void predict(std::span<const std::string>, mll::matrix_ref<float>) const;
};
extern const text_model model, bird_expert;
struct text_space {
  using sample_type = std::string;
  mll::matrix<float> embed_samples(std::span<const std::string>) const;
  mll::matrix<float> embed_texts(std::span<const std::string_view>) const;
};
extern const text_space general;
extern const std::span<const std::string> batch;
extern const mll::matrix_ref<float> scores;

// Ranks, and labels divided among them.
extern const std::size_t rank, ranks;
extern mll::dist::alone comm;
extern const mll::model_labels labels_of_this_rank;
extern const std::vector<mll::model_labels> shards;
extern const struct host_program {
  void all_gather(const void* mine, const void* lengths, void* out) const;
} host;

#if MLL_TEST_SQLITE
extern mll::hub_store store;
extern const mll::label_basis basis;
void submit(std::size_t shard);
#endif

}  // namespace given

#if MLL_TEST_OPENCV
namespace given_images {

using given::backend;
using given::chosen;
using given::comm;
using given::graph;
using given::labels;
using given::match;
using given::profile;
extern mll::hub<cv::Mat> hub, experts;
extern const mll::representation_table<cv::Mat> samples;
extern const std::vector<cv::Mat> photos;
extern const std::span<const cv::Mat> batch;
extern const std::vector<double> seconds;
extern const std::string file;
extern const mll::zero_shot_classifier<cv::Mat> classifier;
extern mll::hashed_ngrams clip_texts;
mll::onnx_classifier<cv::Mat> load(const std::string& name);

}  // namespace given_images
#endif
