#include "nodes/cli/command.hpp"
#include "nodes/cli/node_status.hpp"
#include "nodes/cli/role_settings.hpp"
#include "nodes/cli/trust/node_entry.hpp"
#include "nodes/cli/trust/node_list_text.hpp"
#include "nodes/cli/trust/nodes_file.hpp"
#include "nodes/roles/roles.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <memory>

namespace hearth::cli {
namespace {

struct NodeFlags {
  std::string role;
  std::string data;
  trust::EntryWish entry;
  bool json = false;
};

Result<void> init(const NodeFlags& flags) {
  const auto absolute = absolute_path(flags.data);
  if (!absolute) {
    return absolute.error();
  }
  const auto& folder = absolute.value();
  if (is_there(folder / "identity")) {
    return Error{ErrorCode::already_exists, fmt::format("{} has keys already", folder.string())};
  }
  auto identity = init_node_folder(folder, flags.role);
  if (!identity) {
    return identity.error();
  }
  const auto& keys = identity.value().keys;
  if (flags.json) {
    fmt::print("{}\n", json_object({{"role", json_text(flags.role)},
                                    {"id", json_text(to_text(identity.value().id))},
                                    {"signing", json_text(to_text(keys.signing))},
                                    {"exchange", json_text(to_text(keys.exchange))},
                                    {"data", json_text(folder.string())}}));
  } else {
    fmt::print("role      {}\nid        {}\nsigning   {}\nexchange  {}\n", flags.role,
               to_text(identity.value().id), to_text(keys.signing), to_text(keys.exchange));
  }
  return {};
}

Result<void> show(const NodeFlags& flags) {
  const auto absolute = absolute_path(flags.data);
  const auto entry = absolute ? trust::entry_of(absolute.value(), flags.entry) : absolute.error();
  if (!entry) {
    return entry.error();
  }
  fmt::print("{}",
             flags.json ? trust::node_json(entry.value()) + "\n" : trust::block_of(entry.value()));
  return {};
}

Result<void> status(const NodeFlags& flags) {
  auto found = node_status(flags.data);
  if (!found) {
    return found.error();
  }
  fmt::print("{}", flags.json ? to_json(found.value()) + "\n" : to_table(found.value()));
  return {};
}

void report(Invocation& invocation, const Result<void>& done) {
  if (!done) {
    invocation.exit_code = report_failure(done.error());
  }
}

}  // namespace

void add_node_commands(CLI::App& app, Invocation& invocation) {
  auto* group = app.add_subcommand("node", "Make and look at the data folder of a node");
  group->require_subcommand(1);
  auto flags = std::make_shared<NodeFlags>();

  auto* init_command = group->add_subcommand("init", "Make the folder and the keys of a node");
  init_command->add_option("role", flags->role, "directory, super-peer, home or gateway")
      ->required()
      ->check(CLI::IsMember(role_names()));
  init_command->add_option("--data", flags->data, "Its data folder")->required();
  init_command->add_flag("--json", flags->json, "Print JSON");
  init_command->callback([flags, &invocation] { report(invocation, init(*flags)); });

  auto* show_command = group->add_subcommand(
      "show", "Print the block of a directory or super-peer for nodes.toml, to be signed");
  show_command->add_option("--data", flags->data, "Its data folder")->required();
  show_command->add_option("--region", flags->entry.region, "Its region [that of its settings]");
  show_command
      ->add_option("--control-address", flags->entry.control,
                   "HOST:PORT where others find it [this machine's name, or where it listens]")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  show_command
      ->add_option("--data-address", flags->entry.data,
                   "HOST:PORT where others find a super-peer's data port [likewise]")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  show_command->add_flag("--json", flags->json, "Print JSON");
  show_command->callback([flags, &invocation] { report(invocation, show(*flags)); });

  auto* status_command = group->add_subcommand("status", "Say what a node is and whether it runs");
  status_command->add_option("--data", flags->data, "Its data folder")->required();
  status_command->add_flag("--json", flags->json, "Print JSON");
  status_command->callback([flags, &invocation] { report(invocation, status(*flags)); });
}

}  // namespace hearth::cli
