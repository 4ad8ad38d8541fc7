@0x9971cf6adfed284b;
# What is said to and by a super-peer, and the events of its metering.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("hearth::wire");

struct AttachHome {
  certificate @0 :Data;  # Signed by a directory: docs/formats/ticket.md. Opaque here.
}

struct OpenTunnel {
  home @0 :Data;      # NodeId, 32 bytes.
  tunnel @1 :UInt64;  # Number of the tunnel, new in the client's session.
  ticket @2 :Data;    # Signed: docs/formats/ticket.md. Opaque here.
}

struct OfferTunnel {
  tunnel @0 :UInt64;  # Number of the tunnel, new in the home's session.
  client @1 :Data;    # NodeId, 32 bytes.
}

struct OrderDial {
  pair @0 :UInt64;         # Names the waiting data connection.
  client @1 :Data;         # NodeId, 32 bytes.
  sealedRequest @2 :Data;  # For the home alone: docs/formats/stream.md. Opaque here.
}

struct PresentTicket {
  home @0 :Data;    # NodeId, 32 bytes.
  ticket @1 :Data;  # Signed: docs/formats/ticket.md. Opaque here.
}

# ---- the one frame of a data connection ----

struct OpenStream {
  home @0 :Data;           # NodeId, 32 bytes.
  ticket @1 :Data;         # Signed: docs/formats/ticket.md. Opaque here.
  sealedRequest @2 :Data;  # For the home alone: docs/formats/stream.md. Opaque here.
}

struct AcceptStream {
  pair @0 :UInt64;  # As in OrderDial.
}

# ---- events of the metering stream ----

struct BytesMetered {
  client @0 :Data;       # NodeId, 32 bytes.
  home @1 :Data;         # NodeId, 32 bytes.
  toClient @2 :UInt64;   # Bytes since the last record of this pair.
  toHome @3 :UInt64;     # Bytes since the last record of this pair.
  atMs @4 :Int64;        # Unix time, UTC, milliseconds.
}

struct EpochBegun {
  epoch @0 :UInt64;  # Of the process; rises with every start.
}

struct RelayEvent {
  # One log record of the metering stream.
  union {
    bytesMetered @0 :BytesMetered;
    epochBegun @1 :EpochBegun;
  }
}
