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

/// What to do with a file or folder that cannot be used.
enum class image_folder_policy {
  skip,   ///< leave it out and list it in `image_folder::skipped`
  error,  ///< throw
};

/// How an `image_folder` checks files on construction.
enum class image_check {
  signature,  ///< the first bytes: fast; damage further on is detected when the image is decoded
  decode,     ///< decodes every image
};

/// How to read a folder of images.
struct image_folder_options {
  image_folder_policy unreadable = image_folder_policy::skip;  ///< for files that are not images
  image_folder_policy unknown_node =
      image_folder_policy::error;  ///< for folders that do not name a node of the graph
  image_check check = image_check::signature;
};

/// Representation data in image files, `FOLDER/<synset id>/<image>`, decoded on demand: 8-bit, channels blue,
/// green, red. Component `mll::opencv`.
///
/// Images are files named bmp, jpeg, jpg, jp2, pbm, pgm, png, pnm, ppm, tif, tiff or webp, in any case.
/// Samples of a node are sorted by name, bytewise: images that are added later must sort last. Everything
/// that is left out (by the policies; files directly in FOLDER; other names; nested folders) is listed with
/// the reason, except names that begin with a dot.
///
/// Thread-safety: concurrent const access is safe.
class image_folder {
 public:
  using sample_type = cv::Mat;

  /// A file or folder that was left out.
  struct skipped_entry {
    std::filesystem::path path;
    std::string reason;
  };

  /// Lists the folder.
  /// @param[in] folder has one folder per node
  /// @param[in] graph  the SDAG of the synset ids
  ///
  /// Throws: `invalid_argument` if the folder does not exist; `parse_error` naming the file or folder under
  /// `image_folder_policy::error`.
  template <semantic_graph Graph>
  image_folder(const std::filesystem::path& folder, const semantic_dag<Graph>& graph,
               const image_folder_options& options = {}) {
    std::error_code problem;
    if (!std::filesystem::is_directory(folder, problem)) {
      const char* found =
          std::filesystem::exists(folder, problem) ? "', which is not a folder" : "', which does not exist";
      throw invalid_argument{"folder", "a folder with one folder of images per node",
                             "'" + folder.string() + found};
    }
    std::vector<std::pair<node_id, std::filesystem::path>> found;
    for (const auto& entry : sorted_entries(folder)) {
      if (!std::filesystem::is_directory(entry)) {
        skipped_.push_back({entry, "not in the folder of a node"});
        continue;
      }
      const std::optional<node_id> node = graph.find(entry.filename().string());
      if (node) {
        found.emplace_back(*node, entry);
      } else if (options.unknown_node == image_folder_policy::error) {
        throw parse_error{entry.string(), 0, "a folder with the synset id of a node as its name",
                          "'" + entry.filename().string() + "', which the graph does not have"};
      } else {
        skipped_.push_back({entry, "not a node of the graph"});
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
  /// Throws: `invalid_argument` if the node has fewer images; `parse_error` naming the file if it cannot be
  /// decoded.
  [[nodiscard]] cv::Mat sample(node_id v, std::size_t i) const { return decode(file(v, i)); }
  /// The file of a sample. Throws: `invalid_argument` if the node has fewer images.
  [[nodiscard]] const std::filesystem::path& file(node_id v, std::size_t i) const {
    if (const std::size_t count = sample_count(v); i >= count) {
      throw invalid_argument{"i", "below " + std::to_string(count) + ", the number of images of the node",
                             std::to_string(i)};
    }
    return (*find(v))[i];
  }
  /// Files and folders that were left out, in the order of the folders.
  [[nodiscard]] std::span<const skipped_entry> skipped() const noexcept { return skipped_; }

  /// Decodes an image file: 8-bit, channels blue, green, red, rotated according to its metadata.
  /// Throws: `parse_error` naming the file.
  [[nodiscard]] static cv::Mat decode(const std::filesystem::path& path) {
    const detail::quiet_opencv quiet;
    std::string reason = "a file that cannot be decoded";
    try {
      cv::Mat image = cv::imread(path.string(), cv::IMREAD_COLOR);
      if (!image.empty()) return image;
    } catch (const cv::Exception& problem) {
      reason += " (" + detail::one_line(problem.err) + ")";
    }
    throw parse_error{path.string(), 0, "an image", std::filesystem::exists(path) ? reason : "no such file"};
  }
  /// Whether the name of a file is that of an image.
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
        skipped_.push_back({path, "not an image by its name"});
      } else if (const std::string problem = find_problem(path, options.check); problem.empty()) {
        out.push_back(std::move(path));
      } else if (options.unreadable == image_folder_policy::skip) {
        skipped_.push_back({path, problem});
      } else {
        throw parse_error{path.string(), 0, "an image", "a file that is " + problem};
      }
    }
    return out;
  }
  static std::string find_problem(const std::filesystem::path& path, image_check check) {
    bool good = false;
    try {
      const detail::quiet_opencv quiet;
      good = cv::haveImageReader(path.string());
    } catch (const cv::Exception&) {  // a file that cannot be opened
    }
    if (!good) return "unreadable or not an image";
    if (check == image_check::decode) {
      try {
        static_cast<void>(decode(path));
      } catch (const parse_error&) {
        return "not decodable";
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
