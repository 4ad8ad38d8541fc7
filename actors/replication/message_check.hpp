#pragma once

#include "messages/replication/raft_messages.hpp"

#include <string>

namespace hearth::replication {

/// What no correct replica would say, whatever state it is in; empty for a proper message.
[[nodiscard]] std::string objection_to(const Message& message);

}  // namespace hearth::replication
