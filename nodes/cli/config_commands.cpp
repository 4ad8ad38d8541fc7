#include "nodes/cli/command.hpp"
#include "nodes/cli/role_settings.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <memory>

namespace hearth::cli {
namespace {

struct ConfigFlags {
  std::string role;
  std::vector<std::string> files;
  bool json = false;
  bool origin = false;
};

/// `--file` stands in for the files of this machine.
Result<Settings> settings_of(const ConfigFlags& flags) {
  auto sources = sources_of(flags.role);
  if (!flags.files.empty()) {
    sources.files.assign(flags.files.begin(), flags.files.end());
    for (const auto& file : sources.files) {
      if (!is_there(file)) {
        return Error{ErrorCode::not_found, fmt::format("no such file: {}", file.string())};
      }
    }
  }
  return load_settings(schema_of(flags.role), sources);
}

Result<void> check(const ConfigFlags& flags) {
  auto settings = settings_of(flags);
  auto checked =
      settings ? check_settings(flags.role, settings.value()) : Result<void>(settings.error());
  if (flags.json) {
    const auto problem = checked ? std::string{} : checked.error().detail;
    fmt::print("{}\n", json_object({{"ok", json_bool(checked.ok())},
                                    {"problem", json_text_or_null(problem)}}));
  } else if (checked) {
    fmt::print("ok\n");
  }
  return checked;
}

/// JSON's strings and arrays of them are TOML's, too.
std::string quoted(const SettingValue& value, bool is_list) {
  std::vector<std::string> texts;
  for (const auto& text : value.values) {
    texts.push_back(json_text(text));
  }
  if (is_list) {
    return json_array(texts);
  }
  return texts.empty() ? "\"\"" : texts.front();
}

Result<void> show(const ConfigFlags& flags) {
  auto settings = settings_of(flags);
  if (!settings) {
    return settings.error();
  }
  std::vector<std::pair<std::string_view, std::string>> json;
  const auto& values = settings.value().all();
  std::string section;
  for (const auto& setting : schema_of(flags.role)) {
    const auto& [name, value] = *values.find(setting.name());
    if (flags.json) {
      json.emplace_back(
          name, json_object({{"value", quoted(value, true)}, {"origin", json_text(value.origin)}}));
      continue;
    }
    if (setting.section != section) {
      fmt::print("{}[{}]\n", section.empty() ? "" : "\n", setting.section);
      section = setting.section;
    }
    fmt::print("{} = {}{}\n", setting.key, quoted(value, setting.is_list),
               flags.origin ? fmt::format("  # {}", value.origin) : std::string{});
  }
  if (flags.json) {
    fmt::print("{}\n", json_object(json));
  }
  return {};
}

void add_config_command(CLI::App& group, Invocation& invocation, const std::string& name,
                        const std::string& title, Result<void> (*task)(const ConfigFlags&)) {
  auto* command = group.add_subcommand(name, title);
  auto flags = std::make_shared<ConfigFlags>();
  command->add_option("role", flags->role, "directory, super-peer, home or gateway")
      ->required()
      ->check(CLI::IsMember(role_names()));
  command->add_option("--file", flags->files, "Read this file instead of the role's own");
  command->add_flag("--json", flags->json, "Print JSON");
  if (name == "show") {
    command->add_flag("--origin", flags->origin, "Say where each value comes from");
  }
  command->callback([flags, task, &invocation] {
    if (auto done = task(*flags); !done) {
      invocation.exit_code = report_failure(done.error());
    }
  });
}

}  // namespace

void add_config_commands(CLI::App& app, Invocation& invocation) {
  auto* group = app.add_subcommand("config", "Look at the configuration of a role");
  group->require_subcommand(1);
  add_config_command(*group, invocation, "check", "Say whether it is right", check);
  add_config_command(*group, invocation, "show", "Print what is in force", show);
}

}  // namespace hearth::cli
