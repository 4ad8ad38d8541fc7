#include "nodes/cli/account/joining.hpp"
#include "nodes/cli/account/own_device.hpp"
#include "nodes/cli/command.hpp"
#include "nodes/cli/role_settings.hpp"
#include "nodes/client/terminal.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <map>
#include <memory>

namespace hearth::cli {
namespace {

struct RoleFlags {
  std::map<std::string, std::vector<std::string>> values;  ///< By `Setting::name()`.
  std::string config;
  bool isolated = false;  ///< Flags alone count.
  int ready_fd = -1;
  bool pair = false;  ///< First come into an account, where the node is in none.
};

template <class Options>
Result<void> run_with(Result<Options> options, int ready_fd, StopSignals& stop,
                      Result<void> (*role_main)(const Options&, StopSignals&)) {
  if (!options) {
    return options.error();
  }
  options.value().node.ready_fd = ready_fd;
  return role_main(options.value(), stop);
}

Result<Settings> settings_of(const std::string& role, const RoleFlags& flags) {
  auto sources = flags.isolated ? ConfigSources{} : sources_of(role);
  if (!flags.config.empty()) {
    sources.files.emplace_back(flags.config);
  }
  for (const auto& [name, values] : flags.values) {
    if (!values.empty()) {
      sources.flags[name] = values;
    }
  }
  return load_settings(schema_of(role), sources);
}

/// The folder and keys of the node are made where they are missing, so that one command does all.
Result<void> join(const NodeOptions& node, const std::string& role, account::Joiner joiner) {
  auto nodes = account::load_cluster_nodes(node.cluster.string(), node.node_list.string());
  auto identity = nodes ? init_node_folder(node.data, role) : nodes.error();
  if (!identity) {
    return identity.error();
  }
  joiner.identity = identity.value();
  const auto joined = account::join_account(joiner, nodes.value(), account::show_code);
  if (!joined) {
    return joined.error();
  }
  write_stderr(account::to_text(joined.value()));
  return {};
}

Result<void> pair_role(const std::string& role, const Settings& settings) {
  using directory::DeviceKind;
  if (role == "home") {
    const auto options = home_options(settings);
    return options ? join(options.value().node, role,
                          {{}, Role::home, DeviceKind::home, options.value().name})
                   : options.error();
  }
  const auto options = gateway_options(settings);
  return options ? join(options.value().node, role,
                        {{}, Role::client, DeviceKind::gateway, account::host_name()})
                 : options.error();
}

Result<void> run_role(const std::string& role, const RoleFlags& flags, const Settings& settings,
                      StopSignals& stop) {
  if (auto started = logs::start(log_options(role, settings)); !started) {
    return started;
  }
  if (role == "directory") {
    return run_with(directory_options(settings), flags.ready_fd, stop, run_directory);
  }
  if (role == "super-peer") {
    return run_with(super_peer_options(settings), flags.ready_fd, stop, run_super_peer);
  }
  if (role == "home") {
    return run_with(home_options(settings), flags.ready_fd, stop, run_home);
  }
  return run_with(gateway_options(settings), flags.ready_fd, stop, run_gateway);
}

Result<void> begin_role(const std::string& role, const RoleFlags& flags) {
  const auto settings = settings_of(role, flags);
  if (!settings) {
    return settings.error();
  }
  if (flags.pair) {
    if (auto paired = pair_role(role, settings.value()); !paired) {
      return paired;
    }
  }
  StopSignals stop;
  return run_role(role, flags, settings.value(), stop);
}

std::string title_of(const std::string& role) {
  static const std::map<std::string, std::string> titles{
      {"directory", "Run a directory: accounts, devices, where homes are"},
      {"super-peer", "Run a super-peer: a relay that homes and devices meet at"},
      {"home", "Run a home: the library of this PC"},
      {"gateway", "Run a gateway: a household's homes in the browsers of this PC"}};
  return titles.at(role);
}

void add_role_command(CLI::App& app, Invocation& invocation, const std::string& role) {
  auto* command = app.add_subcommand(role, title_of(role));
  auto flags = std::make_shared<RoleFlags>();
  for (const auto& setting : schema_of(role)) {
    auto help = setting.help;
    if (!setting.fallback.empty() && !setting.fallback.front().empty()) {
      help += fmt::format(" [{}]", setting.fallback.front());
    }
    auto* option = command->add_option("--" + setting.flag, flags->values[setting.name()], help);
    option->expected(1);
    if (setting.is_list) {
      option->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
  command->add_option("--config", flags->config, "One more configuration file, above the others");
  // Between `hearth up` and its children.
  command->add_flag("--isolated", flags->isolated)->group("");
  command->add_option("--ready-fd", flags->ready_fd)->group("");
  if (role == "home" || role == "gateway") {
    command->add_flag("--pair", flags->pair,
                      "First come into an account: show a code, which a manager types at `hearth "
                      "pair`, and wait. Makes folder and keys where they are missing");
  }
  command->callback([role, flags, &invocation] {
    if (auto ended = begin_role(role, *flags); !ended) {
      invocation.exit_code = report_failure(ended.error());
    }
  });
}

}  // namespace

void add_role_commands(CLI::App& app, Invocation& invocation) {
  for (const auto& role : role_names()) {
    add_role_command(app, invocation, role);
  }
}

}  // namespace hearth::cli
