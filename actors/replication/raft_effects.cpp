#include "actors/replication/raft_effects.hpp"

namespace hearth::replication {

void Effects::clear() {
  stop.reset();
  leadership.reset();
  stage.clear();
  write.reset();
  messages.clear();
  committed.clear();
  reads.clear();
  open_snapshot = false;
}

}  // namespace hearth::replication
