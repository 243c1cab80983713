// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <memory>

#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll::detail {

/// A reference to a selection method of any type.
class method_ref {
 public:
  template <class Method>
    requires(!std::same_as<Method, method_ref>)
  method_ref(const Method& method) noexcept  // NOLINT(google-explicit-constructor): a view
      : method_{std::addressof(method)}, fit_{[](const void* m, exec::backend_ref b, const task_evidence& e) {
          return (*static_cast<const Method*>(m))(b, e);
        }} {}

  [[nodiscard]] ensemble operator()(exec::backend_ref backend, const task_evidence& evidence) const {
    return fit_(method_, backend, evidence);
  }

 private:
  const void* method_;
  ensemble (*fit_)(const void*, exec::backend_ref, const task_evidence&);
};

}  // namespace mll::detail
