#pragma once
// A group of replicas under the control of a text: nothing happens but what a command says. N, A
// and B are numbers of nodes; [N...] without nodes means all; MEMBERS are written as 1 2 3L 4+1.
//
//   options KEY=VALUE...          of RaftOptions, for nodes that come later
//   add-nodes COUNT [MEMBERS]     starts them as one group; without members all vote
//   join N                        starts a node that knows nothing
//   campaign N                    lets the patience of N end
//   tick MS [N...]                time goes on, then these have a look at the clock
//   run MS [N...]                 the same and stabilize, every 100 ms
//   propose N TEXT...  |  read N TOKEN  |  transfer N B  |  change N MEMBERS
//   deliver N [from=A] [kind=WORD] [count=K] [keep]
//                                 messages to N, oldest first; WORD is part of what is printed,
//                                 with _ for a blank; keep: once now, and again later
//   lose N ...                    like deliver, into the void
//   sync N [K]                    the oldest writes of N are durable; without K all
//   apply N                       N applies what is committed
//   stabilize [N...]              deliver, sync, apply, open snapshots until nothing is left
//   isolate N...  |  heal         from now on their messages are lost
//   disconnect A B                A hears that its connection with B broke
//   crash N [survivors=K]         K of its writes under way are durable
//   restart N [recalled]          recalled: a peer has said that nothing is missing
//   wipe N                        its disk is empty
//   trim N INDEX
//   message A B TERM append PREV/TERM COMMIT [INDEX/TERM...]
//   message A B TERM accepted INDEX
//   status [N...]  |  log N  |  disk N  |  recent N  |  bytes N
//   quietly COMMAND               without its printout

#include <string>

namespace hearth::replication::testing {

/// Runs `script`: blocks of command lines, a line `----`, and what they print, up to an empty line.
/// Lines that begin with # are comments. Returns the script with the printouts of this run.
[[nodiscard]] std::string replay(const std::string& script);

}  // namespace hearth::replication::testing
