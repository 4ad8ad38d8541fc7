#pragma once

#include "sim/program/worker.hpp"

#include <optional>
#include <string>

namespace hearth::sim {

/// Nothing: two runs of `order`, in two processes, were the same. Else plays it twice more to name
/// the first event that they do not share.
[[nodiscard]] std::optional<std::string> parting_of(const WorkOrder& order, const WorkResult& first,
                                                    const WorkResult& second);

}  // namespace hearth::sim
