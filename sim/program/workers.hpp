#pragma once

#include "sim/program/worker.hpp"

#include <functional>
#include <vector>

namespace hearth::sim {

/// Plays `orders`, each in a worker, at most `jobs` at a time; in their order they begin, as they
/// come they end. While it lasts, SIGINT and SIGTERM end the workers and not this process.
///
/// `done` is told of each run that ended, by its place in `orders`; `tick` at least twice a second.
/// Errors: `stopping`: a signal came; `overloaded`: no process could be started.
[[nodiscard]] Result<void> play(const std::vector<WorkOrder>& orders, std::size_t jobs,
                                const std::function<void(std::size_t, WorkResult)>& done,
                                const std::function<void()>& tick);

/// The same for one.
[[nodiscard]] Result<WorkResult> play(const WorkOrder& order);

}  // namespace hearth::sim
