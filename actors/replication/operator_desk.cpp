#include "actors/replication/operator_desk.hpp"

#include "actors/replication/group_health.hpp"
#include "messages/base/check.hpp"
#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <utility>

namespace hearth::replication {

namespace {

constexpr const char* actor = "replicas";

/// Members that nobody lists are told of all the same: somebody has to see them.
void add_members(const Configuration& members, ClusterSurvey& survey) {
  auto& all = survey.directories;
  for (const auto& member : members.members) {
    const bool known = std::any_of(all.begin(), all.end(), [&member](const auto& report) {
      return report.node == member.node;
    });
    if (!known && all.size() < ClusterSurvey::directories_max) {
      all.push_back({member.node, {}, std::nullopt});
    }
  }
}

}  // namespace

std::vector<ListedDirectory> listed_directories(const seal::NodeList& list) {
  std::vector<ListedDirectory> found;
  for (const auto& node : list.nodes) {
    if (node.role == Role::directory) {
      found.push_back({node.id(), node.region});
    }
  }
  return found;
}

OperatorDesk::OperatorDesk(NodeId self, std::vector<ListedDirectory> listed, std::uint32_t groups)
    : self_(self), listed_(std::move(listed)), groups_(groups) {}

NodeId OperatorDesk::leader_seen(GroupId group) const {
  const auto found = leader_seen_.find(group);
  return found == leader_seen_.end() ? NodeId{} : found->second;
}

bool OperatorDesk::lists(const NodeId& node) const {
  return std::any_of(listed_.begin(), listed_.end(),
                     [&node](const auto& directory) { return directory.node == node; });
}

template <class Message>
Ask OperatorDesk::ask(const Message& message, Asked asked) {
  Header header;
  header.from = {self_, actor};
  header.to = {asked.node, actor};
  asked_[++token_last_] = asked;
  return {token_last_, asked.node, patience, link::TrafficClass::command, pack(header, message)};
}

OperatorDesk::Turn OperatorDesk::survey(std::uint64_t id, const ReplicaDescribed& own) {
  Turn turn;
  auto& survey = surveys_[id];
  survey.found.self = self_;
  survey.found.groups = groups_;
  survey.group = own.group;
  auto& directories = survey.found.directories;
  for (const auto& listed : listed_) {
    directories.push_back({listed.node, listed.region, std::nullopt});
  }
  std::stable_partition(directories.begin(), directories.end(), [&own](const auto& report) {
    return own.members.find(report.node) != nullptr;
  });
  directories.resize(std::min(directories.size(), ClusterSurvey::directories_max));
  add_members(own.members, survey.found);
  for (std::size_t place = 0; place < directories.size(); ++place) {
    if (directories[place].node == self_) {
      directories[place].replica = own;
    } else {
      const auto& node = directories[place].node;
      const auto silent = silent_.find(node);
      const bool waits = silent == silent_.end() || silent->second == own.group;
      survey.awaited += waits ? 1 : 0;
      turn.asks.push_back(ask(DescribeReplica{own.group}, {waits ? Purpose::survey : Purpose::probe,
                                                           id, place, own.group, node}));
    }
  }
  end(id, turn);
  return turn;
}

OperatorDesk::Turn OperatorDesk::pass_on(std::uint64_t id, const ChangeMembers& change,
                                         const NodeId& leader) {
  HEARTH_CHECK(leader != self_);
  Turn turn;
  turn.asks.push_back(ask(change, {Purpose::change, id, 0, change.group, leader}));
  return turn;
}

OperatorDesk::Turn OperatorDesk::seek_leader(GroupId group) {
  Turn turn;
  for (std::size_t tried = 0; tried < listed_.size() && turn.asks.empty(); ++tried) {
    const auto& node = listed_[++sought_last_ % listed_.size()].node;
    if (node != self_) {
      turn.asks.push_back(ask(DescribeReplica{group}, {Purpose::leader, 0, 0, group, node}));
    }
  }
  return turn;
}

OperatorDesk::Turn OperatorDesk::answered(const Answered& input) {
  Turn turn;
  const auto asked = asked_.extract(input.token);
  if (!asked) {
    return turn;
  }
  const auto purpose = asked.mapped().purpose;
  if (input.answer) {
    silent_.erase(asked.mapped().node);
  } else if (purpose == Purpose::survey) {
    silent_.insert_or_assign(asked.mapped().node, asked.mapped().group);
  }
  if (purpose == Purpose::probe) {
    return turn;
  }
  if (purpose != Purpose::change) {
    take_replica(asked.mapped(), input.answer, turn);
    return turn;
  }
  auto proposed = input.answer ? unpack<MembersProposed>(input.answer.value())
                               : Result<MembersProposed>(input.answer.error());
  turn.replies.push_back({asked.mapped().id, proposed ? OperatorAnswer{proposed.value()}
                                                      : OperatorAnswer{proposed.error()}});
  return turn;
}

/// What makes no sense is as good as no answer.
void OperatorDesk::take_replica(const Asked& asked, const Result<Envelope>& answer, Turn& turn) {
  auto replica =
      answer ? unpack<ReplicaDescribed>(answer.value()) : Result<ReplicaDescribed>(answer.error());
  if (asked.purpose == Purpose::leader) {
    // Who is no member itself has it from hearsay, too.
    if (replica && replica.value().members.find(asked.node) != nullptr) {
      turn.leader = LeaderTold{asked.group, replica.value().leader};
    }
    return;
  }
  auto& survey = surveys_.at(asked.id);
  --survey.awaited;
  if (replica) {
    survey.found.directories[asked.place].replica = std::move(replica.value());
  }
  end(asked.id, turn);
}

void OperatorDesk::end(std::uint64_t id, Turn& turn) {
  const auto found = surveys_.find(id);
  if (found->second.awaited != 0) {
    return;
  }
  auto survey = std::move(found->second.found);
  const auto* leader = leader_of(survey);
  leader_seen_[found->second.group] = leader == nullptr ? NodeId{} : leader->node;
  surveys_.erase(found);
  const auto answered = survey.directories;
  for (const auto& report : answered) {
    if (report.replica) {
      add_members(report.replica->members, survey);
    }
  }
  turn.replies.push_back({id, {std::move(survey)}});
}

}  // namespace hearth::replication
