#include "actors/replication/quorum_recovery.hpp"

#include "actors/replication/group_rows.hpp"
#include "actors/replication/raft_log.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace hearth::replication {

GroupRemains remains_of(GroupId group, Recovered recovered) {
  const RaftLog log(std::move(recovered.base), std::move(recovered.entries));
  return {group,
          recovered.hard_state,
          {log.last_index(), log.last_term()},
          recovered.applied,
          log.configuration(),
          log.configuration_index()};
}

std::strong_ordering compare_logs(const GroupRemains& one, const GroupRemains& other) {
  return std::tie(one.last.term, one.last.index) <=> std::tie(other.last.term, other.last.index);
}

Result<std::optional<GroupRecovery>> recovery_of(const GroupRemains& remains, const NodeId& self) {
  const auto* own = remains.members.find(self);
  if (own == nullptr) {
    return Error{ErrorCode::not_found,
                 "this directory is no member of group " +
                     std::to_string(static_cast<std::uint32_t>(remains.group)) +
                     ": it may lack anything"};
  }
  if (own->votes && remains.members.voters() == 1) {
    return std::optional<GroupRecovery>();
  }
  const auto term = std::max(remains.hard_state.term, remains.last.term) + recovery_terms_skipped;
  const Configuration alone{{{self, true, own->priority}}};
  return std::optional(GroupRecovery{{term, {}},
                                     {remains.last.index + 1, term, EntryKind::configuration,
                                      std::make_shared<const Bytes>(encode(alone))}});
}

storage::Append append_of(GroupId group, const GroupRecovery& recovery) {
  storage::Append append;
  append.stream = log_stream(group);
  append.rows.push_back({std::string(hard_state_key), encode(recovery.hard_state)});
  append.rows.push_back({entry_key(recovery.members.index), encode(recovery.members)});
  return append;
}

}  // namespace hearth::replication
