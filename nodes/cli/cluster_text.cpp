#include "nodes/cli/cluster_text.hpp"

#include "nodes/support/json_text.hpp"

#include <fmt/format.h>
#include <utility>
#include <vector>

namespace hearth::cli {

namespace {

using replication::GroupHealth;
using replication::MemberHealth;
using replication::RaftRole;

/// What a directory is to the group, in one word.
std::string_view role_of(const MemberHealth& each) {
  if (!each.report->replica) {
    return "silent";
  }
  if (!each.member) {
    return "none";
  }
  if (!each.member->votes) {
    return "learner";
  }
  switch (each.report->replica->role) {
    case RaftRole::leader: return "leader";
    case RaftRole::follower: return "follower";
    default: return "candidate";
  }
}

std::string_view part_of(const MemberHealth& each) {
  return !each.member ? "no" : each.member->votes ? "voter" : "learner";
}

std::string row_of(const MemberHealth& each) {
  const auto head = fmt::format("{:<26} {:<10} {:<8}", replication::label_of(*each.report),
                                role_of(each), part_of(each));
  if (!each.report->replica) {
    return head + "\n";
  }
  const auto& replica = *each.report->replica;
  return fmt::format("{} {:>6} {:>10} {:>10} {:>7} {:>10} {:>8}\n", head, replica.term,
                     replica.committed, replica.applied, each.lag ? std::to_string(*each.lag) : "-",
                     replica.first_index, replica.log_bytes / 1024);
}

std::string summary_of(const GroupHealth& group) {
  const auto leader = group.leader == nullptr ? std::string("nobody leads")
                                              : replication::label_of(*group.leader) + " leads";
  return fmt::format("{}; {} of {} voters take part, {} are needed, {} may fail\n", leader,
                     group.voters_living, group.voters, group.quorum, group.may_fail());
}

std::string json_of(const MemberHealth& each) {
  std::vector<std::pair<std::string_view, std::string>> fields{
      {"id", json_text(to_text(each.report->node))},
      {"region", json_text_or_null(each.report->region)},
      {"answers", json_bool(each.report->replica.has_value())},
      {"role", json_text(role_of(each))},
      {"member", json_bool(each.member.has_value())},
      {"votes", json_bool(each.member && each.member->votes)},
      {"takesPart", json_bool(each.member && each.lives)},
      {"lag", each.lag ? std::to_string(*each.lag) : "null"}};
  if (const auto& replica = each.report->replica) {
    fields.emplace_back("term", std::to_string(replica->term));
    fields.emplace_back("committed", std::to_string(replica->committed));
    fields.emplace_back("applied", std::to_string(replica->applied));
    fields.emplace_back("firstIndex", std::to_string(replica->first_index));
    fields.emplace_back("lastIndex", std::to_string(replica->last_index));
    fields.emplace_back("logBytes", std::to_string(replica->log_bytes));
  }
  return json_object(fields);
}

std::string id_or_null(const GroupHealth& group) {
  return group.leader == nullptr ? "null" : json_text(to_text(group.leader->node));
}

}  // namespace

std::string status_table(const GroupHealth& group) {
  auto text = summary_of(group);
  text +=
      fmt::format("\n{:<26} {:<10} {:<8} {:>6} {:>10} {:>10} {:>7} {:>10} {:>8}\n", "directory",
                  "role", "member", "term", "committed", "applied", "lag", "log from", "log KiB");
  for (const auto& each : group.each) {
    text += row_of(each);
  }
  return text;
}

std::string status_json(const GroupHealth& group) {
  std::vector<std::string> directories;
  for (const auto& each : group.each) {
    directories.push_back(json_of(each));
  }
  return json_object({{"leader", id_or_null(group)},
                      {"voters", std::to_string(group.voters)},
                      {"votersTakingPart", std::to_string(group.voters_living)},
                      {"quorum", std::to_string(group.quorum)},
                      {"hasQuorum", json_bool(group.has_quorum())},
                      {"mayFail", std::to_string(group.may_fail())},
                      {"directories", json_array(directories)}});
}

std::string check_text(const GroupHealth& group) {
  if (group.findings.empty()) {
    return "healthy: " + summary_of(group);
  }
  std::string text;
  for (const auto& finding : group.findings) {
    text += "- " + finding + "\n";
  }
  return text;
}

std::string check_json(const GroupHealth& group) {
  std::vector<std::string> findings;
  for (const auto& finding : group.findings) {
    findings.push_back(json_text(finding));
  }
  return json_object({{"healthy", json_bool(group.findings.empty())},
                      {"hasQuorum", json_bool(group.has_quorum())},
                      {"findings", json_array(findings)}});
}

}  // namespace hearth::cli
