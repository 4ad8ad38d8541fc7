// pair CODE, pair --new

#include "messages/directory/pairing_code.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/key_words.hpp"
#include "nodes/cli/account/commands.hpp"
#include "nodes/cli/account/device_text.hpp"
#include "nodes/cli/account/joining.hpp"
#include "nodes/cli/account/questions.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/exit_code.hpp"
#include "nodes/support/json_text.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <string>
#include <unistd.h>

namespace hearth::cli::account {

namespace {

Result<void> offer_device(const AccountFlags& flags) {
  auto own = open_or_make_device(flags.places);
  if (!own) {
    return own.error();
  }
  const auto& identity = own.value().identity;
  const auto kind =
      flags.kind == "manager" ? directory::DeviceKind::manager : directory::DeviceKind::player;
  const Joiner joiner{identity, Role::client, kind,
                      flags.device_name.empty() ? host_name() : flags.device_name,
                      own.value().memory};
  const auto joined = join_account(joiner, own.value().nodes, show_code);
  if (!joined) {
    return joined.error();
  }
  const auto& account = joined.value().account;
  if (flags.json) {
    fmt::print("{}\n", json_object({{"account", json_text(to_text(account.account))},
                                    {"name", json_text(account.name)},
                                    {"device", json_text(to_text(identity.id))}}));
  } else {
    fmt::print("{}", to_text(joined.value()));
  }
  return {};
}

std::string description_of(const directory::PairingShown& shown) {
  return fmt::format("device    {} ({})\nplace     {}\nwords     {}\n",
                     printable(shown.device.name), name_of(shown.device.kind),
                     shown.source.empty() ? "unknown" : printable(shown.source),
                     seal::key_words(shown.device.keys));
}

/// Whoever approves has seen what it is.
Result<void> approval(const AccountFlags& flags, const directory::PairingShown& shown) {
  write_stderr(description_of(shown));
  if (flags.yes) {
    return {};
  }
  if (::isatty(STDIN_FILENO) == 0) {
    return Error{ErrorCode::value_invalid, "approving wants a person at a terminal, or --yes"};
  }
  write_stderr("Does the device show the same words, and may it come in? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes"
             ? Result<void>()
             : Error{ErrorCode::not_allowed, "not approved: the code ends by itself"};
}

Result<void> answer_offer(const AccountFlags& flags) {
  const auto code = directory::read_pairing_code(flags.code);
  if (!code) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("\"{}\" is no code: 6 letters and digits, without I, O, 0 and 1",
                             printable(flags.code))};
  }
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  auto session = session_of(own.value());
  const auto what = "code " + code.value();
  const auto shown =
      session.ask<directory::PairingShown>(directory::ShowPairing{code.value()}, patience);
  if (!shown) {
    return explained(shown.error(), what);
  }
  if (auto approved = approval(flags, shown.value()); !approved) {
    return approved;
  }
  const auto& device = shown.value().device;
  const auto done =
      session.ask<directory::EventAppended>(client::ApprovePairing{code.value(), device}, patience);
  if (!done) {
    return explained(done.error(), what);
  }
  fmt::print("{}", flags.json ? to_json(device, own.value().identity.id) + "\n"
                              : to_table({device}, own.value().identity.id));
  return {};
}

}  // namespace

Result<void> pair(const AccountFlags& flags) {
  if (flags.offer == !flags.code.empty()) {
    return Error{ErrorCode::value_invalid,
                 "give the code that the new device shows, or --new on the new device"};
  }
  return flags.offer ? offer_device(flags) : answer_offer(flags);
}

}  // namespace hearth::cli::account
