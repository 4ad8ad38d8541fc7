// Whether our disk still is what it was. A replica that starts again neither votes nor acknowledges
// before a peer has said what it has seen of it: a disk that has less has lost something, and what
// it promised must not be promised again. Terms compare the durable hard state, so a log that was
// rightly replaced in a later term is no loss.

#include "actors/replication/raft_machine.hpp"

#include <string>

namespace hearth::replication {

void RaftMachine::ask_all() {
  for (const auto& peer : peers_) {
    send(peer.member.node, RecallRequest{});
  }
}

void RaftMachine::on(const Message& message, const RecallRequest&, Instant) {
  const auto* peer = find(message.from);
  send(message.from, peer == nullptr ? RecallReply{} : peer->seen);
}

void RaftMachine::on(const Message&, const RecallReply& reply, Instant) {
  if (recalled_) {
    return;
  }
  const bool lost = recovered_.term < reply.term ||
                    (recovered_.term == reply.term && recovered_.index < reply.index);
  if (lost) {
    return stop(ErrorCode::log_lost, "a peer has seen term " + std::to_string(reply.term) +
                                         ", index " + std::to_string(reply.index) +
                                         " of this replica; its disk has term " +
                                         std::to_string(recovered_.term) + ", index " +
                                         std::to_string(recovered_.index) +
                                         ": let it join again under a new node id, as a learner");
  }
  recalled_ = true;
}

}  // namespace hearth::replication
