#include "nodes/cli/cluster_client.hpp"
#include "nodes/cli/cluster_text.hpp"
#include "nodes/cli/command.hpp"
#include "nodes/cli/member_change.hpp"
#include "nodes/support/json_text.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hearth::cli {
namespace {

struct ClusterFlags {
  std::string data;
  bool json = false;
  bool dry_run = false;
  std::string joins;   ///< As people name it; of `add` and `replace`.
  std::string leaves;  ///< Of `remove` and `replace`.
};

using Surveys = std::vector<replication::ClusterSurvey>;

Result<Surveys> surveys_of(const ClusterFlags& flags) {
  const auto client = ClusterClient::find(flags.data);
  return client ? client.value().survey_all() : client.error();
}

/// Of `surveys`, which outlive it.
ClusterHealth health_of(const Surveys& surveys) {
  ClusterHealth health;
  for (const auto& survey : surveys) {
    health.push_back(replication::health_of(survey));
  }
  return health;
}

Result<ExitCode> status(const ClusterFlags& flags) {
  const auto surveys = surveys_of(flags);
  if (!surveys) {
    return surveys.error();
  }
  const auto cluster = health_of(surveys.value());
  fmt::print("{}", flags.json ? status_json(cluster) + "\n" : status_table(cluster));
  return ExitCode::ok;
}

Result<ExitCode> check(const ClusterFlags& flags) {
  const auto surveys = surveys_of(flags);
  if (!surveys) {
    return surveys.error();
  }
  const auto cluster = health_of(surveys.value());
  fmt::print("{}", flags.json ? check_json(cluster) + "\n" : check_text(cluster));
  return findings_of(cluster).empty() ? ExitCode::ok : ExitCode::degraded;
}

// ---- members ----

using replication::GoalKind;
using replication::MemberGoal;

/// Who is a member in some groups alone is found in the first that has it.
Result<NodeId> resolve(const Surveys& surveys, std::string_view name, bool wants_member) {
  for (const auto& survey : surveys) {
    auto found = replication::resolve(survey, name, wants_member);
    if (found &&
        (!wants_member || replication::health_of(survey).members.find(found.value()) != nullptr)) {
      return found;
    }
  }
  return replication::resolve(surveys.front(), name, wants_member);
}

Result<MemberGoal> goal_of(GoalKind kind, const ClusterFlags& flags, const Surveys& surveys) {
  MemberGoal goal{kind, {}, {}};
  if (kind != GoalKind::remove) {
    const auto joins = resolve(surveys, flags.joins, false);
    if (!joins) {
      return joins.error();
    }
    goal.joins = joins.value();
  }
  if (kind != GoalKind::add) {
    const auto leaves = resolve(surveys, flags.leaves, true);
    if (!leaves) {
      return leaves.error();
    }
    goal.leaves = leaves.value();
  }
  return goal;
}

void print_steps(const ClusterFlags& flags, const std::vector<std::string>& steps) {
  if (!flags.json) {
    for (const auto& step : steps) {
      fmt::print("would {}\n", step);
    }
    return;
  }
  std::vector<std::string> texts;
  for (const auto& step : steps) {
    texts.push_back(json_text(step));
  }
  fmt::print("{}\n",
             json_object({{"dryRun", json_bool(flags.dry_run)}, {"steps", json_array(texts)}}));
}

/// What is the same in every group once.
std::vector<std::string> rehearsal(const Surveys& surveys, const std::vector<GroupId>& groups,
                                   const MemberGoal& goal) {
  std::vector<std::string> all;
  for (const auto group : groups) {
    for (auto& step : replication::steps_of(surveys.at(static_cast<std::uint32_t>(group)), goal)) {
      step += groups.size() > 1 ? fmt::format(", in {} groups", groups.size()) : std::string();
      if (std::find(all.begin(), all.end(), step) == all.end()) {
        all.push_back(std::move(step));
      }
    }
  }
  return all;
}

Result<ExitCode> change(GoalKind kind, const ClusterFlags& flags) {
  const auto client = ClusterClient::find(flags.data);
  if (!client) {
    return client.error();
  }
  const auto surveys = client.value().survey_all();
  if (!surveys) {
    return surveys.error();
  }
  const auto goal = goal_of(kind, flags, surveys.value());
  if (!goal) {
    return goal.error();
  }
  const auto groups = groups_to_change(surveys.value(), goal.value());
  if (!groups) {
    return groups.error();
  }
  if (flags.dry_run) {
    print_steps(flags, rehearsal(surveys.value(), groups.value(), goal.value()));
    return ExitCode::ok;
  }
  std::vector<std::string> steps;
  const auto done = change_members(client.value(), groups.value(), goal.value(),
                                   [&flags, &steps](const std::string& step) {
                                     steps.push_back(step);
                                     if (!flags.json) {
                                       fmt::print("{}\n", step);
                                       static_cast<void>(flush_stdout());
                                     }
                                   });
  if (!done) {
    return done.error();
  }
  if (flags.json) {
    print_steps(flags, steps);
  } else {
    fmt::print("done\n");
  }
  return ExitCode::ok;
}

CLI::App* add_command(CLI::App& group, const char* name, const char* help, ClusterFlags& flags) {
  auto* command = group.add_subcommand(name, help);
  command->add_option("--data", flags.data,
                      "Data folder of a directory of this machine [one of yours that runs]");
  command->add_flag("--json", flags.json, "Print JSON");
  return command;
}

CLI::App* add_member_command(CLI::App& group, const char* name, const char* help,
                             ClusterFlags& flags) {
  auto* command = add_command(group, name, help, flags);
  command->add_flag("--dry-run", flags.dry_run, "Only say what would be done");
  return command;
}

constexpr const char* names_help = "Region, or the first digits of its id";

void add_member_commands(CLI::App& cluster, const std::shared_ptr<ClusterFlags>& flags,
                         const std::function<void(const Result<ExitCode>&)>& finish) {
  auto* group = cluster.add_subcommand("member", "Change which directories replicate the accounts");
  group->require_subcommand(1);
  auto* add = add_member_command(
      *group, "add", "Let a directory join: as a learner, and when it has caught up, with a vote",
      *flags);
  add->add_option("directory", flags->joins, names_help)->required();
  add->callback([flags, finish] { finish(change(GoalKind::add, *flags)); });
  auto* remove = add_member_command(*group, "remove", "Take a directory out", *flags);
  remove->add_option("directory", flags->leaves, names_help)->required();
  remove->callback([flags, finish] { finish(change(GoalKind::remove, *flags)); });
  auto* replace = add_member_command(
      *group, "replace", "Let a new directory take the place of one, while all goes on", *flags);
  replace->add_option("old", flags->leaves, names_help)->required();
  replace->add_option("new", flags->joins, names_help)->required();
  replace->callback([flags, finish] { finish(change(GoalKind::replace, *flags)); });
}

}  // namespace

void add_cluster_commands(CLI::App& app, Invocation& invocation) {
  auto* group = app.add_subcommand("cluster",
                                   "Found a cluster, sign its nodes, and look after "
                                   "its directories");
  group->require_subcommand(1);
  auto flags = std::make_shared<ClusterFlags>();
  const auto finish = [&invocation](const Result<ExitCode>& ended) {
    invocation.exit_code = ended ? static_cast<int>(ended.value()) : report_failure(ended.error());
  };
  add_command(*group, "status", "Say how each directory is, and how many more may fail", *flags)
      ->callback([flags, finish] { finish(status(*flags)); });
  add_command(*group, "check", "Say what is wrong: exit code 7 if anything is", *flags)
      ->callback([flags, finish] { finish(check(*flags)); });
  add_member_commands(*group, flags, finish);
  add_recover_command(*group, invocation);
  add_trust_commands(*group, invocation);
}

}  // namespace hearth::cli
