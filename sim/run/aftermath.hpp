#pragma once
// What is tried when the faults of a run are over and all has converged: promises that hold only
// where nothing else goes wrong.

#include "sim/run/town.hpp"

#include <map>
#include <string>

namespace hearth::sim {

/// P7: all directories go for `lasts`, every super-peer restarts meanwhile, and people go on
/// browsing and playing. The directories are back at the end.
void live_without_directories(Town& town, Millis lasts);

/// P10: what nodes answer about what they hold is the same after all of them were restarted.
void restart_everybody(Town& town);

}  // namespace hearth::sim
