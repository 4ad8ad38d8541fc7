// device ls|rename|revoke

#include "messages/seal/identity.hpp"
#include "nodes/cli/account/commands.hpp"
#include "nodes/cli/account/device_text.hpp"
#include "nodes/cli/account/questions.hpp"
#include "nodes/cli/account/revocation.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace hearth::cli::account {

namespace {

bool is_last_manager(const NodeId& device, const client::DevicesListed& account) {
  return account.signers == std::vector{device};
}

}  // namespace

Result<void> list_devices(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  const auto& self = own.value().identity.id;
  auto session = session_of(own.value());
  const auto listed = own_account(session);
  if (!listed) {
    return listed.error();
  }
  if (flags.json) {
    std::vector<std::string> devices;
    for (const auto& device : listed.value().devices) {
      devices.push_back(to_json(device, self));
    }
    fmt::print("{}\n", json_array(devices));
  } else {
    fmt::print("{}", to_table(listed.value().devices, self));
  }
  return {};
}

Result<void> rename_device(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  auto session = session_of(own.value());
  const auto listed = own_account(session);
  auto device = listed ? find_device(listed.value().devices, flags.device)
                       : Result<directory::Device>(listed.error());
  if (!device) {
    return device.error();
  }
  const client::RenameDevice command{seal::node_id_of(device.value().keys.signing), flags.name};
  if (const auto done = session.ask<directory::EventAppended>(command, patience); !done) {
    return explained(done.error(), fmt::format("device \"{}\"", printable(device.value().name)));
  }
  device.value().name = flags.name;
  fmt::print("{}", flags.json ? to_json(device.value(), own.value().identity.id) + "\n"
                              : to_table({device.value()}, own.value().identity.id));
  return {};
}

Result<void> revoke_device(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  const auto& identity = own.value().identity;
  std::optional<DirectorySession> session(std::in_place, identity, Role::client, own.value().nodes,
                                          own.value().memory);
  const auto before = own_account(*session);
  const auto device = before ? find_device(before.value().devices, flags.device)
                             : Result<directory::Device>(before.error());
  if (!device) {
    return device.error();
  }
  const auto id = seal::node_id_of(device.value().keys.signing);
  const auto what = fmt::format("device \"{}\"", printable(device.value().name));
  if (is_last_manager(id, before.value())) {
    return Error{ErrorCode::not_allowed,
                 what + ": the last manager cannot be revoked: pair another manager first"};
  }
  if (const auto done = session->ask<directory::EventAppended>(client::RevokeDevice{id}, patience);
      !done) {
    return explained(done.error(), what);
  }
  Revocation revocation{device.value(), {}};
  if (id != identity.id) {
    const auto after = own_account(*session);
    session.reset();  // of two connections of one device, directories keep the newer one
    revocation.homes =
        after ? ask_homes(own.value(), unknown_homes(after.value()), after.value().sequence)
              : unknown_homes(before.value());
  } else {
    revocation.homes = unknown_homes(before.value());
  }
  fmt::print("{}", flags.json ? to_json(revocation) + "\n" : to_table(revocation));
  return {};
}

}  // namespace hearth::cli::account
