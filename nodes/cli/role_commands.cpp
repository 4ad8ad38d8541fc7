#include "nodes/cli/command.hpp"
#include "nodes/cli/role_settings.hpp"

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

Result<void> run_role(const std::string& role, const RoleFlags& flags, StopSignals& stop) {
  auto sources = flags.isolated ? ConfigSources{} : sources_of(role);
  if (!flags.config.empty()) {
    sources.files.emplace_back(flags.config);
  }
  for (const auto& [name, values] : flags.values) {
    if (!values.empty()) {
      sources.flags[name] = values;
    }
  }
  auto loaded = load_settings(schema_of(role), sources);
  if (!loaded) {
    return loaded.error();
  }
  const auto& settings = loaded.value();
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
  command->callback([role, flags, &invocation] {
    StopSignals stop;
    if (auto ended = run_role(role, *flags, stop); !ended) {
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
