#pragma once
// Surveys of groups, as an operator may find them.

#include "messages/replication/operator_messages.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::replication::testing {

inline NodeId directory(std::uint8_t number) {
  NodeId id;
  id.bytes.fill(number);
  return id;
}

inline Member voter(std::uint8_t number) {
  return {directory(number), true, static_cast<std::uint8_t>(10 - number)};
}

/// Directories 1, 2, ... of the regions r1, r2, ... `members` are the group; number 1 leads, all
/// answer and have caught up.
class SurveySample {
 public:
  SurveySample(std::uint8_t directories, std::vector<Member> members) {
    survey_.self = directory(1);
    for (std::uint8_t number = 1; number <= directories; ++number) {
      ReplicaDescribed replica;
      replica.group = GroupId{1};
      replica.term = 4;
      replica.leader = directory(1);
      replica.first_index = 1;
      replica.last_index = replica.committed = replica.applied = 100;
      replica.members_index = 7;
      replica.members = {members};
      replica.recalled = true;
      survey_.directories.push_back({directory(number), "r" + std::to_string(number), replica});
    }
    auto& leader = replica(1);
    leader.role = RaftRole::leader;
    for (const auto& member : members) {
      if (member.node != directory(1)) {
        leader.followers.push_back({member.node, 100, 50});
      }
    }
  }

  [[nodiscard]] ReplicaDescribed& replica(std::uint8_t number) {
    return *survey_.directories.at(number - 1U).replica;
  }
  [[nodiscard]] FollowerState& follower(std::uint8_t number) {
    for (auto& each : replica(1).followers) {
      if (each.node == directory(number)) {
        return each;
      }
    }
    return replica(1).followers.at(100);  // throws: no such follower
  }
  /// It neither answers nor follows any more.
  void kill(std::uint8_t number) {
    survey_.directories.at(number - 1U).replica.reset();
    if (number != 1) {
      for (auto& each : replica(1).followers) {
        each.silent_ms = each.node == directory(number) ? 60'000 : each.silent_ms;
      }
    }
  }
  void strike(std::uint8_t number) { survey_.directories.at(number - 1U).region.clear(); }

  [[nodiscard]] const ClusterSurvey& survey() const { return survey_; }

 private:
  ClusterSurvey survey_;
};

}  // namespace hearth::replication::testing
