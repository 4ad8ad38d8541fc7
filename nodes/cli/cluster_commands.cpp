#include "nodes/cli/cluster_client.hpp"
#include "nodes/cli/cluster_text.hpp"
#include "nodes/cli/command.hpp"
#include "nodes/cli/member_change.hpp"
#include "nodes/support/json_text.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
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

Result<replication::ClusterSurvey> survey_of(const ClusterFlags& flags) {
  const auto client = ClusterClient::find(flags.data);
  return client ? client.value().survey() : client.error();
}

Result<ExitCode> status(const ClusterFlags& flags) {
  const auto survey = survey_of(flags);
  if (!survey) {
    return survey.error();
  }
  const auto group = replication::health_of(survey.value());
  fmt::print("{}", flags.json ? status_json(group) + "\n" : status_table(group));
  return ExitCode::ok;
}

Result<ExitCode> check(const ClusterFlags& flags) {
  const auto survey = survey_of(flags);
  if (!survey) {
    return survey.error();
  }
  const auto group = replication::health_of(survey.value());
  fmt::print("{}", flags.json ? check_json(group) + "\n" : check_text(group));
  return group.findings.empty() ? ExitCode::ok : ExitCode::degraded;
}

// ---- members ----

using replication::GoalKind;
using replication::MemberGoal;

Result<MemberGoal> goal_of(GoalKind kind, const ClusterFlags& flags,
                           const replication::ClusterSurvey& survey) {
  MemberGoal goal{kind, {}, {}};
  if (kind != GoalKind::remove) {
    const auto joins = replication::resolve(survey, flags.joins, false);
    if (!joins) {
      return joins.error();
    }
    goal.joins = joins.value();
  }
  if (kind != GoalKind::add) {
    const auto leaves = replication::resolve(survey, flags.leaves, true);
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

Result<ExitCode> change(GoalKind kind, const ClusterFlags& flags) {
  const auto client = ClusterClient::find(flags.data);
  if (!client) {
    return client.error();
  }
  const auto survey = client.value().survey();
  if (!survey) {
    return survey.error();
  }
  const auto goal = goal_of(kind, flags, survey.value());
  if (!goal) {
    return goal.error();
  }
  if (auto good = replication::check_goal(survey.value(), goal.value()); !good) {
    return good.error();
  }
  if (flags.dry_run) {
    print_steps(flags, replication::steps_of(survey.value(), goal.value()));
    return ExitCode::ok;
  }
  std::vector<std::string> steps;
  const auto done =
      change_members(client.value(), goal.value(), [&flags, &steps](const std::string& step) {
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
  auto* group = app.add_subcommand("cluster", "Look after the replicated directories");
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
}

}  // namespace hearth::cli
