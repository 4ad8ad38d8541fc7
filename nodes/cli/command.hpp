#pragma once
// What the files of commands have in common. A command registers itself with CLI11 and leaves
// its exit code behind.

#include "nodes/support/exit_code.hpp"

#include <CLI/App.hpp>

namespace hearth::cli {

/// Lives in `main` as long as a command runs.
struct Invocation {
  int exit_code = static_cast<int>(ExitCode::ok);
};

/// directory, super-peer, home, gateway.
void add_role_commands(CLI::App& app, Invocation& invocation);
/// up, and the hidden command by which it enrols its household.
void add_up_commands(CLI::App& app, Invocation& invocation);
/// homes, library ls|search|show|rescan, get. In client_commands.cpp.
void add_client_commands(CLI::App& app, Invocation& invocation);
/// account create|show|audit, device ls|rename|revoke, pair.
void add_account_commands(CLI::App& app, Invocation& invocation);
/// node init|show|status.
void add_node_commands(CLI::App& app, Invocation& invocation);
/// cluster status|check, member add|remove|replace, and the others of that group.
void add_cluster_commands(CLI::App& app, Invocation& invocation);
/// recover of the group `cluster`. In recovery/recover_command.cpp.
void add_recover_command(CLI::App& cluster, Invocation& invocation);
/// init|sign|nodes of the group `cluster`. In trust/trust_commands.cpp.
void add_trust_commands(CLI::App& cluster, Invocation& invocation);
/// config check|show.
void add_config_commands(CLI::App& app, Invocation& invocation);
/// drill: becomes hearth-drill.
void add_drill_command(CLI::App& app, Invocation& invocation);
/// version.
void add_version_command(CLI::App& app, Invocation& invocation);

}  // namespace hearth::cli
