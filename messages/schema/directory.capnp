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

# ---- commands and answers ----

struct CreateAccount {
  name @0 :Text;     # UTF-8, at most `name_bytes_max` bytes.
  device @1 :Device; # The sender.
}

struct EnrolDevice {
  device @0 :Device;
}

struct RevokeDevice {
  device @0 :Data;  # NodeId, 32 bytes.
}

struct RenameDevice {
  device @0 :Data;  # NodeId, 32 bytes.
  name @1 :Text;    # UTF-8, at most `name_bytes_max` bytes.
}

struct RegisterHome {
  # The sender is the home.
}

struct HomeRegistered {
  account @0 :Data;      # AccountId, 32 bytes.
  certificate @1 :Data;  # Signed by the directory: docs/formats/ticket.md. Opaque here.
}

struct ListDevices {
  # Of the sender's account.
}

struct DevicesListed {
  account @0 :Data;           # AccountId, 32 bytes.
  sequence @1 :UInt64;        # Of the account's last event.
  devices @2 :List(Device);   # In order of enrolment, at most `devices_per_account_max`.
  name @3 :Text;              # Of the account.
}

struct ListAccountEvents {
  after @0 :UInt64;  # Number of an event of the sender's account; 0: from the first that is kept.
}

struct AccountEventsListed {
  last @0 :UInt64;                     # Of the account's last event.
  events @1 :List(NumberedAccountEvent);  # At most `account_events_page`.
}

struct ListHomes {
  # Of the sender's account.
}

struct HomeRecord {
  keys @0 :PublicKeys;
  superPeers @1 :List(Data);  # NodeIds, newest attachment first. Empty or absent: offline.
}

struct HomesListed {
  homes @0 :List(HomeRecord);  # At most `devices_per_account_max`.
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

struct ApprovePairing {
  code @0 :Text;
  device @1 :Device;  # As it was shown.
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
}

# ---- events; one stream holds those of all accounts ----

struct AccountCreated {
  # Also the answer to CreateAccount.
  account @0 :Data;   # AccountId, 32 bytes.
  name @1 :Text;
  device @2 :Device;  # The first manager.
  atMs @3 :Int64;     # Unix time, UTC, milliseconds.
}

struct DeviceEnrolled {
  device @0 :Device;
  by @1 :Data;       # NodeId of the manager, 32 bytes.
  atMs @2 :Int64;    # Unix time, UTC, milliseconds.
  account @3 :Data;  # AccountId, 32 bytes.
}

struct DeviceRevoked {
  device @0 :Data;  # NodeId, 32 bytes.
  by @1 :Data;      # NodeId of the manager, 32 bytes.
  atMs @2 :Int64;   # Unix time, UTC, milliseconds.
  account @3 :Data;  # AccountId, 32 bytes.
}

struct DeviceRenamed {
  device @0 :Data;  # NodeId, 32 bytes.
  name @1 :Text;
  by @2 :Data;      # NodeId of the manager, 32 bytes.
  atMs @3 :Int64;   # Unix time, UTC, milliseconds.
  account @4 :Data;  # AccountId, 32 bytes.
}

struct AccountEvent {
  # One log record; also a row, of those that the account's list of events keeps.
  union {
    accountCreated @0 :AccountCreated;
    deviceEnrolled @1 :DeviceEnrolled;
    deviceRevoked @2 :DeviceRevoked;
    deviceRenamed @3 :DeviceRenamed;
  }
}

struct NumberedAccountEvent {
  sequence @0 :UInt64;  # Counts the account's events from 1.
  event @1 :AccountEvent;
}

struct AccountState {
  # A row of the accounts' projection: what the events of one account add up to, but for its
  # devices, each of which has a row of its own.
  account @0 :Data;     # AccountId, 32 bytes.
  name @1 :Text;
  sequence @2 :UInt64;  # Number of its events.
  enrolled @3 :UInt32;  # Number of devices that it ever had, the revoked ones too.
}
