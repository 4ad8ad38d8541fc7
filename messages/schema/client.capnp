@0xc73e3137b869dd77;
# What a client session remembers.

using Cxx = import "/capnp/c++.capnp";
using Directory = import "directory.capnp";
$Cxx.namespace("hearth::wire");

struct HomeRemembered {
  keys @0 :Directory.PublicKeys;
  name @1 :Text;  # UTF-8, at most `name_bytes_max` bytes. Empty until its first session.
  owner @2 :Data;  # AccountId, 32 bytes. Absent: the client's account.
  ownerName @3 :Text;
}

struct HomeForgotten {
  home @0 :Data;  # NodeId, 32 bytes.
}

struct ClientEvent {
  # One log record of the stream of known homes.
  union {
    homeRemembered @0 :HomeRemembered;
    homeForgotten @1 :HomeForgotten;
    chainExtended @2 :Directory.ChainExtended;
    accountFollowed @3 :Directory.AccountFollowed;  # Of an account that shares with this one.
    accountForgotten @4 :Directory.AccountForgotten;
  }
}
