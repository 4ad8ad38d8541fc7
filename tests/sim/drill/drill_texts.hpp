#pragma once
// Drill files for tests.

#include "sim/drill/parser.hpp"

#include <string>

namespace hearth::drill {

/// A small drill that is right; `rest` goes below it, from line 12.
inline std::string small_drill(const std::string& rest = {}) {
  return R"(drill = "small"
says = "Nothing much."
tolerance = "within"
[topology]
regions = ["us", "eu"]
super_peers_per_region = 2
homes = 3
clients = 4
[[steady_state]]
probe = "browse.success_ratio"
at_least = 0.99
)" + rest;
}

}  // namespace hearth::drill
