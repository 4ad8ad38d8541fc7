#pragma once
// Moves the bytes of one direction from socket to socket, through a pipe of the pool and without
// touching them; by copying when the pool is dry. Edge-triggered: a flag of a leg stays up until
// the kernel says EAGAIN.

#include "actors/relay/relay_ports.hpp"
#include "nodes/relay/pipe_pool.hpp"
#include "nodes/support/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hearth {

/// One data connection, and the direction of a stream that comes out of it.
struct Leg {
  relay::ConnectionId id = 0;
  UniqueFd fd;
  bool readable = false;
  bool writable = false;
  bool hung_up = false;     ///< Its peer has closed, at least its sending side.
  std::size_t wanted = 0;   ///< Of the preface.
  Leg* other = nullptr;     ///< Since they were joined.
  bool is_home = false;     ///< Since they were joined.
  bool queued = false;      ///< Has had its turn and has more.
  bool finished = false;    ///< Nothing more will come out of it.
  bool muted = false;       ///< What comes out of it has no taker any more.
  Pipe pipe;                ///< Held while `in_pipe` > 0.
  std::size_t in_pipe = 0;  ///< Came from here, not yet taken for `other`.
};

enum class Pumped : std::uint8_t {
  blocked,      ///< Until an edge.
  more,         ///< Its turn is over.
  drained,      ///< Finished, and all of it is taken for the other side. Said once.
  from_broken,  ///< Close it.
  to_broken,
  muted,  ///< The other side had finished and closed: what it sent may still be on its way.
};

struct PumpResult {
  Pumped outcome = Pumped::blocked;
  std::uint64_t moved = 0;   ///< Bytes that the kernel took for the other side.
  std::uint64_t copied = 0;  ///< Of these, not by splice.
};

class SplicePump {
 public:
  explicit SplicePump(PipePool& pipes);

  /// Moves what can be moved in one turn. Precondition: `from.other` is set.
  PumpResult run(Leg& from);
  /// Gives up the pipe, with what is inside.
  void drop(Leg& from);

 private:
  enum class Step : std::uint8_t { went_on, blocked, ended, from_broken, to_broken, muted };

  Step fill(Leg& from);
  Step empty(Leg& from, PumpResult& result);
  Step copy(Leg& from, PumpResult& result);
  Step next(Leg& from, PumpResult& result);
  static Step refused(Leg& from);

  PipePool& pipes_;
  std::vector<char> scratch_;
};

}  // namespace hearth
