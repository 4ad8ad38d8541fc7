#include "sim/promises/group_copy.hpp"

#include "actors/replication/group_rows.hpp"

namespace hearth::sim {

std::unique_ptr<replication::ReplicatedReader> newest_copy(World& world, GroupId group) {
  std::unique_ptr<replication::ReplicatedReader> newest;
  replication::Index index = 0;
  for (const auto& node : world.nodes()) {
    if (node->spec().role != drill::Role::directory || !node->up()) {
      continue;
    }
    const auto& log = *node->log();
    const auto applied = replication::read_applied(log, group);
    const auto base = log.row(replication::log_stream(group), replication::base_key);
    if (!applied || !applied.value() || !base || !base.value() || applied.value()->index <= index) {
      continue;
    }
    if (const auto decoded = replication::decode_base(*base.value())) {
      index = applied.value()->index;
      newest = std::make_unique<replication::ReplicatedReader>(group, log);
      newest->show(decoded.value().generation);
    }
  }
  return newest;
}

}  // namespace hearth::sim
