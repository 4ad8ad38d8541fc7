#pragma once
// What the relay machine and its splice engine say to each other. The machine decides who may meet
// whom; the engine owns the data connections. Events come from the engine's thread, orders go to
// it through a queue: neither waits for the other.

#include "messages/base/error.hpp"
#include "messages/base/ids.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/stream_keys.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace hearth::relay {

/// A data connection, numbered by the engine in the order of arrival; never reused.
using ConnectionId = std::uint64_t;

/// A stream of a client and a home, numbered by the relay machine; never reused, not even by the
/// next process.
using PairId = std::uint64_t;

// ---- engine to machine (external inputs) ----

/// A client asks for a stream. Answered with `ExpectLeg` or `DenyOpen`.
struct OpenWanted {
  ConnectionId connection = 0;
  NodeId client;  ///< Proven by the key of its data connections.
  OpenStream open;
};

/// Bytes that the kernel took for the receivers since the last report of this pair.
struct PairMetered {
  PairId pair = 0;
  std::uint64_t to_client = 0;
  std::uint64_t to_home = 0;
};

/// Every `EngineLimits::metering_interval` while there are pairs; pairs without traffic are left
/// out.
struct PairsMetered {
  std::vector<PairMetered> pairs;
};

/// Comes exactly once for every `ExpectLeg`, after it nothing more of this pair.
struct PairEnded {
  PairMetered rest;
  ErrorCode reason = ErrorCode::none;  ///< `none`: both sides finished.
};

/// By the node: no new streams, tunnels and homes from now on; those that are open go on.
struct DrainWanted {};

using RelayExternal = std::variant<OpenWanted, PairsMetered, PairEnded, DrainWanted>;

// ---- machine to engine (commands) ----

/// Data connections that prove `key` are `peer`'s. A second key of one peer replaces no other.
struct InstallKey {
  seal::DataKey key;
  NodeId peer;
  Role role = Role::none;  ///< `client` or `home`.
};

/// The control session is over: its key opens no more connections, and those that are not paired
/// are closed. Pairs live on until their ticket ends, so that a short break costs no stream.
struct RemoveKey {
  decltype(seal::DataKey::name) name;
};

/// The client may: wait for the home's connection that names `pair`.
struct ExpectLeg {
  ConnectionId connection = 0;
  PairId pair = 0;
  NodeId home;
};

/// The client may not, or the home cannot: tell it why and close.
struct DenyOpen {
  ConnectionId connection = 0;
  ErrorCode reason = ErrorCode::not_allowed;
};

/// Abort these pairs, and those of them that still wait.
struct CutPairs {
  std::vector<PairId> pairs;
  ErrorCode reason = ErrorCode::ticket_invalid;
};

/// Refuse new streams with `stopping`.
struct StopAdmitting {};

using RelayCommand =
    std::variant<InstallKey, RemoveKey, ExpectLeg, DenyOpen, CutPairs, StopAdmitting>;

}  // namespace hearth::relay
