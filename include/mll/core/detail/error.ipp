// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mll/core/detail/visible_text.hpp"
#include "mll/core/error.hpp"

namespace mll {

MLL_DEFINE invalid_argument::invalid_argument(std::string_view argument, std::string_view expected,
                                              std::string_view found)
    : error{std::string{argument} + ": expected " + detail::visible_text(expected) + ", found " +
            detail::visible_text(found)},
      argument_{argument} {}

MLL_DEFINE parse_error::parse_error(std::string_view file, std::size_t line, std::string_view expected,
                                    std::string_view found)
    : error{std::string{file} + (line == 0 ? std::string{} : ":" + std::to_string(line)) + ": expected " +
            detail::visible_text(expected) + ", found " + detail::visible_text(found)},
      file_{file},
      line_{line},
      expected_{expected},
      found_{found} {}

MLL_DEFINE model_error::model_error(std::string_view model, std::string_view reason)
    : error{"model '" + std::string{model} + "': " + std::string{reason}}, model_{model} {}

MLL_DEFINE device_error::device_error(std::string_view attempt, std::string_view reason)
    : error{std::string{attempt} + ": " + std::string{reason}} {}

}  // namespace mll
