#pragma once
// Every message type that CAF carries inside one process. All are plain values; none is ever
// serialised by CAF (the link encodes envelopes itself).
//
//   actor -> link        BindActor, WatchPeers, Ask, Tell, Reply, LinkOrder
//   link -> actor        Delivered, Answered, PeerUp, PeerDown, NodesListed
//   actor -> log-writer  storage::Append
//   log-writer -> actor  Durable, AppendRefused
//   actor -> replicas    storage::Append, Confirm, ReignBegun, in place of the log-writer
//   replicas -> actor    Durable, AppendRefused, Confirmed, LeadershipChanged
//   actor -> itself      TimerFired
//   node -> actor        ExternalInput

#include "actors/runtime/step.hpp"
#include "messages/envelope/envelope.hpp"
#include "storage/event_log.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>

#include <string>
#include <type_traits>

namespace hearth {

/// From now on envelopes to `name` go to `actor`.
struct BindActor {
  std::string name;
  caf::actor actor;
};

/// From now on `actor` hears of every peer that comes (`PeerUp`) and goes (`PeerDown`), first of
/// those that are up already, and of every newer node list (`NodesListed`).
struct WatchPeers {
  caf::actor actor;
};

/// The sender's append is durable up to and including `last`.
struct Durable {
  storage::StreamId stream{};
  storage::Sequence last = 0;
};

/// The append was not written and never will be: `overloaded` (nothing happened). Every other
/// failure of the log ends the node.
struct AppendRefused {
  storage::StreamId stream{};
  Error error;
};

/// "May I still decide?" asks a group's machine. One `Confirmed` comes back, or
/// `LeadershipChanged`.
struct Confirm {};
struct Confirmed {};

/// A group's machine has begun `reign`: what comes from it before this message is of an earlier one
/// and is ignored.
struct ReignBegun {
  std::uint64_t reign = 0;
};

/// What the node tells a machine: `M::External` as a message.
template <class T>
struct ExternalInput {
  T value;
};

}  // namespace hearth

template <class T>
struct caf::allowed_unsafe_message_type<hearth::ExternalInput<T>> : std::true_type {};

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::BindActor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::WatchPeers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Ask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Tell)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::LinkOrder)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Delivered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::PeerUp)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::PeerDown)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::NodesListed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::TimerFired)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::storage::Append)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Durable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::AppendRefused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Confirm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::Confirmed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::ReignBegun)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::LeadershipChanged)
