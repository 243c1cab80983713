// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// ONNX Runtime, but for networks that crash it: files with the text "crash when loaded" or "crash when run".
// A program runs it by MLL_ONNXRUNTIME_LIBRARY.
#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace {

const OrtApiBase* real_base() {
  static const OrtApiBase* const found = [] {
    void* const library = dlopen(REAL_ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
    void* const entry = library == nullptr ? nullptr : dlsym(library, "OrtGetApiBase");
    if (entry == nullptr) std::raise(SIGABRT);
    return reinterpret_cast<const OrtApiBase* (*)()>(entry)();
  }();
  return found;
}

const OrtApi* real_api = nullptr;
std::mutex guard;
std::set<const OrtSession*> doomed;

OrtStatus* note(std::string_view bytes, OrtStatus* status, OrtSession* const* session) {
  const std::scoped_lock lock{guard};
  if (status == nullptr && bytes.find("crash when run") != std::string_view::npos) doomed.insert(*session);
  return status;
}
void crash_on_load(std::string_view bytes) {
  if (bytes.find("crash when loaded") != std::string_view::npos) std::raise(SIGSEGV);
}

OrtStatus* create(const OrtEnv* environment, const char* path, const OrtSessionOptions* options,
                  OrtSession** out) noexcept {
  std::ifstream stream{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
  crash_on_load(bytes);
  return note(bytes, real_api->CreateSession(environment, path, options, out), out);
}
OrtStatus* create_from_array(const OrtEnv* environment, const void* data, std::size_t size,
                             const OrtSessionOptions* options, OrtSession** out) noexcept {
  const std::string_view bytes{static_cast<const char*>(data), size};
  crash_on_load(bytes);
  return note(bytes, real_api->CreateSessionFromArray(environment, data, size, options, out), out);
}
OrtStatus* run(OrtSession* session, const OrtRunOptions* options, const char* const* input_names,
               const OrtValue* const* inputs, std::size_t input_count, const char* const* output_names,
               std::size_t output_count, OrtValue** outputs) noexcept {
  {
    const std::scoped_lock lock{guard};
    if (doomed.contains(session)) std::raise(SIGFPE);
  }
  return real_api->Run(session, options, input_names, inputs, input_count, output_names, output_count,
                       outputs);
}

const OrtApi* api_of(std::uint32_t version) noexcept {
  real_api = real_base()->GetApi(version);
  if (real_api == nullptr) return nullptr;
  static OrtApi api = *real_api;
  api.CreateSession = create;
  api.CreateSessionFromArray = create_from_array;
  api.Run = run;
  return &api;
}
const char* version_text() noexcept {
  return real_base()->GetVersionString();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const OrtApiBase* OrtGetApiBase() noexcept {
  static const OrtApiBase base{api_of, version_text};
  return &base;
}
