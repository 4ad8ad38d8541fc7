// cluster recover

#include "nodes/cli/command.hpp"
#include "nodes/cli/recovery/recovery_plan.hpp"
#include "nodes/cli/recovery/recovery_text.hpp"
#include "nodes/cli/role_settings.hpp"
#include "nodes/roles/stopped_directory.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/node_list_file.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace hearth::cli {
namespace {

using recovery::RecoveryPlan;
using recovery::Survivor;

constexpr std::size_t evidence_bytes_max = std::size_t{64} << 20U;

struct RecoverFlags {
  std::string data;
  std::vector<std::string> beside;
  std::string cluster;
  std::string node_list;
  std::string yes_lose;
  bool even_if_behind = false;
  bool dry_run = false;
  bool json = false;
};

/// What a recovery works on.
struct Scene {
  Cluster cluster;
  seal::NodeList nodes;
  std::unique_ptr<StoppedDirectory> directory;
  RecoveryPlan plan;
};

WallTime wall_now() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

/// Where `hearth directory` would look, too.
Result<NodeOptions> options_of(const RecoverFlags& flags) {
  auto sources = sources_of("directory");
  sources.flags["node.data"] = {flags.data};
  if (!flags.cluster.empty()) {
    sources.flags["node.cluster"] = {flags.cluster};
  }
  if (!flags.node_list.empty()) {
    sources.flags["node.node_list"] = {flags.node_list};
  }
  const auto settings = load_settings(schema_of("directory"), sources);
  const auto options =
      settings ? directory_options(settings.value()) : Result<DirectoryOptions>(settings.error());
  return options ? Result<NodeOptions>(options.value().node) : options.error();
}

Result<Survivor> survivor_of(const StoppedDirectory& directory, const Cluster& cluster) {
  auto remains = directory.remains(cluster.groups);
  return remains ? Result<Survivor>(
                       Survivor{directory.data(), directory.id(), std::move(remains.value())})
                 : remains.error();
}

Result<std::unique_ptr<StoppedDirectory>> open_stopped(const std::filesystem::path& data) {
  auto directory = StoppedDirectory::open(data);
  return !directory && directory.error().code == ErrorCode::in_use
             ? Error{ErrorCode::in_use, directory.error().detail + ": stop the directory first"}
             : std::move(directory);
}

/// Each is let go again: it is only looked at.
Result<std::vector<Survivor>> beside(const std::vector<std::string>& folders,
                                     const Cluster& cluster) {
  std::vector<Survivor> all;
  for (const auto& folder : folders) {
    const auto directory = open_stopped(folder);
    auto survivor =
        directory ? survivor_of(*directory.value(), cluster) : Result<Survivor>(directory.error());
    if (!survivor) {
      return survivor.error();
    }
    all.push_back(std::move(survivor.value()));
  }
  return all;
}

Result<Scene> look(const RecoverFlags& flags) {
  const auto options = options_of(flags);
  auto cluster = options ? load_cluster(options.value().cluster) : options.error();
  auto nodes = cluster
                   ? load_current_node_list(options.value().node_list, cluster.value(), wall_now())
                   : cluster.error();
  auto others = nodes ? beside(flags.beside, cluster.value()) : nodes.error();
  auto directory = others ? open_stopped(options.value().data) : others.error();
  auto survivor = directory ? survivor_of(*directory.value(), cluster.value())
                            : Result<Survivor>(directory.error());
  if (!survivor) {
    return survivor.error();
  }
  auto plan = recovery::plan_recovery(cluster.value(), nodes.value().list,
                                      std::move(survivor.value()), others.value());
  if (!plan) {
    return plan.error();
  }
  return Scene{std::move(cluster.value()), std::move(nodes.value().list),
               std::move(directory.value()), std::move(plan.value())};
}

/// By the cluster's name: typed, or as a flag.
Result<void> confirm(const RecoverFlags& flags, const std::string& cluster) {
  auto name = flags.yes_lose;
  if (name.empty() && ::isatty(STDIN_FILENO) != 0) {
    write_stderr("What is lost is lost for good. Type the cluster's name to go on: ");
    std::getline(std::cin, name);
  }
  return name == cluster
             ? Result<void>()
             : Error{ErrorCode::value_invalid,
                     "nothing was changed: --yes-lose NAME, with the name of the cluster, confirms "
                     "that the others are gone for good"};
}

Result<void> keep_evidence(const Scene& scene) {
  const auto path = scene.directory->data() / "recovered";
  auto bytes = read_file(path, evidence_bytes_max);
  if (!bytes && bytes.error().code != ErrorCode::not_found) {
    return bytes.error();
  }
  auto text = bytes ? std::string(bytes.value().begin(), bytes.value().end()) : std::string();
  return write_file(path, text + recovery::evidence_line(scene.plan, wall_now()), 0600);
}

/// Interrupted anywhere, it leaves the groups as they were, or all of them recovered.
Result<void> carry_out(const RecoverFlags& flags, Scene& scene) {
  auto done = recovery::check_plan(scene.plan, flags.even_if_behind);
  done = done ? confirm(flags, scene.cluster.name) : done;
  // From then on it starts with no list that lets the others in.
  done = done ? follow_node_list(scene.directory->data(), scene.cluster, scene.nodes) : done;
  done = done ? keep_evidence(scene) : done;
  return done ? scene.directory->write(recovery::appends_of(scene.plan)) : done;
}

constexpr const char* next_steps =
    "done: this directory is the only voter of every group\n"
    "next: start it, `hearth cluster status`, then `hearth cluster member add` for each new "
    "directory.\nNever start the lost ones again, and never sign their ids in again.\n";

Result<ExitCode> recover(const RecoverFlags& flags) {
  auto scene = look(flags);
  if (!scene) {
    return scene.error();
  }
  const auto& plan = scene.value().plan;
  if (!flags.json) {
    fmt::print("{}", recovery::plan_text(plan));
    static_cast<void>(flush_stdout());
  }
  const bool was_done = recovery::is_done(plan);
  const bool acts = !was_done && !flags.dry_run;
  const auto carried = acts ? carry_out(flags, scene.value()) : Result<void>();
  if (flags.json) {
    fmt::print("{}\n", recovery::plan_json(plan, was_done || (acts && carried.ok())));
  }
  if (!carried) {
    return carried.error();
  }
  if (!flags.json) {
    fmt::print("{}", was_done ? "nothing to do\n" : acts ? next_steps : "nothing was changed\n");
  }
  return ExitCode::ok;
}

}  // namespace

void add_recover_command(CLI::App& cluster, Invocation& invocation) {
  auto* command = cluster.add_subcommand(
      "recover",
      "When a majority of the directories is lost for good: make a stopped one that is left the "
      "only voter. What it does not have is lost");
  const auto flags = std::make_shared<RecoverFlags>();
  command->add_option("--data", flags->data, "Data folder of the directory, which is stopped")
      ->required();
  command
      ->add_option("--beside", flags->beside,
                   "Data folder of another one that is left: none of them may have more")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--even-if-behind", flags->even_if_behind,
                    "Go on although one of those has more");
  command->add_option("--yes-lose", flags->yes_lose,
                      "Name of the cluster: the others are gone for good [asks on a terminal]");
  command->add_option("--cluster", flags->cluster, "[that of the directory's settings]");
  command->add_option("--node-list", flags->node_list,
                      "The newest, which names none of the lost [likewise]");
  command->add_flag("--dry-run", flags->dry_run, "Only say what would be done, and lost");
  command->add_flag("--json", flags->json, "Print JSON");
  command->callback([flags, &invocation] {
    const auto ended = recover(*flags);
    invocation.exit_code = ended ? static_cast<int>(ended.value()) : report_failure(ended.error());
  });
}

}  // namespace hearth::cli
