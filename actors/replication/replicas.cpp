#include "actors/replication/replicas.hpp"

#include "messages/envelope/codec.hpp"
#include "messages/seal/random.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace {

/// To itself: all that was in the mailbox before is in.
struct EndTurn {};

struct Wake {
  std::uint64_t alarm = 0;
};

}  // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(EndTurn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(Wake)

namespace hearth::replication {

namespace {

using Replicas = caf::stateful_actor<ReplicasState>;
using Member = ReplicasState::Member;

void stop(Replicas* self, const Error& error) {
  if (self->state.ports.failed) {
    self->state.ports.failed(error);
  }
  self->quit(caf::exit_reason::unhandled_exception);
}

void end_turn_soon(Replicas* self, Member& member) {
  member.dirty = true;
  if (!std::exchange(self->state.turn_due, true)) {
    self->send(self, EndTurn{});
  }
}

void for_all(Replicas* self, const std::function<void(GroupReplica&)>& act) {
  for (auto& [group, member] : self->state.groups) {
    act(*member.replica);
    end_turn_soon(self, member);
  }
}

void send_frames(Replicas* self, std::map<NodeId, std::vector<GroupMessage>> messages) {
  for (auto& [node, to_node] : messages) {
    Header header;
    header.from = {self->state.ports.self, ReplicasState::name};
    header.to = {node, ReplicasState::name};
    for (const auto& frame : frames_of(std::move(to_node))) {
      self->send(self->state.ports.link,
                 Tell{node, link::TrafficClass::consensus, pack(header, frame)});
    }
  }
}

void tell_machine(Replicas* self, Member& member, const GroupTurn& turn) {
  if (turn.leadership) {
    member.untold = turn.leadership;
  }
  if (!member.machine) {
    return;
  }
  if (auto change = std::exchange(member.untold, std::nullopt)) {
    self->send(member.machine, *change);
  }
  for (std::size_t i = 0; i < turn.committed; ++i) {
    self->send(member.machine, Durable{});
  }
  for (std::size_t i = 0; i < turn.confirmed; ++i) {
    self->send(member.machine, Confirmed{});
  }
}

void show(Replicas* self, const Member& member) {
  const auto& raft = member.replica->raft();
  member.view->set_recent_since(raft.recent_since());
  // By bytes alone, at no age: between regions a commit takes as long as it takes.
  member.view->door.set(raft.uncommitted_bytes(), self->clock().now() + std::chrono::hours(24));
}

void set_alarm(Replicas* self) {
  auto& state = self->state;
  auto at = Instant::max();
  for (const auto& [group, member] : state.groups) {
    at = std::min(at, member.replica->wake_at());
  }
  if (at == Instant::max() || (state.armed_for && *state.armed_for <= at)) {
    return;
  }
  state.armed_for = at;
  const auto wait = std::max<Instant::duration>(at - self->clock().now(), Instant::duration{0});
  self->delayed_send(self, wait, Wake{++state.alarm_last});
}

void end_turn(Replicas* self) {
  auto& state = self->state;
  state.turn_due = false;
  std::map<NodeId, std::vector<GroupMessage>> messages;
  for (auto& [group, member] : state.groups) {
    if (!std::exchange(member.dirty, false)) {
      continue;
    }
    auto turn = member.replica->take(self->clock().now());
    if (turn.stop) {
      return stop(self, *turn.stop);
    }
    for (auto& append : turn.appends) {
      self->send(state.ports.writer, std::move(append));
    }
    for (auto& [node, to_node] : turn.frames) {
      auto& all = messages[node];
      std::move(to_node.begin(), to_node.end(), std::back_inserter(all));
    }
    tell_machine(self, member, turn);
    show(self, member);
  }
  send_frames(self, std::move(messages));
  set_alarm(self);
}

void on_alarm(Replicas* self, std::uint64_t alarm) {
  if (alarm != self->state.alarm_last) {
    return;
  }
  self->state.armed_for.reset();
  const auto now = self->clock().now();
  for_all(self, [now](GroupReplica& replica) { replica.tick(now); });
}

void on_frame(Replicas* self, const Delivered& input) {
  auto frame = unpack<ReplicationFrame>(input.envelope);
  if (!frame) {
    return self->send(self->state.ports.link, LinkOrder{DropPeer{input.from, input.session}});
  }
  for (auto& message : frame.value().messages) {
    const auto found = self->state.groups.find(message.group);
    if (found == self->state.groups.end()) {
      continue;  // it has a map that we do not know, or no longer
    }
    auto& member = found->second;
    const auto now = self->clock().now();
    if (!member.replica->receive(input.from, std::move(message), now)) {
      return self->send(self->state.ports.link, LinkOrder{DropPeer{input.from, input.session}});
    }
    end_turn_soon(self, member);
  }
}

void on_peer_down(Replicas* self, const NodeId& node) {
  for (auto& [group, member] : self->state.groups) {
    const auto& peers = member.replica->raft().peers();
    if (std::any_of(peers.begin(), peers.end(),
                    [&node](const Peer& peer) { return peer.member.node == node; })) {
      member.replica->disconnected(node, self->clock().now());
      end_turn_soon(self, member);
    }
  }
}

/// The group of the machine that speaks, if it has joined one.
Member* group_of_sender(Replicas* self) {
  const auto sender = caf::actor_cast<caf::actor>(self->current_sender());
  for (auto& [group, member] : self->state.groups) {
    if (member.machine == sender) {
      return &member;
    }
  }
  return nullptr;
}

void on_append(Replicas* self, storage::Append append) {
  auto* member = group_of_sender(self);
  if (member == nullptr) {
    return;
  }
  if (auto appended = member->replica->append(std::move(append)); !appended) {
    return stop(self, appended.error());
  }
  end_turn_soon(self, *member);
}

void on_join(Replicas* self, GroupId group) {
  const auto found = self->state.groups.find(group);
  if (found != self->state.groups.end()) {
    found->second.machine = caf::actor_cast<caf::actor>(self->current_sender());
    tell_machine(self, found->second, {});
  }
}

void on_durable(Replicas* self, const Durable& durable) {
  const auto group = group_of(durable.stream);
  const auto found = group ? self->state.groups.find(*group) : self->state.groups.end();
  if (found != self->state.groups.end()) {
    found->second.replica->durable(self->clock().now());
    end_turn_soon(self, found->second);
  }
}

Result<void> open_groups(Replicas* self) {
  auto& ports = self->state.ports;
  for (const auto& each : ports.groups) {
    auto replica = GroupReplica::open(
        each.group, ports.self, each.first, *ports.log, each.view->reader, ports.options,
        [] { return seal::random_u64(); }, self->clock().now());
    if (!replica) {
      return replica.error();
    }
    self->state.groups.emplace(
        each.group, Member{std::move(replica.value()), each.view, {}, std::nullopt, true});
  }
  return {};
}

}  // namespace

caf::behavior replicas(Replicas* self, std::shared_ptr<ReplicasPorts> ports) {
  self->state.ports = *ports;
  if (auto opened = open_groups(self); !opened) {
    stop(self, opened.error());
    return {};
  }
  for_all(self, [](GroupReplica&) {});
  return {
      [self](const JoinGroup& join) { on_join(self, join.group); },
      // By reference that may change: CAF hands over the only copy, so records are moved.
      [self](storage::Append& append) { on_append(self, std::move(append)); },
      [self](const Confirm&) {
        if (auto* member = group_of_sender(self); member != nullptr) {
          member->replica->confirm();
          end_turn_soon(self, *member);
        }
      },
      [self](const ReignBegun& begun) {
        if (auto* member = group_of_sender(self); member != nullptr) {
          member->replica->begin_reign(begun.reign);
        }
      },
      [self](const Durable& durable) { on_durable(self, durable); },
      [self](const AppendRefused& refused) { stop(self, refused.error); },
      [self](const Delivered& input) { on_frame(self, input); },
      [](const PeerUp&) {},
      [self](const PeerDown& down) { on_peer_down(self, down.node); },
      [self](const EndTurn&) { end_turn(self); },
      [self](const Wake& wake) { on_alarm(self, wake.alarm); },
  };
}

}  // namespace hearth::replication
