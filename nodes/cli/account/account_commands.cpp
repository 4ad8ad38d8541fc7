// account create|show|audit

#include "nodes/cli/account/commands.hpp"
#include "nodes/cli/account/device_text.hpp"
#include "nodes/cli/account/questions.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/json_text.hpp"

#include <fmt/format.h>
#include <utility>

namespace hearth::cli::account {

Result<void> create_account(const AccountFlags& flags) {
  auto own = open_or_make_device(flags.places);
  if (!own) {
    return own.error();
  }
  const auto& [folder, identity, nodes] = own.value();
  DirectorySession session(identity, Role::client, nodes);
  const directory::Device device{identity.keys, directory::DeviceKind::manager,
                                 flags.device_name.empty() ? host_name() : flags.device_name};
  const auto made = session.ask<directory::AccountCreated>(
      directory::CreateAccount{flags.name, device}, patience);
  if (!made) {
    return explained(made.error(), fmt::format("account \"{}\"", printable(flags.name)));
  }
  if (flags.json) {
    fmt::print("{}\n", json_object({{"account", json_text(to_text(made.value().account))},
                                    {"name", json_text(flags.name)},
                                    {"device", to_json(device, identity.id)}}));
  } else {
    fmt::print("account   {}\nid        {}\ndevice    {} (manager), keys in {}\n",
               printable(flags.name), to_text(made.value().account), printable(device.name),
               folder->path().string());
  }
  return {};
}

Result<void> show_account(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  const auto& identity = own.value().identity;
  DirectorySession session(identity, Role::client, own.value().nodes);
  const auto listed = own_account(session);
  if (!listed) {
    return listed.error();
  }
  const auto& account = listed.value();
  if (flags.json) {
    fmt::print("{}\n", json_object({{"account", json_text(to_text(account.account))},
                                    {"name", json_text(account.name)},
                                    {"events", std::to_string(account.sequence)},
                                    {"devices", std::to_string(account.devices.size())}}));
  } else {
    fmt::print("account   {}\nid        {}\nevents    {}\ndevices   {}\n", printable(account.name),
               to_text(account.account), account.sequence, account.devices.size());
  }
  return {};
}

Result<void> audit_account(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  DirectorySession session(own.value().identity, Role::client, own.value().nodes);
  std::vector<std::string> json;
  for (directory::ListAccountEvents page;;) {
    const auto listed = session.ask<directory::AccountEventsListed>(page, patience);
    if (!listed) {
      return explained(listed.error(), "what happened on the account");
    }
    for (const auto& event : listed.value().events) {
      page.after = event.sequence;
      if (flags.json) {
        json.push_back(event_json(event));
      } else {
        const auto at = std::visit([](const auto& each) { return each.at_ms; }, event.event);
        fmt::print("{:>5}  {}  {}\n", event.sequence, time_text(at), event_text(event.event));
      }
    }
    if (listed.value().events.empty() || page.after >= listed.value().last) {
      break;
    }
  }
  if (flags.json) {
    fmt::print("{}\n", json_array(json));
  }
  return {};
}

}  // namespace hearth::cli::account
