#pragma once
// What the link machine wants done, in order. The shell does it.

#include "actors/link/rejection.hpp"
#include "actors/runtime/step.hpp"
#include "messages/seal/node_list.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace hearth::link {

// ---- to the wire; connections carry the numbers of their sessions ----

/// Begin to connect; how it ends is told by `received` or `closed`. `attempt` counts from 0: a
/// name with several addresses is tried at one after the other.
struct OpenConnection {
  std::uint64_t connection = 0;
  seal::Endpoint endpoint;
  std::uint32_t attempt = 0;
};
struct SendBytes {
  std::uint64_t connection = 0;
  Bytes bytes;
};
/// Close at once; nothing is to be told about it.
struct CloseConnection {
  std::uint64_t connection = 0;
};
/// Stop taking bytes from the connection; those that come all the same are still taken.
struct PauseReading {
  std::uint64_t connection = 0;
};
struct ResumeReading {
  std::uint64_t connection = 0;
};

// ---- to actors ----

struct DeliverTo {
  std::string actor;
  Delivered delivered;
};
struct AnswerAsker {
  std::uint64_t asker = 0;
  Answered answered;
};

// ---- to the counters ----

enum class LinkCount : std::uint8_t {
  accepted,
  dialled,
  proven,
  closed,
  displaced,      ///< By a newer connection of the same peer.
  paused,         ///< Times that we stopped reading from a peer that does not read.
  envelopes,      ///< Received whole: requests, answers and tells.
  tells_dropped,  ///< Sent or received: no connection, or too many.
  tunnels_overflowed,
};
inline constexpr std::size_t link_count_count =
    static_cast<std::size_t>(LinkCount::tunnels_overflowed) + 1;

struct Counted {
  LinkCount what = LinkCount::closed;
};
struct Rejected {
  Rejection reason = Rejection::malformed;
};

using LinkOutput =
    std::variant<OpenConnection, SendBytes, CloseConnection, PauseReading, ResumeReading, DeliverTo,
                 AnswerAsker, PeerUp, PeerDown, NodesListed, Counted, Rejected>;

}  // namespace hearth::link
