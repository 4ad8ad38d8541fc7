// account create|show|audit

#include "actors/chain/account_chain.hpp"
#include "messages/seal/key_words.hpp"
#include "messages/seal/random.hpp"
#include "nodes/cli/account/commands.hpp"
#include "nodes/cli/account/device_text.hpp"
#include "nodes/cli/account/questions.hpp"
#include "nodes/cli/account/recovery_key_io.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/time_text.hpp"

#include <fmt/format.h>
#include <utility>

namespace hearth::cli::account {

namespace {

directory::Device own_manager(const AccountFlags& flags, const seal::Identity& identity) {
  return {identity.keys, directory::DeviceKind::manager,
          flags.device_name.empty() ? host_name() : flags.device_name};
}

/// Whether the account was perhaps made is not known then.
bool may_have_happened(const Error& error) {
  return kind_of(error.code) == ErrorKind::transient;
}

/// The key is in the person's hands before the account is: none is ever without.
Result<directory::EventAppended> create(DirectorySession& session, const AccountFlags& flags,
                                        const directory::Device& device) {
  const auto listed = session.ask<client::DevicesListed>(client::ListDevices{}, patience);
  if (listed || listed.error().code != ErrorCode::device_unknown) {
    return listed ? session.ask<directory::EventAppended>(
                        client::CreateAccount{flags.name, {}, device}, patience)
                  : Result<directory::EventAppended>(listed.error());
  }
  for (const auto* name : {&flags.name, &device.name}) {
    if (auto checked = chain::check_name(*name); !checked) {
      return checked.error();
    }
  }
  const auto key = seal::random_secret();
  if (auto handed = hand_out(key, flags.recovery_key_file); !handed) {
    return handed.error();
  }
  auto made = session.ask<directory::EventAppended>(
      client::CreateAccount{flags.name, seal::signing_key_of(key), device}, patience);
  if (!made && !may_have_happened(made.error())) {
    take_back(flags.recovery_key_file);
  }
  return made;
}

}  // namespace

Result<void> create_account(const AccountFlags& flags) {
  auto own = open_or_make_device(flags.places);
  if (!own) {
    return own.error();
  }
  const auto& identity = own.value().identity;
  auto session = session_of(own.value());
  const auto device = own_manager(flags, identity);
  const auto made = create(session, flags, device);
  if (!made && !made.error().detail.empty() && made.error().code != ErrorCode::unreachable) {
    return made.error();
  }
  if (!made) {
    return explained(made.error(), fmt::format("account \"{}\"", printable(flags.name)));
  }
  const auto account = made.value().account;
  if (flags.json) {
    fmt::print("{}\n", json_object({{"account", json_text(to_text(account))},
                                    {"name", json_text(flags.name)},
                                    {"device", to_json(device, identity.id)}}));
  } else {
    fmt::print("account   {}\nid        {}\nwords     {}\ndevice    {} (manager), keys in {}\n",
               printable(flags.name), to_text(account), seal::account_words(account),
               printable(device.name), own.value().folder->path().string());
  }
  return {};
}

Result<void> show_account(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  auto session = session_of(own.value());
  const auto listed = own_account(session);
  if (!listed) {
    return listed.error();
  }
  const auto& account = listed.value();
  if (flags.json) {
    fmt::print("{}\n", json_object({{"account", json_text(to_text(account.account))},
                                    {"name", json_text(account.name)},
                                    {"words", json_text(seal::account_words(account.account))},
                                    {"events", std::to_string(account.sequence)},
                                    {"devices", std::to_string(account.devices.size())}}));
  } else {
    fmt::print("account   {}\nid        {}\nwords     {}\nevents    {}\ndevices   {}\n",
               printable(account.name), to_text(account.account),
               seal::account_words(account.account), account.sequence, account.devices.size());
  }
  return {};
}

Result<void> audit_account(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  auto session = session_of(own.value());
  const auto listed = session.ask<client::EventsListed>(client::ListEvents{}, patience);
  if (!listed) {
    return explained(listed.error(), "what happened on the account");
  }
  const auto told = told_of(listed.value().events);
  if (flags.json) {
    std::vector<std::string> json;
    for (const auto& event : told) {
      json.push_back(event_json(event));
    }
    fmt::print("{}\n", json_array(json));
    return {};
  }
  for (const auto& event : told) {
    fmt::print("{:>5}  {}  {}\n", event.number, time_text(event.at), event_text(event));
  }
  return {};
}

}  // namespace hearth::cli::account
