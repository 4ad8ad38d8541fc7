#include "nodes/cli/cluster_text.hpp"

#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
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

/// A directory in all groups.
struct DirectoryHealth {
  const replication::DirectoryReport* report = nullptr;
  std::string_view role;  ///< `leader` where it leads a group; else what it is in most of them.
  std::size_t member_of = 0;
  std::size_t votes_in = 0;
  std::size_t leads = 0;
  bool answers = false;
  bool takes_part = false;
  std::optional<std::uint64_t> lag;  ///< The largest.
  std::uint64_t log_bytes = 0;
};

void add(const MemberHealth& each, DirectoryHealth& directory) {
  const auto role = role_of(each);
  directory.leads += role == "leader" ? 1 : 0;
  // What it is anywhere says more than what it is not.
  const bool says_more = directory.role.empty() || directory.role == "none" || role == "leader";
  if (directory.role != "leader" && says_more) {
    directory.role = role;
  }
  directory.member_of += each.member ? 1 : 0;
  directory.votes_in += each.member && each.member->votes ? 1 : 0;
  directory.answers = directory.answers || each.report->replica.has_value();
  directory.takes_part = directory.takes_part || (each.member && each.lives);
  if (each.lag) {
    directory.lag = std::max(directory.lag.value_or(0), *each.lag);
  }
  directory.log_bytes += each.report->replica ? each.report->replica->log_bytes : 0;
}

std::vector<DirectoryHealth> directories_of(const ClusterHealth& cluster) {
  std::vector<DirectoryHealth> all;
  std::map<NodeId, std::size_t> place_by_node;
  for (const auto& group : cluster) {
    for (const auto& each : group.each) {
      const auto [place, is_new] = place_by_node.try_emplace(each.report->node, all.size());
      if (is_new) {
        all.emplace_back().report = each.report;
      }
      add(each, all[place->second]);
    }
  }
  return all;
}

std::string_view part_of(const DirectoryHealth& directory, std::size_t groups) {
  return directory.member_of == 0        ? "no"
         : directory.votes_in == groups  ? "voter"
         : directory.member_of == groups ? "learner"
                                         : "partly";
}

std::string row_of(const DirectoryHealth& directory, std::size_t groups) {
  const auto head = fmt::format("{:<26} {:<10} {:<8}", replication::label_of(*directory.report),
                                directory.role, part_of(directory, groups));
  return directory.answers ? fmt::format("{} {:>6} {:>7} {:>8}\n", head, directory.leads,
                                         directory.lag ? std::to_string(*directory.lag) : "-",
                                         directory.log_bytes / 1024)
                           : head + "\n";
}

std::string leader_of(const GroupHealth& group) {
  return group.leader == nullptr ? std::string("nobody") : replication::label_of(*group.leader);
}

std::string row_of(std::size_t number, const GroupHealth& group) {
  std::uint64_t lag = 0;
  for (const auto& each : group.each) {
    lag = std::max(lag, each.member ? each.lag.value_or(0) : 0);
  }
  const auto committed =
      group.leader == nullptr ? std::string("-") : std::to_string(group.leader->replica->committed);
  return fmt::format("{:>5} {:<26} {:>3} of {:<3} {:>9} {:>10} {:>7}\n", number, leader_of(group),
                     group.voters_living, group.voters, group.may_fail(), committed, lag);
}

/// Of the group that is worst off.
const GroupHealth& weakest(const ClusterHealth& cluster) {
  return *std::min_element(cluster.begin(), cluster.end(), [](const auto& left, const auto& right) {
    return std::pair(left.has_quorum(), left.may_fail()) <
           std::pair(right.has_quorum(), right.may_fail());
  });
}

std::string summary_of(const ClusterHealth& cluster) {
  const auto led = std::count_if(cluster.begin(), cluster.end(),
                                 [](const auto& group) { return group.leader != nullptr; });
  const auto& group = weakest(cluster);
  return fmt::format(
      "{} of {} groups have a leader; {} of {} voters take part, {} are needed, {} "
      "may fail\n",
      led, cluster.size(), group.voters_living, group.voters, group.quorum, group.may_fail());
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

std::string json_of(const DirectoryHealth& directory, std::size_t groups) {
  return json_object({{"id", json_text(to_text(directory.report->node))},
                      {"region", json_text_or_null(directory.report->region)},
                      {"answers", json_bool(directory.answers)},
                      {"role", json_text(directory.role)},
                      {"member", json_bool(directory.member_of > 0)},
                      {"memberOf", std::to_string(directory.member_of)},
                      {"votes", json_bool(directory.votes_in == groups)},
                      {"leads", std::to_string(directory.leads)},
                      {"takesPart", json_bool(directory.takes_part)},
                      {"lag", directory.lag ? std::to_string(*directory.lag) : "null"},
                      {"logBytes", std::to_string(directory.log_bytes)}});
}

std::string id_or_null(const GroupHealth& group) {
  return group.leader == nullptr ? "null" : json_text(to_text(group.leader->node));
}

std::string json_of(std::size_t number, const GroupHealth& group) {
  std::vector<std::string> directories;
  for (const auto& each : group.each) {
    directories.push_back(json_of(each));
  }
  return json_object({{"group", std::to_string(number)},
                      {"leader", id_or_null(group)},
                      {"voters", std::to_string(group.voters)},
                      {"votersTakingPart", std::to_string(group.voters_living)},
                      {"quorum", std::to_string(group.quorum)},
                      {"hasQuorum", json_bool(group.has_quorum())},
                      {"mayFail", std::to_string(group.may_fail())},
                      {"directories", json_array(directories)}});
}

}  // namespace

std::string status_table(const ClusterHealth& cluster) {
  auto text = summary_of(cluster);
  text += fmt::format("\n{:<26} {:<10} {:<8} {:>6} {:>7} {:>8}\n", "directory", "role", "member",
                      "leads", "lag", "log KiB");
  for (const auto& directory : directories_of(cluster)) {
    text += row_of(directory, cluster.size());
  }
  text += fmt::format("\n{:>5} {:<26} {:<10} {:>9} {:>10} {:>7}\n", "group", "leader", "voters",
                      "may fail", "committed", "lag");
  for (std::size_t number = 0; number < cluster.size(); ++number) {
    text += row_of(number, cluster[number]);
  }
  return text;
}

std::string status_json(const ClusterHealth& cluster) {
  std::vector<std::string> directories;
  for (const auto& directory : directories_of(cluster)) {
    directories.push_back(json_of(directory, cluster.size()));
  }
  std::vector<std::string> groups;
  for (std::size_t number = 0; number < cluster.size(); ++number) {
    groups.push_back(json_of(number, cluster[number]));
  }
  const auto& group = weakest(cluster);
  return json_object({{"hasQuorum", json_bool(group.has_quorum())},
                      {"mayFail", std::to_string(group.may_fail())},
                      {"directories", json_array(directories)},
                      {"groups", json_array(groups)}});
}

std::vector<std::string> findings_of(const ClusterHealth& cluster) {
  std::vector<std::string> texts;
  std::map<std::string, std::vector<std::size_t>> groups_by_text;
  for (std::size_t number = 0; number < cluster.size(); ++number) {
    for (const auto& finding : cluster[number].findings) {
      auto& groups = groups_by_text[finding];
      if (groups.empty()) {
        texts.push_back(finding);
      }
      groups.push_back(number);
    }
  }
  for (auto& text : texts) {
    const auto& groups = groups_by_text.at(text);
    if (groups.size() < cluster.size()) {
      text = fmt::format("group {}: {}", fmt::join(groups, ", "), text);
    }
  }
  return texts;
}

std::string check_text(const ClusterHealth& cluster) {
  const auto findings = findings_of(cluster);
  if (findings.empty()) {
    return "healthy: " + summary_of(cluster);
  }
  std::string text;
  for (const auto& finding : findings) {
    text += "- " + finding + "\n";
  }
  return text;
}

std::string check_json(const ClusterHealth& cluster) {
  std::vector<std::string> findings;
  for (const auto& finding : findings_of(cluster)) {
    findings.push_back(json_text(finding));
  }
  return json_object({{"healthy", json_bool(findings.empty())},
                      {"hasQuorum", json_bool(weakest(cluster).has_quorum())},
                      {"findings", json_array(findings)}});
}

}  // namespace hearth::cli
