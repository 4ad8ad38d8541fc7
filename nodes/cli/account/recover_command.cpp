// account recover

#include "messages/seal/identity.hpp"
#include "nodes/cli/account/commands.hpp"
#include "nodes/cli/account/device_text.hpp"
#include "nodes/cli/account/questions.hpp"
#include "nodes/cli/account/recovery_key_io.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/json_text.hpp"

#include <fmt/format.h>
#include <vector>

namespace hearth::cli::account {

namespace {

/// Managers of before: they sign nothing any more.
std::vector<directory::Device> other_managers(const client::DevicesListed& account,
                                              const NodeId& self) {
  std::vector<directory::Device> others;
  for (const auto& device : account.devices) {
    if (device.kind == directory::DeviceKind::manager &&
        seal::node_id_of(device.keys.signing) != self) {
      others.push_back(device);
    }
  }
  return others;
}

Result<void> revoke(DirectorySession& session, const std::vector<directory::Device>& devices) {
  for (const auto& device : devices) {
    const auto done = session.ask<directory::EventAppended>(
        client::RevokeDevice{seal::node_id_of(device.keys.signing)}, patience);
    if (!done) {
      return explained(done.error(), fmt::format("device \"{}\"", printable(device.name)));
    }
  }
  return {};
}

void print(const AccountFlags& flags, const client::DevicesListed& account, const NodeId& self,
           const std::vector<directory::Device>& others) {
  if (flags.json) {
    std::vector<std::string> json;
    for (const auto& device : others) {
      json.push_back(to_json(device, self));
    }
    fmt::print("{}\n", json_object({{"account", json_text(to_text(account.account))},
                                    {"name", json_text(account.name)},
                                    {"revoked", json_bool(flags.revoke_managers)},
                                    {"managersBefore", json_array(json)}}));
    return;
  }
  fmt::print("recovered {}: this device manages it\n", printable(account.name));
  for (const auto& device : others) {
    fmt::print("{}   {}\n", flags.revoke_managers ? "revoked" : "before ", printable(device.name));
  }
  if (!others.empty() && !flags.revoke_managers) {
    fmt::print(
        "Managers from before look and play, and manage nothing: revoke those that are not "
        "yours with `hearth device revoke`.\n");
  }
}

}  // namespace

Result<void> recover_account(const AccountFlags& flags) {
  const auto key = read_in(flags.recovery_key_file);
  auto own = key ? open_or_make_device(flags.places) : Result<OwnDevice>(key.error());
  if (!own) {
    return own.error();
  }
  const auto& identity = own.value().identity;
  auto session = session_of(own.value());
  const directory::Device device{identity.keys, directory::DeviceKind::manager,
                                 flags.device_name.empty() ? host_name() : flags.device_name};
  const auto done =
      session.ask<directory::EventAppended>(client::RecoverAccount{key.value(), device}, patience);
  if (!done) {
    return explained(done.error(), "recovery");
  }
  const auto account = own_account(session);
  if (!account) {
    return account.error();
  }
  const auto others = other_managers(account.value(), identity.id);
  if (auto revoked = flags.revoke_managers ? revoke(session, others) : Result<void>(); !revoked) {
    return revoked;
  }
  print(flags, account.value(), identity.id, others);
  return {};
}

}  // namespace hearth::cli::account
