// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <CLI/CLI.hpp>

#include "network_settings.hpp"
#include "number_options.hpp"

namespace example {

/// `--size`, `--order`, `--layout`, `--scale`, `--mean`, `--deviation`, `--logits`.
inline void add_network(CLI::App& app, network_settings& network) {
  app.add_option("--size", network.size,
                 "Side of the experts' input in pixels (default: as the file declares)")
      ->check(whole_number(0, 16384));
  app.add_option("--order", network.order, "Order of the colour channels")
      ->capture_default_str()
      ->check(CLI::IsMember({"rgb", "bgr"}));
  app.add_option("--layout", network.layout, "Order of the input's dimensions")
      ->capture_default_str()
      ->check(CLI::IsMember({"nchw", "nhwc"}));
  app.add_option("--scale", network.scale, "Factor of the pixels (0 to 255); default 1/255")
      ->check(finite_number(numbers::without_zero));
  app.add_option("--mean", network.mean, "Subtracted from each channel after scaling: a,b,c")
      ->delimiter(',')
      ->check(finite_number(numbers::all));
  app.add_option("--deviation", network.deviation, "Divisor of each channel after that: a,b,c")
      ->delimiter(',')
      ->check(finite_number(numbers::positive));
  app.add_flag("--logits", network.logits, "The experts return logits, not probabilities");
}

}  // namespace example
