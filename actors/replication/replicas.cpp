#include "actors/replication/replicas.hpp"

#include "actors/replication/replica_report.hpp"
#include "actors/runtime/answer_header.hpp"
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

/// To itself, once a second.
struct SeekLeaders {};

}  // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(EndTurn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(Wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(SeekLeaders)

namespace hearth::replication {

namespace {

/// How long clients of a directory that is no member may wait for a leader that it can name.
constexpr Millis seek_period{1000};

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
    member.view->set_leader(turn.leadership->leader);
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

/// To whoever may be a member, here or in the eyes of others: links of both directions are one.
void dial(Replicas* self, const NodeId& node) {
  if (node != self->state.ports.self) {
    self->send(self->state.ports.link, LinkOrder{Dial{node}});
  }
}

void show_members(Replicas* self, Member& member, const Configuration& members) {
  if (members == member.shown) {
    return;
  }
  member.shown = members;
  member.view->set_members(members);
  for (const auto& each : members.members) {
    dial(self, each.node);
  }
}

void show(Replicas* self, Member& member) {
  const auto& raft = member.replica->raft();
  show_members(self, member, raft.log().configuration());
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
  for (auto& [group, member] : self->state.groups) {
    if (member.replica->wake_at() <= now) {
      member.replica->tick(now);
      end_turn_soon(self, member);
    }
  }
  set_alarm(self);
}

// ---- what operators ask ----

void carry_out(Replicas* self, OperatorDesk::Turn turn) {
  for (auto& ask : turn.asks) {
    self->send(self->state.ports.link, std::move(ask));
  }
  for (auto& reply : turn.replies) {
    self->state.ports.answer(std::move(reply));
  }
  if (!turn.leader) {
    return;
  }
  const auto found = self->state.groups.find(turn.leader->group);
  if (found != self->state.groups.end()) {
    found->second.replica->hear_of_leader(turn.leader->leader);
    end_turn_soon(self, found->second);
  }
}

/// Who joins, or has been removed, hands commands on all the same: clients choose their directories
/// by the node list, which knows nothing of members.
void seek_leaders(Replicas* self) {
  for (const auto& [group, member] : self->state.groups) {
    if (member.replica->seeks_leader()) {
      carry_out(self, self->state.desk.seek_leader(group));
    }
  }
  self->delayed_send(self, seek_period, SeekLeaders{});
}

Result<Member*> find_group(Replicas* self, GroupId group) {
  const auto found = self->state.groups.find(group);
  if (found == self->state.groups.end()) {
    return Error{ErrorCode::not_found, "this directory has no replica of group " +
                                           std::to_string(static_cast<std::uint32_t>(group))};
  }
  return &found->second;
}

/// Of a change that a directory asks for: who would be new has to be one that a root has signed.
Result<MembersProposed> change_members(Replicas* self, const ChangeMembers& change) {
  const auto member = find_group(self, change.group);
  if (!member) {
    return member.error();
  }
  auto& replica = *member.value()->replica;
  const auto& current = replica.raft().log().configuration();
  for (const auto& each : change.members.members) {
    if (current.find(each.node) == nullptr && !self->state.desk.lists(each.node)) {
      return Error{ErrorCode::identity_unknown, "the leader's node list has no directory " +
                                                    to_text(each.node) +
                                                    ": give it the newer list"};
    }
  }
  auto proposed = replica.change(change, self->clock().now());
  end_turn_soon(self, *member.value());
  return proposed;
}

void on_told(Replicas* self, const OperatorRequest& request) {
  auto& state = self->state;
  const auto answer = [&](OperatorAnswer what) {
    state.ports.answer({request.id, std::move(what)});
  };
  if (const auto* survey = std::get_if<SurveyGroup>(&request.order.what)) {
    const auto member = find_group(self, survey->group);
    if (!member) {
      return answer({member.error()});
    }
    const auto own = describe(survey->group, *member.value()->replica, self->clock().now());
    return carry_out(self, state.desk.survey(request.id, own));
  }
  const auto& change = std::get<ChangeMembers>(request.order.what);
  const auto member = find_group(self, change.group);
  // Who is no member, or none any longer, hears of no leader: what a survey showed goes first.
  auto leader = state.desk.leader_seen(change.group);
  if (leader.is_zero() && member) {
    leader = member.value()->replica->raft().leader();
  }
  if (!leader.is_zero() && leader != state.ports.self) {
    return carry_out(self, state.desk.pass_on(request.id, change, leader));
  }
  auto proposed = change_members(self, change);
  answer(proposed ? OperatorAnswer{proposed.value()} : OperatorAnswer{proposed.error()});
}

void on_listed(Replicas* self, const NodesListed& listed) {
  auto directories = listed_directories(listed.nodes);
  for (const auto& directory : directories) {
    dial(self, directory.node);
  }
  self->state.desk.replace_listed(std::move(directories));
}

/// A request of another directory.
Result<Envelope> answer(Replicas* self, const Delivered& input) {
  const auto header = header_of(input.envelope);
  if (!header) {
    return header.error();
  }
  const auto envelope_of = [&header](const auto& message) {
    return Result<Envelope>(pack(answer_header(header.value()), message));
  };
  if (header.value().kind == MessageKind::change_members) {
    const auto change = unpack<ChangeMembers>(input.envelope);
    const auto proposed =
        change ? change_members(self, change.value()) : Result<MembersProposed>(change.error());
    return proposed ? envelope_of(proposed.value()) : proposed.error();
  }
  const auto question = unpack<DescribeReplica>(input.envelope);
  const auto member =
      question ? find_group(self, question.value().group) : Result<Member*>(question.error());
  return member ? envelope_of(describe(question.value().group, *member.value()->replica,
                                       self->clock().now()))
                : member.error();
}

// ---- what others say ----

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

void on_delivered(Replicas* self, const Delivered& input) {
  if (!input.reply_to) {
    return on_frame(self, input);
  }
  self->send(self->state.ports.link, Reply{*input.reply_to, answer(self, input)});
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
        each.group, Member{std::move(replica.value()), each.view, {}, std::nullopt, {}, true});
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
  self->state.desk =
      OperatorDesk(ports->self, ports->listed, static_cast<std::uint32_t>(ports->groups.size()));
  for (const auto& directory : ports->listed) {
    dial(self, directory.node);
  }
  for_all(self, [](GroupReplica&) {});
  self->send(self, SeekLeaders{});
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
      [self](const Delivered& input) { on_delivered(self, input); },
      [self](const Answered& input) { carry_out(self, self->state.desk.answered(input)); },
      [self](const ExternalInput<OperatorInput::External>& input) { on_told(self, input.value); },
      [self](const NodesListed& listed) { on_listed(self, listed); },
      [](const PeerUp&) {},
      [self](const PeerDown& down) { on_peer_down(self, down.node); },
      [self](const EndTurn&) { end_turn(self); },
      [self](const Wake& wake) { on_alarm(self, wake.alarm); },
      [self](const SeekLeaders&) { seek_leaders(self); },
  };
}

}  // namespace hearth::replication
