#pragma once
// What is said to the directory, and what it remembers. Accounts own devices; a home is a device.

#include "messages/base/ids.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hearth::directory {

/// Numbers are stored: append only.
enum class DeviceKind : std::uint8_t {
  manager = 0,  ///< May enrol and revoke.
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

// ---- commands, sent to the actor "accounts" of a directory ----

/// The sender becomes the first device, a manager, of a new account. Answer: `AccountCreated`.
/// Refused: `name_taken`, `device_exists`, `value_invalid`.
struct CreateAccount {
  static constexpr MessageKind kind = MessageKind::create_account;
  std::string name;  ///< As `Device::name`; unique after NFC and case folding.
  Device device;     ///< Must be the sender's own keys.
  friend bool operator==(const CreateAccount&, const CreateAccount&) = default;
};

/// By a manager of its account. Refused: `not_allowed`, `device_exists`, `limit_reached`.
struct EnrolDevice {
  static constexpr MessageKind kind = MessageKind::enrol_device;
  Device device;
  friend bool operator==(const EnrolDevice&, const EnrolDevice&) = default;
};

/// By a manager of its account. Refused: `not_allowed`, `device_unknown`.
struct RevokeDevice {
  static constexpr MessageKind kind = MessageKind::revoke_device;
  NodeId device;
  friend bool operator==(const RevokeDevice&, const RevokeDevice&) = default;
};

/// By a manager of its account. Refused: `not_allowed`, `device_unknown`, `value_invalid`.
struct RenameDevice {
  static constexpr MessageKind kind = MessageKind::rename_device;
  NodeId device;
  std::string name;  ///< As `Device::name`.
  friend bool operator==(const RenameDevice&, const RenameDevice&) = default;
};

/// By an enrolled home. Answer: `HomeRegistered` with a fresh certificate.
struct RegisterHome {
  static constexpr MessageKind kind = MessageKind::register_home;
  friend bool operator==(const RegisterHome&, const RegisterHome&) = default;
};

struct HomeRegistered {
  static constexpr MessageKind kind = MessageKind::home_registered;
  AccountId account;
  Bytes certificate;  ///< `seal::HomeCertificate`, signed by the directory.
  friend bool operator==(const HomeRegistered&, const HomeRegistered&) = default;
};

/// By any device of an account, about its own account. Answer: `DevicesListed`.
struct ListDevices {
  static constexpr MessageKind kind = MessageKind::list_devices;
  friend bool operator==(const ListDevices&, const ListDevices&) = default;
};

struct DevicesListed {
  static constexpr MessageKind kind = MessageKind::devices_listed;
  AccountId account;
  std::uint64_t sequence = 0;   ///< Of the account's last event: a list with a lower one is older.
  std::vector<Device> devices;  ///< Unrevoked ones, in order of enrolment.
  std::string name;             ///< Of the account.
  friend bool operator==(const DevicesListed&, const DevicesListed&) = default;
};

/// By any device, about the homes of its account. Answer: `HomesListed`.
struct ListHomes {
  static constexpr MessageKind kind = MessageKind::list_homes;
  friend bool operator==(const ListHomes&, const ListHomes&) = default;
};

/// Where a home is. Its name is not here: only its devices know it.
struct HomeRecord {
  PublicKeys keys;
  std::vector<NodeId> super_peers;  ///< That it is attached to now, newest first; empty = offline.
  friend bool operator==(const HomeRecord&, const HomeRecord&) = default;
};

struct HomesListed {
  static constexpr MessageKind kind = MessageKind::homes_listed;
  std::vector<HomeRecord> homes;
  friend bool operator==(const HomesListed&, const HomesListed&) = default;
};

/// By a device, for first contact with a home of its account. Answer: `TicketIssued`.
/// Refused: `not_allowed`, `home_unknown`.
struct RequestTicket {
  static constexpr MessageKind kind = MessageKind::request_ticket;
  NodeId home;
  friend bool operator==(const RequestTicket&, const RequestTicket&) = default;
};

struct TicketIssued {
  static constexpr MessageKind kind = MessageKind::ticket_issued;
  Bytes ticket;  ///< `seal::Ticket`, signed.
  friend bool operator==(const TicketIssued&, const TicketIssued&) = default;
};

/// By a super-peer, about the homes attached to it; also renews its lease (13 s). `complete` says
/// that `arrivals` begin to tell all of them. While a part is full (`presence_homes_max` arrivals),
/// the next report goes on. Behind the first that is not, those of this super-peer that no part has
/// named are gone, and not before: a home that stays is never away in between.
struct ReportPresence {
  static constexpr MessageKind kind = MessageKind::report_presence;
  std::uint64_t epoch = 0;  ///< Of the super-peer's process; a lower one is stale and refused.
  bool complete = false;
  std::vector<NodeId> arrivals;
  std::vector<NodeId> departures;
  friend bool operator==(const ReportPresence&, const ReportPresence&) = default;
};

/// From the directory that a super-peer reports to, to all others: a tell.
struct PresenceRelayed {
  static constexpr MessageKind kind = MessageKind::presence_relayed;
  NodeId super_peer;
  ReportPresence report;
  friend bool operator==(const PresenceRelayed&, const PresenceRelayed&) = default;
};

/// From one directory to another: `envelope` as the first received it from `origin`, whose keys
/// its link has checked. The answer is the answer to `envelope`.
struct Forwarded {
  static constexpr MessageKind kind = MessageKind::forwarded;
  NodeId origin;
  Role role = Role::none;
  Bytes envelope;
  std::string source;  ///< Address that `origin` came from.
  friend bool operator==(const Forwarded&, const Forwarded&) = default;
};

// ---- events; one stream holds those of all accounts ----

/// Also the answer to `CreateAccount`.
struct AccountCreated {
  static constexpr MessageKind kind = MessageKind::account_created;
  AccountId account;
  std::string name;
  Device device;
  std::int64_t at_ms = 0;  ///< Unix time.
  friend bool operator==(const AccountCreated&, const AccountCreated&) = default;
};

struct DeviceEnrolled {
  Device device;
  NodeId by;
  std::int64_t at_ms = 0;
  AccountId account;
  friend bool operator==(const DeviceEnrolled&, const DeviceEnrolled&) = default;
};

struct DeviceRevoked {
  NodeId device;
  NodeId by;
  std::int64_t at_ms = 0;
  AccountId account;
  friend bool operator==(const DeviceRevoked&, const DeviceRevoked&) = default;
};

struct DeviceRenamed {
  NodeId device;
  std::string name;
  NodeId by;
  std::int64_t at_ms = 0;
  AccountId account;
  friend bool operator==(const DeviceRenamed&, const DeviceRenamed&) = default;
};

/// One log record. Codec: `encode<AccountEvent>`, `decode<AccountEvent>`.
using AccountEvent = std::variant<AccountCreated, DeviceEnrolled, DeviceRevoked, DeviceRenamed>;

/// By a manager, about its own account: what happened after the event number `after`. Answer:
/// `AccountEventsListed`, the page that begins there. Refused: `not_allowed`.
struct ListAccountEvents {
  static constexpr MessageKind kind = MessageKind::list_account_events;
  std::uint64_t after = 0;  ///< 0: from the first that is kept.
  friend bool operator==(const ListAccountEvents&, const ListAccountEvents&) = default;
};

struct NumberedAccountEvent {
  std::uint64_t sequence = 0;  ///< Counts the account's events from 1.
  AccountEvent event;
  friend bool operator==(const NumberedAccountEvent&, const NumberedAccountEvent&) = default;
};

struct AccountEventsListed {
  static constexpr MessageKind kind = MessageKind::account_events_listed;
  std::uint64_t last = 0;                    ///< Of the account's last event.
  std::vector<NumberedAccountEvent> events;  ///< In order, at most `limits::account_events_page`.
  friend bool operator==(const AccountEventsListed&, const AccountEventsListed&) = default;
};

/// The account as a projection's row: what its events up to `sequence` add up to. Its devices have
/// rows of their own, or else every change would write all of them again.
struct AccountState {
  AccountId account;
  std::string name;
  std::uint64_t sequence = 0;  ///< Number of its events.
  std::uint32_t enrolled = 0;  ///< Number of devices that it ever had, the revoked ones too.
  friend bool operator==(const AccountState&, const AccountState&) = default;
};

}  // namespace hearth::directory
