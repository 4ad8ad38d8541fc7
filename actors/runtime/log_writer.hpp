#pragma once
// The actor through which all others of its node write the event log.
//
//   storage::Append -> Durable        once it is durable, in the order of the appends
//                   -> AppendRefused  at once: `sequence_moved`, its writer is broken
//
// Plain messages, not requests: CAF searches pending requests linearly.

#include "actors/runtime/caf_protocol.hpp"
#include "actors/runtime/log_door.hpp"
#include "actors/runtime/log_writer_machine.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <deque>
#include <functional>
#include <optional>

namespace hearth {

/// What the log-writer borrows from its node. All of it outlives the actor.
struct LogWriterPorts {
  storage::EventLog* log = nullptr;
  LogDoor* door = nullptr;                   ///< Kept up to date with what waits.
  std::function<void(const Error&)> failed;  ///< Why the node is about to stop.
};

struct LogWriterState {
  static inline const char* name = "log-writer";

  LogWriterPorts ports;
  std::optional<LogWriterMachine> machine;
  std::deque<caf::strong_actor_ptr> writers;  ///< Of the appends that are not durable, in order.
};

/// Quits with an error when the log takes no more, so that its node stops and recovers from what
/// is on disk.
caf::behavior log_writer(caf::stateful_actor<LogWriterState>* self, LogWriterPorts ports);

}  // namespace hearth
