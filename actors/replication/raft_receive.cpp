// Which messages count: terms, and what is remembered of every peer.

#include "actors/replication/message_check.hpp"
#include "actors/replication/raft_machine.hpp"
#include "messages/base/probe.hpp"

#include <tuple>
#include <utility>

namespace hearth::replication {

namespace {

template <class... Bodies>
bool is_one_of(const Body& body) {
  return (std::holds_alternative<Bodies>(body) || ...);
}

bool is_from_leader(const Body& body) {
  return is_one_of<Append, Heartbeat, SnapshotChunk, TimeoutNow>(body);
}

/// Nobody has entered the term that such a message names.
bool is_hypothetical(const Body& body) {
  const auto* request = std::get_if<VoteRequest>(&body);
  const auto* reply = std::get_if<VoteReply>(&body);
  return (request != nullptr && request->pre) || (reply != nullptr && reply->pre && reply->granted);
}

/// What the sender's disk must hold for it to say this. Not every message tells.
std::optional<RecallReply> shown_by(const Message& message) {
  if (const auto* accepted = std::get_if<AppendAccepted>(&message.body)) {
    return RecallReply{message.term, accepted->index};
  }
  const auto* reply = std::get_if<VoteReply>(&message.body);
  const bool vote = is_one_of<VoteRequest>(message.body) || (reply != nullptr && reply->granted);
  if (is_from_leader(message.body) || (vote && !is_hypothetical(message.body))) {
    return RecallReply{message.term, 0};
  }
  return std::nullopt;
}

}  // namespace

Result<void> RaftMachine::receive(Message message, Instant now) {
  if (stop_) {
    return {};
  }
  if (auto why = objection_to(message); !why.empty()) {
    return Error{ErrorCode::message_malformed, std::move(why)};
  }
  const bool leads_too = role_ == RaftRole::leader && message.term == term();
  if (leads_too && is_from_leader(message.body)) {
    return Error{ErrorCode::message_malformed, "a second leader in one term"};
  }
  const auto* accepted = std::get_if<AppendAccepted>(&message.body);
  if (leads_too && accepted != nullptr && accepted->index > log_.last_index()) {
    return Error{ErrorCode::message_malformed, "an acknowledgement of entries that were not sent"};
  }
  const bool is_of_a_term = !is_one_of<RecallRequest, RecallReply>(message.body);
  if (is_of_a_term && !recalled_) {  // One that joins knows of no other peer to ask.
    send(message.from, RecallRequest{});
  }
  remember(message, now);
  if (!is_of_a_term || enter_term(message, now)) {
    std::visit([this, &message, now](auto& body) { on(message, body, now); }, message.body);
  }
  return {};
}

void RaftMachine::remember(const Message& message, Instant now) {
  auto* peer = find(message.from);
  if (peer == nullptr) {
    return;
  }
  if (role_ == RaftRole::leader && message.term == term()) {
    peer->heard_at = now;
  }
  const auto shown = shown_by(message);
  if (shown && std::tie(shown->term, shown->index) > std::tie(peer->seen.term, peer->seen.index)) {
    peer->seen = *shown;
  }
}

/// An election that nobody needs, or in which we must not vote.
bool RaftMachine::ignores(const VoteRequest& request, Instant now) const {
  const bool needless = has_live_leader(now) && !request.transfer;
  HEARTH_PROBE(needless, "raft: a vote is not given while the leader lives");
  HEARTH_PROBE(is_disk_slow(now), "raft: a vote is not given on a slow disk");
  return needless || !recalled_ || is_disk_slow(now);
}

/// Moves on to a newer term, and answers messages of an older one. Whether the message is then of
/// our term, or of one that nobody has entered.
bool RaftMachine::enter_term(const Message& message, Instant now) {
  const auto* request = std::get_if<VoteRequest>(&message.body);
  if (request != nullptr && ignores(*request, now)) {
    return false;  // Silence, not refusal: it must not move anybody's term either.
  }
  if (message.term < term()) {
    answer_stale(message);
    return false;
  }
  if (message.term > term() && !is_hypothetical(message.body)) {
    follow(message.term, is_from_leader(message.body) ? message.from : NodeId{}, now);
  }
  return true;
}

/// Who does not know yet that its term is over hears it: a leader to step down, a candidate to
/// catch up. Source: etcd-io/raft testdata/prevote_checkquorum.txt.
void RaftMachine::answer_stale(const Message& message) {
  if (is_from_leader(message.body)) {
    send(message.from, HeartbeatReply{});
  } else if (const auto* request = std::get_if<VoteRequest>(&message.body)) {
    send(message.from, VoteReply{request->pre, false});
  }
}

}  // namespace hearth::replication
