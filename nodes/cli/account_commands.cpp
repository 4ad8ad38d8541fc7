#include "nodes/cli/account/commands.hpp"
#include "nodes/cli/command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <memory>
#include <unistd.h>

namespace hearth::cli {

namespace {

using account::AccountFlags;
using Flags = std::shared_ptr<AccountFlags>;

void add_places(CLI::App& command, AccountFlags& flags) {
  auto& places = flags.places;
  command.add_option("--data", places.data, "Folder of this device's keys")
      ->envname("HEARTH_CLIENT_DATA");
  command.add_option("--cluster", places.cluster, "File with the cluster's name and root keys")
      ->envname("HEARTH_CLUSTER");
  command.add_option("--node-list", places.node_list, "Signed list of the cluster's nodes")
      ->envname("HEARTH_NODE_LIST");
  command.add_flag("--json", flags.json, "Print JSON");
}

/// The command `name` of `parent`, which does what `run` does.
CLI::App* add(CLI::App& parent, Invocation& invocation, const Flags& flags, const char* name,
              const char* help, Result<void> (*run)(const AccountFlags&)) {
  auto* command = parent.add_subcommand(name, help);
  add_places(*command, *flags);
  command->callback([&invocation, flags, run] {
    std::signal(SIGINT, [](int) { ::_exit(static_cast<int>(ExitCode::interrupted)); });
    if (const auto done = run(*flags); !done) {
      invocation.exit_code = report_failure(done.error());
    }
  });
  return command;
}

void add_device_name(CLI::App& command, AccountFlags& flags) {
  command.add_option("--name", flags.device_name, "What the household calls this device [host]");
}

}  // namespace

void add_account_commands(CLI::App& app, Invocation& invocation) {
  const auto flags = std::make_shared<AccountFlags>();
  auto* group = app.add_subcommand("account", "Make an account, and see what happened on it");
  group->require_subcommand(1);
  auto* create = add(*group, invocation, flags, "create",
                     "Make an account whose first manager is this device", account::create_account);
  create->add_option("account", flags->name, "Its name, which nobody else has")->required();
  add_device_name(*create, *flags);
  create->add_option("--recovery-key-file", flags->recovery_key_file,
                     "File to make for the recovery key, instead of showing it once");
  auto* recover = add(*group, invocation, flags, "recover",
                      "Make this device a manager by the recovery key", account::recover_account);
  recover->add_option("--recovery-key-file", flags->recovery_key_file,
                      "File that has the key, - for stdin, instead of typing it");
  recover->add_flag("--revoke-managers", flags->revoke_managers,
                    "And let the managers from before in no more");
  add_device_name(*recover, *flags);
  add(*group, invocation, flags, "show", "Show the account of this device", account::show_account);
  add(*group, invocation, flags, "audit", "List who did what to which device, and when",
      account::audit_account);

  auto* devices = app.add_subcommand("device", "Look after the devices of the account");
  devices->require_subcommand(1);
  add(*devices, invocation, flags, "ls", "List them", account::list_devices);
  auto* rename =
      add(*devices, invocation, flags, "rename", "Give one another name", account::rename_device);
  rename->add_option("device", flags->device, "Its name or id")->required();
  rename->add_option("name", flags->name, "The new name")->required();
  auto* revoke =
      add(*devices, invocation, flags, "revoke",
          "Let one in no more, and say which homes have heard it", account::revoke_device);
  revoke->add_option("device", flags->device, "Its name or id")->required();

  auto* shares = app.add_subcommand("share", "Share folders of a home with other accounts");
  shares->require_subcommand(1);
  auto* share =
      add(*shares, invocation, flags, "create",
          "Let another account see and play a folder, or a whole home", account::create_share);
  share->add_option("place", flags->place, "HOME, or HOME:FOLDER with / between folders")
      ->required();
  share->add_option("--to", flags->grantee, "Name of the other account")->required();
  share->add_option("--expires", flags->expires, "When it ends: 90m, 12h, 30d, 8w [never]");
  share->add_flag("--yes,-y", flags->yes, "Share without a question");
  add(*shares, invocation, flags, "ls", "List what is shared, and what others share with you",
      account::list_shares);
  auto* unshare = add(*shares, invocation, flags, "revoke",
                      "End a share, and say whether its home has heard it", account::revoke_share);
  unshare->add_option("number", flags->share, "Its number, as `share ls` has it")->required();

  auto* pair = add(app, invocation, flags, "pair",
                   "Admit a new home or device by the code that it shows", account::pair);
  pair->add_option("code", flags->code, "As the new device shows it");
  pair->add_flag("--yes,-y", flags->yes, "Approve without a question");
  pair->add_flag("--new", flags->offer, "Be the new device: show a code and wait for a manager");
  pair->add_option("--kind", flags->kind, "With --new: player, or manager, which may admit others")
      ->check(CLI::IsMember({"player", "manager"}))
      ->default_str("player");
  add_device_name(*pair, *flags);
}

}  // namespace hearth::cli
