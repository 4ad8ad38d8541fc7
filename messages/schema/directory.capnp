@0xfdb53f426cc6942b;
# What is said to the directory, and the events of one account.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("hearth::wire");

enum DeviceKind {
  manager @0;
  player @1;
  gateway @2;
  home @3;
}

enum Role {
  none @0;
  directory @1;
  superPeer @2;
  home @3;
  client @4;
}

struct PublicKeys {
  signing @0 :Data;   # Ed25519 public key, 32 bytes.
  exchange @1 :Data;  # X25519 public key, 32 bytes.
}

struct Device {
  keys @0 :PublicKeys;
  kind @1 :DeviceKind;
  name @2 :Text;  # UTF-8, at most `name_bytes_max` bytes.
}

# ---- the chain of an account: docs/formats/account_chain.md ----

struct SignedEvent {
  body @0 :Data;       # At most `chain_event_bytes_max` bytes. Opaque here.
  signature @1 :Data;  # Ed25519, 64 bytes.
}

struct RecordedEvent {
  # One log record of the accounts' stream; also a row, kept for ever.
  event @0 :SignedEvent;
  atMs @1 :Int64;  # Unix time, UTC, milliseconds, by the directory that led. Not signed.
}

struct AccountFollowed {
  # Likewise, of another account than its own.
  account @0 :Data;                # AccountId, 32 bytes.
  events @1 :List(RecordedEvent);  # At most `chain_page`.
}

struct AccountForgotten {
  account @0 :Data;  # AccountId, 32 bytes.
}

struct AppendEvent {
  event @0 :SignedEvent;
  code @1 :Text;  # Of the pairing that the event ends. Absent: none.
}

struct EventAppended {
  account @0 :Data;   # AccountId, 32 bytes.
  number @1 :UInt64;  # Of the event.
}

struct FetchChain {
  after @0 :UInt64;   # Number of an event.
  recovery @1 :Data;  # Ed25519 public key, 32 bytes. Absent: of the sender's account.
  proof @2 :Data;     # 64 bytes, with `recovery` alone.
  account @3 :Data;   # AccountId, 32 bytes, of another account that shares with the sender's, or
                      # is shared with. Absent: of the sender's.
}

struct ChainPage {
  account @0 :Data;   # AccountId, 32 bytes.
  length @1 :UInt64;  # Of the whole chain.
  head @2 :Data;      # Hash of its last event, 32 bytes.
  events @3 :List(RecordedEvent);  # At most `chain_page`.
}

struct ChainExtended {
  # In a log of a home or client: events that it has verified, behind those it had.
  events @0 :List(RecordedEvent);  # At most `chain_page`.
}

# ---- commands and answers ----

struct RegisterHome {
  # The sender is the home.
}

struct HomeRegistered {
  account @0 :Data;      # AccountId, 32 bytes.
  certificate @1 :Data;  # Signed by the directory: docs/formats/ticket.md. Opaque here.
}

struct ListHomes {
  # Of the sender's account.
}

struct HomeRecord {
  keys @0 :PublicKeys;
  superPeers @1 :List(Data);  # NodeIds, newest attachment first. Empty or absent: offline.
  owner @2 :Data;             # AccountId, 32 bytes. Absent: the sender's account.
}

struct Granter {
  account @0 :Data;   # AccountId, 32 bytes.
  name @1 :Text;
  length @2 :UInt64;  # Of its chain, which tells of the shares.
}

struct HomesListed {
  homes @0 :List(HomeRecord);  # At most `devices_per_account_max`; own ones first.
  length @1 :UInt64;           # Of the account's chain.
  granters @2 :List(Granter);  # Owners of the others; at most `granters_per_account_max`.
}

# ---- shares ----

struct FindAccount {
  name @0 :Text;     # UTF-8, at most `name_bytes_max` bytes. Absent: by `account`.
  account @1 :Data;  # AccountId, 32 bytes. Absent: by `name`.
}

struct AccountFound {
  account @0 :Data;  # AccountId, 32 bytes.
  name @1 :Text;
}

struct Share {
  # A row of the account's that grants it.
  number @0 :UInt64;   # Of the event that did.
  grantee @1 :Data;    # AccountId, 32 bytes.
  home @2 :Data;       # NodeId, 32 bytes.
  folder @3 :Data;     # FolderId, 16 bytes. Absent: the whole library.
  expiresMs @4 :Int64; # Unix time, UTC, milliseconds; 0: never.
}

struct SharedHome {
  keys @0 :PublicKeys;
  expiresMs @1 :Int64;  # Of its share that ends last; 0: never.
}

struct ShareNews {
  # From the group of one account to that of another: all that the one shares with the other. Also
  # a row of both, and a log record.
  granter @0 :Data;   # AccountId, 32 bytes.
  name @1 :Text;      # Of the granter.
  grantee @2 :Data;   # AccountId, 32 bytes.
  length @3 :UInt64;  # Of the granter's chain: newer news have more.
  homes @4 :List(SharedHome);  # At most `shares_per_account_max`.
}

struct NewsTaken {
  granter @0 :Data;   # AccountId, 32 bytes.
  grantee @1 :Data;   # AccountId, 32 bytes.
  length @2 :UInt64;  # Of the news that were taken.
}

struct ShareEvent {
  # One log record; they have a stream of their own.
  union {
    newsWritten @0 :ShareNews;  # To be told.
    newsTaken @1 :NewsTaken;    # They were.
    newsHeard @2 :ShareNews;
  }
}

struct RequestTicket {
  home @0 :Data;  # NodeId, 32 bytes.
}

struct TicketIssued {
  ticket @0 :Data;  # Signed: docs/formats/ticket.md. Opaque here.
}

struct ReportPresence {
  epoch @0 :UInt64;           # Of the super-peer's process; rises with every start.
  complete @1 :Bool;          # Begins to tell all homes that are attached here.
  arrivals @2 :List(Data);    # NodeIds; with departures at most `presence_homes_max`.
  departures @3 :List(Data);  # NodeIds.
}

struct PresenceRelayed {
  superPeer @0 :Data;         # NodeId, 32 bytes, that reported to the directory which tells.
  report @1 :ReportPresence;
}

# ---- pairing ----

struct OfferPairing {
  device @0 :Device;  # The sender.
}

struct PairingOffered {
  code @0 :Text;     # docs/formats/identity.md.
  lifeMs @1 :Int64;  # What is left of it.
}

struct ShowPairing {
  code @0 :Text;
}

struct PairingShown {
  device @0 :Device;
  source @1 :Text;   # Address that the device came from, at most `source_bytes_max` bytes.
  lifeMs @2 :Int64;  # What is left of the code's.
}

struct PairingOffer {
  # A row of the pairings' projection.
  code @0 :Text;
  device @1 :Device;
  source @2 :Text;
  untilMs @3 :Int64;  # Unix time, UTC, milliseconds.
}

struct PairingClosed {
  code @0 :Text;
  account @1 :Data;  # AccountId, 32 bytes, that took the device in. Absent: none did.
}

struct PairingEvent {
  # One log record; they have a stream of their own.
  union {
    pairingOpened @0 :PairingOffer;
    pairingClosed @1 :PairingClosed;
  }
}

struct Forwarded {
  origin @0 :Data;    # NodeId, 32 bytes, of the peer that sent `envelope` to the first directory.
  role @1 :Role;      # Of `origin`, as the first directory's link has proven it.
  envelope @2 :Data;  # A flat envelope, at most `forwarded_bytes_max` bytes. Opaque here.
  source @3 :Text;    # Address that `origin` came from, at most `source_bytes_max` bytes.
  group @4 :UInt32;   # Whose leader is to answer.
  bucket @5 :UInt16;  # Below 4096: the group's, as the sender's map says.
  map @6 :UInt64;     # Version of that map.
  step @7 :ForwardStep;
  account @8 :Data;   # AccountId, 32 bytes, that it is about, where it is known.
  nameClaim @9 :UInt64;      # Numbers of the claims that a commit is done for.
  deviceClaim @10 :UInt64;
  recoveryClaim @11 :UInt64;
}

enum ForwardStep {
  whole @0;   # All there is to do.
  check @1;   # Answer: MayGoOn, or that to what is done already.
  commit @2;  # The other groups have done their parts.
  close @3;   # It is done: clear up.
  offer @4;   # Is the code of the device that is enrolled? Answer: MayGoOn.
}

# ---- groups, their map, and what several of them have a part in ----

struct BucketRun {
  first @0 :UInt16;  # Buckets from here on.
  group @1 :UInt32;
}

struct GroupMap {
  # A row and a log record of group 0, and in WrongGroup.
  version @0 :UInt64;
  runs @1 :List(BucketRun);  # Ascending; the first begins with bucket 0.
}

struct WrongGroup {
  map @0 :GroupMap;
}

enum ClaimKind {
  name @0;      # `id` is the BLAKE2b-256 of the name in NFC, case-folded.
  device @1;    # `id` is the device's.
  recovery @2;  # `id` is the public recovery key of an account.
}

struct ClaimKey {
  kind @0 :ClaimKind;
  id @1 :Data;  # 32 bytes.
}

struct Claim {
  # Also a row and a log record.
  key @0 :ClaimKey;
  account @1 :Data;   # AccountId, 32 bytes.
  by @2 :Data;        # NodeId, 32 bytes, of the device that asked for it.
  number @3 :UInt64;  # Grows with every claim of a group.
  holds @4 :Bool;
}

struct ReserveClaim {
  claim @0 :Claim;
}

struct FindClaim {
  key @0 :ClaimKey;
}

struct ClaimShown {
  claim @0 :Claim;  # Absent: there is none.
}

struct EndClaim {
  # Also a log record.
  key @0 :ClaimKey;
  number @1 :UInt64;
  holds @2 :Bool;
}

struct SettleClaim {
  key @0 :ClaimKey;
  account @1 :Data;  # AccountId, 32 bytes.
  number @2 :UInt64;
}

struct ClaimSettled {
  holds @0 :Bool;
}

struct MayGoOn {
  account @0 :Data;  # AccountId, 32 bytes, of who asks.
}

struct ClaimRefused {
  key @0 :ClaimKey;
  account @1 :Data;  # AccountId, 32 bytes.
  number @2 :UInt64;
}

struct ClaimEvent {
  # One log record; they have a stream of their own.
  union {
    claimReserved @0 :Claim;
    claimEnded @1 :EndClaim;
    claimRefused @2 :ClaimRefused;
  }
}

struct AccountState {
  # A row of the accounts' projection: what the events of one account add up to, but for its
  # devices, each of which has a row of its own.
  account @0 :Data;   # AccountId, 32 bytes.
  name @1 :Text;
  length @2 :UInt64;  # Number of its events.
  head @3 :Data;      # Hash of the last one, 32 bytes.
  recovery @4 :Data;  # Ed25519 public key, 32 bytes.
  enrolled @5 :UInt32;      # Number of devices that it ever had, the revoked ones too.
  managersFrom @6 :UInt32;  # Number of the first device that may sign, being a manager.
}
