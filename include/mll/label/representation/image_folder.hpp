// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/model/onnx/detail/opencv_call.hpp"

namespace mll {

/// What becomes of a file or folder that cannot be used.
enum class image_folder_policy {
  skip,   ///< leave it out and list it in `image_folder::skipped`
  error,  ///< refuse the whole
};

/// How closely an `image_folder` looks at every file beforehand.
enum class image_check {
  signature,  ///< does the file begin like an image? Fast; a file that is damaged further on shows when it is
              ///< decoded
  decode,     ///< can it be decoded? Takes as long as reading all images
};

/// How to read a folder of images.
struct image_folder_options {
  image_folder_policy unreadable = image_folder_policy::skip;  ///< for files that are no images inside
  image_folder_policy unknown_node =
      image_folder_policy::error;  ///< for folders that are no node of the graph
  image_check check = image_check::signature;
};

/// Representation data in files, `FOLDER/<synset id>/<image>`, decoded when they are asked for, 8-bit with
/// channels blue, green, red. Component `mll::opencv`.
///
/// A file is an image by its name: bmp, jpeg, jpg, jp2, pbm, pgm, png, pnm, ppm, tif, tiff, webp, in any
/// case. Samples of a node are sorted by name, byte by byte: images that are added later must sort behind
/// those that are there. What is not used (by the policies; files directly in FOLDER; other names; folders in
/// folders) is listed with the reason, except for names that begin with a dot.
///
/// Thread-safety: const access from any number of threads.
class image_folder {
 public:
  using sample_type = cv::Mat;

  /// What was left out.
  struct skipped_entry {
    std::filesystem::path path;
    std::string reason;
  };

  /// Lists the folder.
  /// @param[in] folder  with one folder a node
  /// @param[in] graph   knows the synset ids
  /// @param[in] options what to do about what cannot be used
  ///
  /// Throws: `invalid_argument` if there is no such folder; `parse_error` naming the file or folder under
  /// `image_folder_policy::error`.
  template <semantic_graph Graph>
  image_folder(const std::filesystem::path& folder, const semantic_dag<Graph>& graph,
               const image_folder_options& options = {}) {
    std::error_code problem;
    if (!std::filesystem::is_directory(folder, problem)) {
      const char* found =
          std::filesystem::exists(folder, problem) ? "', which is no folder" : "', which does not exist";
      throw invalid_argument{"folder", "a folder with one folder of images a node",
                             "'" + folder.string() + found};
    }
    std::vector<std::pair<node_id, std::filesystem::path>> found;
    for (const auto& entry : sorted_entries(folder)) {
      if (!std::filesystem::is_directory(entry)) {
        skipped_.push_back({entry, "is in no folder of a node"});
        continue;
      }
      const std::optional<node_id> node = graph.find(entry.filename().string());
      if (node) {
        found.emplace_back(*node, entry);
      } else if (options.unknown_node == image_folder_policy::error) {
        throw parse_error{entry.string(), 0, "a folder with the synset id of a node as its name",
                          "'" + entry.filename().string() + "', which the graph does not have"};
      } else {
        skipped_.push_back({entry, "is no node of the graph"});
      }
    }
    std::sort(found.begin(), found.end());
    for (const auto& [node, place] : found) {
      std::vector<std::filesystem::path> files = list_images(place, options);
      if (files.empty()) continue;
      nodes_.push_back(node);
      files_.push_back(std::move(files));
    }
  }

  /// Nodes with images, increasing.
  [[nodiscard]] std::span<const node_id> nodes() const noexcept { return nodes_; }
  /// Complexity: O(log nodes).
  [[nodiscard]] std::size_t sample_count(node_id v) const noexcept {
    const auto* files = find(v);
    return files == nullptr ? 0 : files->size();
  }
  /// Decodes an image.
  /// Throws: `invalid_argument` if the node does not have so many; `parse_error` naming the file if it cannot
  /// be decoded.
  [[nodiscard]] cv::Mat sample(node_id v, std::size_t i) const { return decode(file(v, i)); }
  /// Where a sample comes from. Throws: `invalid_argument` if the node does not have so many.
  [[nodiscard]] const std::filesystem::path& file(node_id v, std::size_t i) const {
    if (const std::size_t count = sample_count(v); i >= count) {
      throw invalid_argument{"i", "less than " + std::to_string(count) + ", the images of the node",
                             std::to_string(i)};
    }
    return (*find(v))[i];
  }
  /// What was left out, in the order of the folders.
  [[nodiscard]] std::span<const skipped_entry> skipped() const noexcept { return skipped_; }

  /// Decodes any image file: 8-bit, channels blue, green, red, turned as its metadata ask for.
  /// Throws: `parse_error` naming the file.
  [[nodiscard]] static cv::Mat decode(const std::filesystem::path& path) {
    const detail::quiet_opencv quiet;
    std::string reason = "one that cannot be decoded";
    try {
      cv::Mat image = cv::imread(path.string(), cv::IMREAD_COLOR);
      if (!image.empty()) return image;
    } catch (const cv::Exception& problem) {
      reason += " (" + detail::one_line(problem.err) + ")";
    }
    throw parse_error{path.string(), 0, "an image", std::filesystem::exists(path) ? reason : "no such file"};
  }
  /// Whether a file is an image by its name.
  [[nodiscard]] static bool has_image_name(const std::filesystem::path& path) {
    constexpr std::array<std::string_view, 12> known = {".bmp", ".jpeg", ".jpg", ".jp2", ".pbm",  ".pgm",
                                                        ".png", ".pnm",  ".ppm", ".tif", ".tiff", ".webp"};
    std::string ending = path.extension().string();
    for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::find(known.begin(), known.end(), ending) != known.end();
  }

 private:
  static std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    std::error_code problem;
    std::filesystem::directory_iterator next{folder, problem};
    for (; !problem && next != std::filesystem::directory_iterator{}; next.increment(problem)) {
      if (!next->path().filename().string().starts_with('.')) out.push_back(next->path());
    }
    if (problem) throw parse_error{folder.string(), 0, "a folder that can be read", problem.message()};
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
    return out;
  }

  std::vector<std::filesystem::path> list_images(const std::filesystem::path& folder,
                                                 const image_folder_options& options) {
    std::vector<std::filesystem::path> out;
    for (auto& path : sorted_entries(folder)) {
      if (!has_image_name(path) || std::filesystem::is_directory(path)) {
        skipped_.push_back({path, "is no image by its name"});
      } else if (const std::string problem = find_problem(path, options.check); problem.empty()) {
        out.push_back(std::move(path));
      } else if (options.unreadable == image_folder_policy::skip) {
        skipped_.push_back({path, problem});
      } else {
        throw parse_error{path.string(), 0, "an image", "one that " + problem};
      }
    }
    return out;
  }
  static std::string find_problem(const std::filesystem::path& path, image_check check) {
    bool good = false;
    try {
      const detail::quiet_opencv quiet;
      good = cv::haveImageReader(path.string());
    } catch (const cv::Exception&) {  // what cannot be opened is unreadable, however OpenCV says so
    }
    if (!good) return "is unreadable or no image inside";
    if (check == image_check::decode) {
      try {
        static_cast<void>(decode(path));
      } catch (const parse_error&) {
        return "cannot be decoded";
      }
    }
    return {};
  }
  [[nodiscard]] const std::vector<std::filesystem::path>* find(node_id v) const noexcept {
    const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), v);
    return found != nodes_.end() && *found == v ? &files_[static_cast<std::size_t>(found - nodes_.begin())]
                                                : nullptr;
  }

  std::vector<node_id> nodes_;
  std::vector<std::vector<std::filesystem::path>> files_;  // parallel to nodes_
  std::vector<skipped_entry> skipped_;
};

static_assert(representation<image_folder>);

}  // namespace mll
