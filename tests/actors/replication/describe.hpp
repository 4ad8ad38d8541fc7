#pragma once
// Messages and effects in words, as transcripts show them.

#include "tests/actors/replication/replica.hpp"

#include <string>

namespace hearth::replication::testing {

/// "1/2": index and term.
[[nodiscard]] std::string describe(SnapshotId id);
[[nodiscard]] std::string describe(const Entry& entry);
/// "1 2 3L 4+1": L for a learner, + for a priority.
[[nodiscard]] std::string describe(const Configuration& configuration);
[[nodiscard]] std::string describe(const Message& message);
/// A line for each thing that `node` wants done.
[[nodiscard]] std::string describe(const NodeId& node, const Effects& effects);
/// The state of a replica in one line, and one for each follower of a leader.
[[nodiscard]] std::string describe(const Replica& replica);

}  // namespace hearth::replication::testing
