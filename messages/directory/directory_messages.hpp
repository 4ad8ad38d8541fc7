#pragma once
// What is said to the directory, and what it remembers. Accounts own devices; a home is a device.

#include "messages/base/ids.hpp"
#include "messages/directory/chain_event.hpp"
#include "messages/directory/group_map.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::directory {

// ---- the chain of an account; sent to the actor "accounts" of a directory ----

/// Takes `event` if it may come next, whoever hands it in: what counts is who signed it. The first
/// event of an account is taken from its first device alone. The same event again is answered as
/// the first time. Answer: `EventAppended`.
///
/// Refused: `chain_moved` (it follows another event than the last: fetch, decide and sign anew),
/// `not_allowed`, `device_exists`, `device_unknown`, `limit_reached`, `value_invalid`,
/// `name_taken`; with a code also as `ShowPairing`.
struct AppendEvent {
  static constexpr MessageKind kind = MessageKind::append_event;
  SignedEvent event;
  std::string code;  ///< Of the device that it enrols, which uses the code; empty: no code.
  friend bool operator==(const AppendEvent&, const AppendEvent&) = default;
};

struct EventAppended {
  static constexpr MessageKind kind = MessageKind::event_appended;
  AccountId account;
  std::uint64_t number = 0;  ///< Of the event.
  friend bool operator==(const EventAppended&, const EventAppended&) = default;
};

/// By a device of an account, or with `proof` by who holds its recovery key. Of another account,
/// a home may fetch the chain if it is shared with that account, and others if that account shares
/// with theirs. Answer: `ChainPage`. Refused: `device_unknown`, `not_allowed` (of the proof),
/// `account_unknown`.
struct FetchChain {
  static constexpr MessageKind kind = MessageKind::fetch_chain;
  std::uint64_t after = 0;  ///< The events with higher numbers; 0: all.
  SigningKey recovery;      ///< Zero: of the sender's account.
  Signature proof;          ///< `sign_recovery_request`, for the sender.
  AccountId account = {};   ///< Zero: the sender's; else without `recovery`.
  friend bool operator==(const FetchChain&, const FetchChain&) = default;
};

/// One record of the accounts' stream, and a row of what is kept of each account.
struct RecordedEvent {
  SignedEvent event;
  std::int64_t at_ms = 0;  ///< Unix time, as the directory that led has said: nobody signed it.
  friend bool operator==(const RecordedEvent&, const RecordedEvent&) = default;
};

struct ChainPage {
  static constexpr MessageKind kind = MessageKind::chain_page;
  AccountId account;
  std::uint64_t length = 0;           ///< Of the whole chain.
  ChainHash head;                     ///< Of its last event.
  std::vector<RecordedEvent> events;  ///< In order, at most `limits::chain_page`.
  friend bool operator==(const ChainPage&, const ChainPage&) = default;
};

/// What a home or a client has verified and keeps: events that follow those it has.
struct ChainExtended {
  std::vector<RecordedEvent> events;  ///< At most `limits::chain_page`.
  friend bool operator==(const ChainExtended&, const ChainExtended&) = default;
};

/// Likewise, of an account that shares with its own, or is shared with.
struct AccountFollowed {
  AccountId account;
  std::vector<RecordedEvent> events;  ///< At most `limits::chain_page`.
  friend bool operator==(const AccountFollowed&, const AccountFollowed&) = default;
};

/// Nothing is shared any more.
struct AccountForgotten {
  AccountId account;
  friend bool operator==(const AccountForgotten&, const AccountForgotten&) = default;
};

// ---- homes ----

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

/// By any device, about the homes of its account and those shared with it. Answer: `HomesListed`.
struct ListHomes {
  static constexpr MessageKind kind = MessageKind::list_homes;
  friend bool operator==(const ListHomes&, const ListHomes&) = default;
};

/// Where a home is. Its name is not here: only those it lets in know it.
struct HomeRecord {
  PublicKeys keys;
  std::vector<NodeId> super_peers;  ///< That it is attached to now, newest first; empty = offline.
  AccountId owner = {};             ///< Zero: the asker's account.
  friend bool operator==(const HomeRecord&, const HomeRecord&) = default;
};

/// An account that shares with another: its chain says what.
struct Granter {
  AccountId account;
  std::string name;
  std::uint64_t length = 0;  ///< Of its chain, when its shares with that account last changed.
  friend bool operator==(const Granter&, const Granter&) = default;
};

struct HomesListed {
  static constexpr MessageKind kind = MessageKind::homes_listed;
  std::vector<HomeRecord> homes;  ///< Own ones first; at most `limits::homes_per_account_max`.
  std::uint64_t length = 0;  ///< Of the account's chain, which says whether they are its homes.
  std::vector<Granter> granters = {};
  friend bool operator==(const HomesListed&, const HomesListed&) = default;
};

/// By a device, for first contact with a home of its account, or one that is shared with it.
/// Answer: `TicketIssued`.
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

/// What a group is to do with a command that other groups have a part in. Numbers travel: append
/// only.
enum class ForwardStep : std::uint8_t {
  whole = 0,   ///< All there is to do.
  check = 1,   ///< Say whether it may be done. Answer: `MayGoOn`, or that to what is done already.
  commit = 2,  ///< Do it: the other groups have done their parts.
  close = 3,   ///< It is done: clear up.
  offer = 4,   ///< Say whether its code is of the device that it enrols. Answer: `MayGoOn`.
};

/// From one directory to another, for the leader of a group: `envelope` as the first received it
/// from `origin`, whose keys its link has checked. The answer is the answer to `envelope`, or
/// `WrongGroup`.
struct Forwarded {
  static constexpr MessageKind kind = MessageKind::forwarded;
  NodeId origin;
  Role role = Role::none;
  Bytes envelope;
  std::string source;  ///< Address that `origin` came from.
  GroupId group{};
  Bucket bucket = 0;
  std::uint64_t map = 0;  ///< Version of the map that says that the bucket is this group's.
  ForwardStep step = ForwardStep::whole;
  AccountId account;                 ///< That it is about, where it is known.
  std::uint64_t name_claim = 0;      ///< Numbers of the claims that `commit` is done for.
  std::uint64_t device_claim = 0;    ///< Likewise.
  std::uint64_t recovery_claim = 0;  ///< Likewise.
  friend bool operator==(const Forwarded&, const Forwarded&) = default;
};

/// The account as a projection's row: what its events up to `length` add up to. Its devices have
/// rows of their own, or else every change would write all of them again.
struct AccountState {
  AccountId account;
  std::string name;
  std::uint64_t length = 0;  ///< Number of its events.
  ChainHash head;            ///< Of the last one.
  SigningKey recovery;
  std::uint32_t enrolled = 0;  ///< Number of devices that it ever had, the revoked ones too.
  /// Managers with lower numbers were there before the recovery key last made one: they sign
  /// nothing any more.
  std::uint32_t managers_from = 0;
  friend bool operator==(const AccountState&, const AccountState&) = default;
};

}  // namespace hearth::directory
