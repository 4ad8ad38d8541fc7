#pragma once

#include "messages/base/fixed_bytes.hpp"

#include <cstdint>
#include <string_view>

namespace hearth {

/// BLAKE2b-256 of an Ed25519 public key. Names a node of the service, a home or any device alike.
using NodeId = FixedBytes<struct NodeIdTag, 32>;
/// BLAKE2b-256 of the account's first event.
using AccountId = FixedBytes<struct AccountIdTag, 32>;
/// Of a catalogue item; drawn from its library folder and path, so that it survives a rescan.
using ItemId = FixedBytes<struct ItemIdTag, 16>;
/// Hash of id, size, mtime in ns and inode of a file: another version is another file.
using ItemVersion = FixedBytes<struct ItemVersionTag, 16>;
/// Of a folder of a home's library, to everybody but that home without a meaning. Zero: all of it.
using FolderId = FixedBytes<struct FolderIdTag, 16>;
/// A client's session of requests, drawn at random by the client.
using SessionId = FixedBytes<struct SessionIdTag, 16>;
/// W3C trace id.
using TraceId = FixedBytes<struct TraceIdTag, 16>;

using SigningKey = FixedBytes<struct SigningKeyTag, 32>;    ///< Ed25519 public key.
using ExchangeKey = FixedBytes<struct ExchangeKeyTag, 32>;  ///< X25519 public key.
using Signature = FixedBytes<struct SignatureTag, 64>;      ///< Ed25519 signature.

/// A group of the replicated directory: accounts whose buckets are its own. 0 holds the map.
enum class GroupId : std::uint32_t {};

/// What a peer is to the service. Travels in hellos and in the node list: never renumber.
enum class Role : std::uint8_t {
  none = 0,
  directory = 1,
  super_peer = 2,
  home = 3,
  client = 4,  ///< Any device that plays or manages: gateway, phone, PC.
};

[[nodiscard]] constexpr std::string_view name_of(Role role) {
  switch (role) {
    case Role::directory: return "directory";
    case Role::super_peer: return "super-peer";
    case Role::home: return "home";
    case Role::client: return "client";
    case Role::none: break;
  }
  return "none";
}

/// Idempotency key of a command: counters of one session rise by one.
struct RequestId {
  SessionId session;
  std::uint64_t counter = 0;
  auto operator<=>(const RequestId&) const = default;
};

/// The public halves of one identity.
struct PublicKeys {
  SigningKey signing;
  ExchangeKey exchange;
  auto operator<=>(const PublicKeys&) const = default;
};

}  // namespace hearth
