// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/representation/detail/image_header.hpp"
#include "mll/label/representation/read_image.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/model/onnx/engines/detail/opencv_call.hpp"

namespace mll {

/// What to do with a file or folder that cannot be used.
enum class image_folder_policy {
  skip,   ///< leave it out and list it in `image_folder::skipped`
  error,  ///< throw
};

/// How an `image_folder` checks files on construction.
enum class image_check {
  signature,  ///< format and size by the first bytes: fast; damage further on is detected on decoding
  decode,     ///< decodes every image: about 0.2 s for a photo of 24 megapixels
};

/// How to read a folder of images.
struct image_folder_options {
  image_folder_policy unreadable =
      image_folder_policy::skip;  ///< for files that are not images, and folders that cannot be listed
  image_folder_policy unknown_node =
      image_folder_policy::error;  ///< for folders that do not name a node of the graph
  image_check check = image_check::signature;
  std::optional<exec::backend_ref> backend = {};  ///< runs the checks; one thread without it
  read_image_options reading = {};  ///< the largest image that is read, and the size that it is reduced to
};

/// Representation data in image files, `FOLDER/<synset id>/<image>`, decoded on demand by `read_image`:
/// 8-bit, channels blue, green, red. Component `mll::opencv`.
///
/// Images are files named bmp, jpeg, jpg, jp2, pbm, pgm, png, pnm, ppm, tif, tiff or webp, in any case.
/// Samples of a node are sorted by name, bytewise: images that are added later must sort last. Everything
/// that is left out (by the policies; files directly in FOLDER; other names; nested folders; pipes and
/// devices, which are never opened) is listed with the reason, except names that begin with a dot.
///
/// Thread-safety: concurrent const access is safe.
class image_folder {
 public:
  using sample_type = cv::Mat;
  static constexpr bool concurrent_samples = true;  ///< decoding takes as long as some experts do

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
               const image_folder_options& options = {})
      : reading_{options.reading}, graph_{graph.fingerprint()} {
    std::error_code problem;
    if (!std::filesystem::is_directory(folder, problem)) {
      const char* found =
          std::filesystem::exists(folder, problem) ? "', which is not a folder" : "', which does not exist";
      throw invalid_argument{"folder", "a folder with one folder of images per node",
                             "'" + folder.string() + found};
    }
    const auto [entries, unlisted] = sorted_entries(folder);
    if (unlisted) throw parse_error{folder.string(), 0, "a folder that can be read", unlisted.message()};
    std::vector<std::pair<node_id, std::filesystem::path>> found;
    for (const auto& entry : entries) {
      if (!std::filesystem::is_directory(entry, problem)) {
        skipped_.push_back({entry, problem ? problem.message() : "not in the folder of a node"});
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
      std::vector<image_file> files = list_images(place, options);
      if (files.empty()) continue;
      nodes_.push_back(node);
      files_.push_back(std::move(files));
    }
    if (options.check == image_check::decode) reading_.check_damage = false;  // was done
  }

  /// Fingerprint of the graph that the folders were found in.
  [[nodiscard]] std::uint64_t graph() const noexcept { return graph_; }
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
  [[nodiscard]] cv::Mat sample(node_id v, std::size_t i) const { return read_image(file(v, i), reading_); }
  /// The file of a sample. Throws: `invalid_argument` if the node has fewer images.
  [[nodiscard]] const std::filesystem::path& file(node_id v, std::size_t i) const {
    if (const std::size_t count = sample_count(v); i >= count) {
      throw invalid_argument{"i", "below " + std::to_string(count) + ", the number of images of the node",
                             std::to_string(i)};
    }
    return (*find(v))[i].path;
  }
  /// Bytes of the largest sample. Complexity: O(images).
  [[nodiscard]] std::size_t max_sample_bytes() const noexcept {
    std::uint64_t out = 0;
    for (const auto& files : files_) {
      for (const image_file& each : files) {
        const auto size = reading_.reduced(each.width, each.height);
        out = std::max(out, 3 * size.width * size.height);
      }
    }
    return static_cast<std::size_t>(out);
  }
  /// Changes the largest size of samples: see `read_image_options::max_side`.
  void set_max_side(std::size_t side) noexcept { reading_.max_side = side; }
  /// Images with pixels that are not opaque, which are put on white; under `image_check::signature` all with
  /// an alpha channel, since no pixel is read.
  [[nodiscard]] std::vector<std::filesystem::path> transparent() const {
    std::vector<std::filesystem::path> out;
    for (const auto& files : files_) {
      for (const image_file& each : files) {
        if (each.is_transparent) out.push_back(each.path);
      }
    }
    return out;
  }
  /// Files and folders that were left out, in the order of the folders.
  [[nodiscard]] std::span<const skipped_entry> skipped() const noexcept { return skipped_; }

  /// Whether a file name has the extension of an image.
  [[nodiscard]] static bool has_image_name(const std::filesystem::path& path) {
    constexpr std::array<std::string_view, 12> known = {".bmp", ".jpeg", ".jpg", ".jp2", ".pbm",  ".pgm",
                                                        ".png", ".pnm",  ".ppm", ".tif", ".tiff", ".webp"};
    std::string ending = path.extension().string();
    for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::find(known.begin(), known.end(), ending) != known.end();
  }

 private:
  struct image_file {
    std::filesystem::path path;
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    bool is_transparent = false;
  };

  /// The entries of a folder, and why reading it stopped early.
  static std::pair<std::vector<std::filesystem::path>, std::error_code> sorted_entries(
      const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    std::error_code problem;
    std::filesystem::directory_iterator next{folder, problem};
    for (; !problem && next != std::filesystem::directory_iterator{}; next.increment(problem)) {
      if (!next->path().filename().string().starts_with('.')) out.push_back(next->path());
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
    return {std::move(out), problem};
  }

  std::vector<image_file> list_images(const std::filesystem::path& folder,
                                      const image_folder_options& options) {
    const auto leave_out = [&](const parse_error& problem) {
      if (options.unreadable == image_folder_policy::error) throw problem;
      constexpr std::string_view before = "a file that is ";
      const std::string& found = problem.found();
      skipped_.push_back({problem.file(), found.starts_with(before) ? found.substr(before.size()) : found});
    };
    std::vector<image_file> out;
    const auto [entries, unlisted] = sorted_entries(folder);
    if (unlisted) leave_out({folder.string(), 0, "a folder that can be read", unlisted.message()});
    std::vector<std::variant<std::monostate, image_file, parse_error>> found(entries.size());
    exec::for_each_index(options.backend.value_or(exec::sequential{}), entries.size(), [&](std::size_t i) {
      std::error_code unknown;
      if (!has_image_name(entries[i]) || std::filesystem::is_directory(entries[i], unknown)) return;
      try {
        found[i] = checked(entries[i], options);
      } catch (const parse_error& problem) {
        if (options.unreadable == image_folder_policy::error) throw;
        found[i] = problem;
      }
    });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (auto* image = std::get_if<image_file>(&found[i])) {
        out.push_back(std::move(*image));
      } else if (const auto* problem = std::get_if<parse_error>(&found[i])) {
        leave_out(*problem);
      } else {
        skipped_.push_back({entries[i], "not an image by its name"});
      }
    }
    return out;
  }
  /// Throws: `parse_error` if the image cannot be read.
  static image_file checked(const std::filesystem::path& path, const image_folder_options& options) {
    const detail::quiet_opencv quiet;
    const auto file = detail::map_image(path);
    const auto header = detail::checked_image_header(file, options.reading.max_pixels);
    bool can_read = false;
    try {
      can_read = cv::haveImageReader(path.string());
    } catch (const cv::Exception&) {  // a file that cannot be opened
    }
    if (!can_read) {
      throw parse_error{path.string(), 0, "an image", "a file that is unreadable or not an image"};
    }
    const bool is_transparent = options.check == image_check::decode
                                    ? detail::check_image(path, file, header, options.reading)
                                    : header.has_alpha;
    return {path, header.width, header.height, is_transparent};
  }
  [[nodiscard]] const std::vector<image_file>* find(node_id v) const noexcept {
    const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), v);
    return found != nodes_.end() && *found == v ? &files_[static_cast<std::size_t>(found - nodes_.begin())]
                                                : nullptr;
  }

  std::vector<node_id> nodes_;
  std::vector<std::vector<image_file>> files_;  // parallel to nodes_
  std::vector<skipped_entry> skipped_;
  read_image_options reading_;
  std::uint64_t graph_ = 0;
};

static_assert(representation<image_folder>);

}  // namespace mll
