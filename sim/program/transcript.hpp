#pragma once

#include "sim/world/trace.hpp"

#include <string>

namespace hearth::sim {

/// What the columns of `transcript_line` are.
[[nodiscard]] std::string transcript_head();

/// An event in fixed columns: its number, seconds of virtual time, node, actor, kind, detail.
[[nodiscard]] std::string transcript_line(const Trace::Line& line);

}  // namespace hearth::sim
