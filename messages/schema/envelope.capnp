@0xb7fba155bba37aac;
# The envelope: the one message between actors of different nodes. docs/formats/envelope.md
#
# Compatibility, for every schema of this folder: field numbers are for ever. Add fields at the
# end; to drop one, rename it to `obsoleteN` and keep its number. A field says what its absence
# means. Log events stay readable for ever, because the event log is never rewritten.
# The bound of a text, data or list stands in messages/base/limits.hpp and is checked by the codec.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("hearth::wire");

struct Envelope {
  version @0 :UInt16;        # `limits::protocol_version` of the writer. Another one is refused.
  kind @1 :UInt16;           # A `MessageKind`: what `body` is. 0 is refused.
  fromNode @2 :Data;         # NodeId, 32 bytes, never absent.
  fromActor @3 :Text;        # Absent: no actor, nothing can be sent back to it by name.
  toNode @4 :Data;           # NodeId, 32 bytes, never absent.
  toActor @5 :Text;          # Of a-z, 0-9, '-' and '/', at most 64 bytes.
  requestSession @6 :Data;   # SessionId, 16 bytes. Absent: all zero, the message is no command.
  requestCounter @7 :UInt64; # Of the session, from 1. 0 where there is no session.
  traceId @8 :Data;          # W3C trace id, 16 bytes. Absent: all zero, not traced.
  body @9 :AnyPointer;       # The struct named like `kind`. Never absent.
}

struct Accepted {
  # The empty answer to a command that has nothing to tell.
}
