// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"

namespace mll::detail {

/// ONNX Runtime's library, opened when it is first used: a program is not tied to one version, and runs
/// without it. Only its C functions are used.
class onnxruntime_library {
 public:
  /// The library of this process. It, and its environment, live until the process ends.
  [[nodiscard]] static const onnxruntime_library& shared() {
    static const auto* only = new onnxruntime_library;
    return *only;
  }

  /// Why there is no library; empty if there is.
  [[nodiscard]] const std::string& missing() const noexcept { return missing_; }
  [[nodiscard]] const std::string& version() const noexcept { return version_; }
  [[nodiscard]] const OrtApi& api() const noexcept { return *api_; }
  [[nodiscard]] const OrtEnv* environment() const noexcept { return environment_; }

  /// Throws: `model_error` naming the file if a call has failed.
  void check(OrtStatus* status, std::string_view file) const {
    if (status == nullptr) return;
    std::string why = message(status);
    throw model_error{file, "ONNX Runtime: " + why};
  }

 private:
  // The oldest version that has all functions that are used is 1.9. Functions keep their place.
  static constexpr std::uint32_t api_version = 9;

  onnxruntime_library() {
    void* entry = dlsym(RTLD_DEFAULT, "OrtGetApiBase");  // of the program, if it is linked with the library
    if (entry == nullptr) {
      std::vector<std::string> places;
      if (const char* named = std::getenv("MLL_ONNXRUNTIME_LIBRARY")) places.emplace_back(named);
#ifdef MLL_ONNXRUNTIME_LIBRARY
      places.emplace_back(MLL_ONNXRUNTIME_LIBRARY);
#endif
      places.emplace_back("libonnxruntime.so.1");
      places.emplace_back("libonnxruntime.so");
      for (const auto& place : places) {
        void* library = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
          const char* why = dlerror();
          missing_ += (missing_.empty() ? "" : "; ") + std::string{why == nullptr ? place.c_str() : why};
          continue;
        }
        entry = dlsym(library, "OrtGetApiBase");
        if (entry != nullptr) break;
        missing_ += (missing_.empty() ? "" : "; ") + place + " has no OrtGetApiBase";
      }
    }
    if (entry == nullptr) return;
    missing_.clear();
    const OrtApiBase* base = reinterpret_cast<const OrtApiBase* (*)()>(entry)();
    version_ = base->GetVersionString();
    api_ = base->GetApi(api_version);
    if (api_ == nullptr) {
      missing_ = "ONNX Runtime " + version_ + " is older than 1." + std::to_string(api_version);
      return;
    }
    OrtEnv* environment = nullptr;
    OrtStatus* status = api_->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "mll", &environment);
    if (status != nullptr) missing_ = "ONNX Runtime " + version_ + ": " + message(status);
    environment_ = environment;
  }

  /// The message of a status, on one line. Releases it.
  [[nodiscard]] std::string message(OrtStatus* status) const {
    std::string out = api_->GetErrorMessage(status);
    api_->ReleaseStatus(status);
    std::replace(out.begin(), out.end(), '\n', ' ');
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }

  std::string missing_;
  std::string version_;
  const OrtApi* api_ = nullptr;
  const OrtEnv* environment_ = nullptr;
};

}  // namespace mll::detail
