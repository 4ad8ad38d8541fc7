#pragma once
// The events of an account's chain: who may come in, what is shared, and who says so. Each names
// the one before it by its hash and is signed by a manager of the account, or by its recovery key,
// so that whoever keeps the chain can neither add to it nor change it. The rules are in
// actors/chain. docs/formats/account_chain.md has the bytes.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace hearth::directory {

/// Numbers are stored: append only.
enum class DeviceKind : std::uint8_t {
  manager = 0,  ///< May enrol and revoke, and alone signs events of the chain.
  player = 1,
  gateway = 2,
  home = 3,
};

struct Device {
  PublicKeys keys;  ///< Its id is the NodeId of `keys.signing`.
  DeviceKind kind = DeviceKind::player;
  std::string name;  ///< 1 to `limits::name_bytes_max` bytes, UTF-8, no control characters.

  friend bool operator==(const Device&, const Device&) = default;
};

/// BLAKE2b-256 of an event's body. That of the first is the account's id.
using ChainHash = FixedBytes<struct ChainHashTag, 32>;

/// The first event. `device` signs it.
struct AccountOpened {
  std::string name;     ///< As `Device::name`.
  SigningKey recovery;  ///< What it signs outranks every manager.
  Device device;        ///< The first manager.
  friend bool operator==(const AccountOpened&, const AccountOpened&) = default;
};

struct DeviceEnrolled {
  Device device;
  friend bool operator==(const DeviceEnrolled&, const DeviceEnrolled&) = default;
};

struct DeviceRevoked {
  NodeId device;
  friend bool operator==(const DeviceRevoked&, const DeviceRevoked&) = default;
};

struct DeviceRenamed {
  NodeId device;
  std::string name;  ///< As `Device::name`.
  friend bool operator==(const DeviceRenamed&, const DeviceRenamed&) = default;
};

/// Devices of another account may see a folder of a home. The share has the number of its event.
struct ShareGranted {
  AccountId grantee;
  NodeId home;
  FolderId folder;              ///< Zero: the whole library.
  std::int64_t expires_ms = 0;  ///< Unix time; 0: never.
  friend bool operator==(const ShareGranted&, const ShareGranted&) = default;
};

struct ShareRevoked {
  std::uint64_t share = 0;  ///< Number of the event that granted it.
  friend bool operator==(const ShareRevoked&, const ShareRevoked&) = default;
};

using ChainAction = std::variant<AccountOpened, DeviceEnrolled, DeviceRevoked, DeviceRenamed,
                                 ShareGranted, ShareRevoked>;

struct ChainEvent {
  std::uint64_t number = 0;  ///< From 1.
  ChainHash previous;        ///< Zero before the first.
  SigningKey signer;
  ChainAction action;
  friend bool operator==(const ChainEvent&, const ChainEvent&) = default;
};

/// As it travels and is kept: the bytes that were signed, never encoded anew.
struct SignedEvent {
  Bytes body;  ///< At most `limits::chain_event_bytes_max`.
  Signature signature;
  friend bool operator==(const SignedEvent&, const SignedEvent&) = default;
};

/// An event that was read, and its hash.
struct ReadEvent {
  ChainEvent event;
  ChainHash hash;
  friend bool operator==(const ReadEvent&, const ReadEvent&) = default;
};

/// `event` as `seed` signs it. Preconditions: `seed` is the one of `event.signer`; names are within
/// their limits.
[[nodiscard]] SignedEvent sign_event(const ChainEvent& event, const seal::SecretKey& seed);

/// The form alone: for events that were verified before, from a disk of our own.
/// Errors: `message_malformed`, `format_newer` (an event of a later version).
[[nodiscard]] Result<ReadEvent> read_event(const SignedEvent& event);

/// Form and signature; whether the signer may sign is for the rules to say. Also `not_allowed`.
[[nodiscard]] Result<ReadEvent> verify_event(const SignedEvent& event);

[[nodiscard]] ChainHash hash_of(const SignedEvent& event);

/// Who holds the recovery key and is in no account asks for the account's chain, as `asker`.
[[nodiscard]] Signature sign_recovery_request(const NodeId& asker, const seal::SecretKey& seed);
[[nodiscard]] bool verify_recovery_request(const NodeId& asker, const SigningKey& recovery,
                                           const Signature& proof);

}  // namespace hearth::directory
