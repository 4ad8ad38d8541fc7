#pragma once

#include "sim/program/worker.hpp"

namespace hearth::sim {

/// Whether two runs of `order`, in two processes, were the same. If not, plays it twice more to
/// name the first event that they do not share, on stderr.
[[nodiscard]] bool are_the_same(const WorkOrder& order, const WorkResult& first,
                                const WorkResult& second);

}  // namespace hearth::sim
