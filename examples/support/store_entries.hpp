// Samples and experts in the form in which a store registers them.
#pragma once

#include <mll/store/content_hash.hpp>
#include <mll/store/store_entries.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace example {

/// @tparam Hub `image_hub`, or a struct with the same members
template <class Hub, class Graph>
std::vector<mll::stored_node> node_entries(const typename Hub::samples_type& samples, const Graph& graph) {
  std::vector<mll::stored_node> out;
  for (const mll::node_id v : samples.nodes())
    out.push_back({graph[v].id, samples.sample_count(v), Hub::fingerprint(samples, v)});
  return out;
}

/// @param[in] settings what the model's scores depend on besides its file
template <class Hub, class Model>
mll::stored_model model_entry(const std::filesystem::path& file, const Model& model,
                              const std::string& settings) {
  mll::stored_model out;
  out.name = file.stem().string();
  out.file = std::filesystem::absolute(file).lexically_normal().string();
  out.fingerprint = mll::content_hash{}.add(mll::content_hash::of_file(file)).add(settings).text();
  for (std::size_t h = 0; h < model.head_count(); ++h) out.heads.push_back(model.head_name(h));
  out.parameters = Hub::parameter_count(file);
  out.bytes = std::filesystem::file_size(file);
  return out;
}

}  // namespace example
