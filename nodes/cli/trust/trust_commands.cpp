// cluster init|sign|nodes

#include "nodes/cli/account/own_device.hpp"
#include "nodes/cli/command.hpp"
#include "nodes/cli/trust/list_signing.hpp"
#include "nodes/cli/trust/node_list_text.hpp"
#include "nodes/cli/trust/nodes_file.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/node_list_file.hpp"
#include "nodes/support/time_text.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hearth::cli {
namespace {

namespace fs = std::filesystem;

using Nodes = std::vector<seal::ListedNode>;

struct TrustFlags {
  std::string name;
  std::string out;
  std::uint32_t groups = Cluster{}.groups;
  std::string nodes;
  std::string root;
  std::string cluster;
  std::int64_t days = trust::node_list_life.count();
  bool json = false;
};

WallTime wall_now() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

// ---- init ----

constexpr const char* next_steps = R"(
next:
1. Keep the root keys offline, each on a medium of its own, one of them in another place. Either
   signs for the whole cluster: whoever has one decides who is a directory. No node needs them.
2. On each machine: `hearth node init ROLE --data DIR`, then `hearth node show --data DIR`; gather
   the blocks that it prints in one file, nodes.toml.
3. `hearth cluster sign nodes.toml --root root-1.key` makes node_list, good for 30 days, and writes
   the founders into cluster.toml.
4. Give both, cluster.toml and node_list, to every machine, in /etc/hearth.
docs/operating/founding.md tells more.
)";

Result<void> check_unfounded(const fs::path& folder) {
  for (const auto file : {trust::root_files[0], trust::root_files[1], trust::cluster_file}) {
    if (is_there(folder / file)) {
      return Error{
          ErrorCode::already_exists,
          fmt::format("{} is already there: a cluster is made once, in a folder of its own",
                      (folder / file).string())};
    }
  }
  return {};
}

Result<ExitCode> init(const TrustFlags& flags) {
  const auto folder = absolute_path(flags.out);
  auto free = folder ? check_unfounded(folder.value()) : folder.error();
  const auto made = free ? trust::make_trust_root(folder.value(), flags.name, flags.groups)
                         : Result<Cluster>(free.error());
  if (!made) {
    return made.error();
  }
  const auto path_of = [&](std::string_view file) { return (folder.value() / file).string(); };
  std::vector<std::string> roots;
  for (std::size_t i = 0; i < trust::root_files.size(); ++i) {
    const auto key = to_text(made.value().roots[i]);
    const auto path = path_of(trust::root_files[i]);
    roots.push_back(flags.json ? json_object({{"file", json_text(path)}, {"key", json_text(key)}})
                               : fmt::format("root     {}  {}\n", key, path));
  }
  const auto cluster = path_of(trust::cluster_file);
  if (flags.json) {
    fmt::print("{}\n", json_object({{"name", json_text(flags.name)},
                                    {"cluster", json_text(cluster)},
                                    {"groups", std::to_string(flags.groups)},
                                    {"roots", json_array(roots)}}));
  } else {
    fmt::print("cluster  {}  {}\n{}{}{}", flags.name, cluster, roots[0], roots[1], next_steps);
  }
  return ExitCode::ok;
}

// ---- sign ----

/// Nodes of `those` that `others` lack, whatever else is said of them.
Nodes without(const Nodes& those, const Nodes& others) {
  Nodes left;
  std::copy_if(those.begin(), those.end(), std::back_inserter(left), [&](const auto& node) {
    return std::none_of(others.begin(), others.end(), [&node](const auto& other) {
      return other.keys.signing == node.keys.signing;
    });
  });
  return left;
}

std::string ids_json(const Nodes& nodes) {
  std::vector<std::string> ids;
  for (const auto& node : nodes) {
    ids.push_back(json_text(to_text(node.id())));
  }
  return json_array(ids);
}

std::string lines(std::string_view word, const Nodes& nodes) {
  std::string text;
  for (const auto& node : nodes) {
    text += fmt::format("{} {}\n", word, trust::short_text(node));
  }
  return text;
}

void print_signed(const TrustFlags& flags, const trust::ListSigned& done) {
  const auto& list = done.list;
  const auto added = without(list.nodes, done.before);
  const auto gone = without(done.before, list.nodes);
  if (flags.json) {
    fmt::print("{}\n", json_object({{"nodeList", json_text(flags.out)},
                                    {"serial", std::to_string(list.serial)},
                                    {"notAfter", json_text(time_text(list.not_after))},
                                    {"founded", json_bool(done.founded)},
                                    {"added", ids_json(added)},
                                    {"struck", ids_json(gone)}}));
    return;
  }
  fmt::print("{}{}signed {} with the serial {}: {} nodes, good until {}\n", lines("added ", added),
             lines("struck", gone), flags.out, list.serial, list.nodes.size(),
             time_text(list.not_after));
  if (done.founded) {
    fmt::print("its directories are the founders, written into {}\n", flags.cluster);
  }
}

Result<ExitCode> sign(const TrustFlags& flags) {
  auto file = trust::read_nodes_file(flags.nodes);
  if (!file) {
    return file.error();
  }
  const auto& problems = file.value().problems;
  if (!problems.empty()) {
    for (const auto& problem : problems) {
      write_stderr(problem + "\n");
    }
    return Error{ErrorCode::value_invalid,
                 fmt::format("{} has {} {}: nothing was signed", flags.nodes, problems.size(),
                             problems.size() == 1 ? "problem" : "problems")};
  }
  for (const auto& doubt : trust::doubts_about(file.value().nodes)) {
    write_stderr("warning: " + doubt + "\n");
  }
  const auto done =
      trust::sign_nodes({flags.cluster, flags.root, flags.out, std::chrono::days(flags.days)},
                        std::move(file.value().nodes), wall_now());
  if (!done) {
    return done.error();
  }
  print_signed(flags, done.value());
  return ExitCode::ok;
}

// ---- nodes ----

/// Both files are kept side by side by all who have them.
Result<ExitCode> nodes(const TrustFlags& flags) {
  const auto path = account::place_of(flags.nodes, "node_list");
  const auto trusted = load_cluster(flags.cluster.empty() ? path.parent_path() / trust::cluster_file
                                                          : fs::path(flags.cluster));
  const auto loaded = trusted ? load_node_list(path, trusted.value()) : trusted.error();
  if (!loaded) {
    return loaded.error();
  }
  const auto& list = loaded.value().list;
  const auto& name = trusted.value().name;
  const auto now = wall_now();
  fmt::print("{}", flags.json ? trust::node_list_json(name, list, now) + "\n"
                              : trust::node_list_table(name, list, now));
  return trust::wants_renewal(list, now) ? ExitCode::degraded : ExitCode::ok;
}

}  // namespace

void add_trust_commands(CLI::App& cluster, Invocation& invocation) {
  const auto add = [&](const char* name, const char* help, TrustFlags defaults,
                       Result<ExitCode> (*task)(const TrustFlags&)) {
    auto* command = cluster.add_subcommand(name, help);
    const auto flags = std::make_shared<TrustFlags>(std::move(defaults));
    command->add_flag("--json", flags->json, "Print JSON");
    command->callback([flags, task, &invocation] {
      const auto ended = task(*flags);
      invocation.exit_code =
          ended ? static_cast<int>(ended.value()) : report_failure(ended.error());
    });
    return std::pair(command, flags);
  };
  const auto [init_command, made] =
      add("init", "Make the trust root of a new cluster: two root keys and cluster.toml", {}, init);
  init_command->add_option("name", made->name, "Its name")->required();
  init_command->add_option("--out", made->out, "Folder to make them in")->required();
  init_command->add_option("--groups", made->groups, "Of accounts, for good [16]")
      ->check(CLI::Range(1, 1024));

  TrustFlags sign_defaults;
  sign_defaults.cluster = trust::cluster_file;
  sign_defaults.out = "node_list";
  const auto [sign_command, order] =
      add("sign", "Check nodes.toml and sign it as the newest node list", sign_defaults, sign);
  sign_command->add_option("nodes", order->nodes, "nodes.toml: a [[node]] for each")->required();
  sign_command->add_option("--root", order->root, "File of a root key")->required();
  sign_command->add_option("--cluster", order->cluster, "[cluster.toml]");
  sign_command->add_option("--out", order->out, "List to replace by the new one [node_list]");
  sign_command->add_option("--days", order->days, "How long it shall be good [30]")
      ->check(CLI::Range(1, 365));

  const auto [nodes_command, shown] = add(
      "nodes", "Show a node list: exit code 7 if it is over, or will be within 7 days", {}, nodes);
  nodes_command->add_option("node_list", shown->nodes, "The list [/etc/hearth/node_list]");
  nodes_command->add_option("--cluster", shown->cluster, "[cluster.toml beside the list]");
}

}  // namespace hearth::cli
