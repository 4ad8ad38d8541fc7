#pragma once

#include "nodes/cli/up/cluster_plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::cli::up {

enum class ProcessState : std::uint8_t { starting, serving, paused, down };

struct ProcessStatus {
  const ProcessPlan* plan = nullptr;
  ProcessState state = ProcessState::starting;
};

/// What a drill learns of the cluster: one JSON object. docs/drills/live.md has its fields.
[[nodiscard]] std::string status_text(const ClusterPlan& plan,
                                      const std::vector<ProcessStatus>& processes,
                                      std::uint64_t error_lines);

}  // namespace hearth::cli::up
