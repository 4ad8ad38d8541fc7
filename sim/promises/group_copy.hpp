#pragma once
// What directories have of a group on their disks: for checkers that compare groups.

#include "actors/replication/replicated_reader.hpp"
#include "sim/world/world.hpp"

#include <memory>

namespace hearth::sim {

/// The rows of the directory that has applied most of `group`, of those that are up. Null: none has
/// any, or what it has cannot be read, which is for the checker of error lines. Valid until the
/// world goes on.
[[nodiscard]] std::unique_ptr<replication::ReplicatedReader> newest_copy(World& world,
                                                                         GroupId group);

}  // namespace hearth::sim
